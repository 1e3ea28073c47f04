using System.Globalization;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Emission.Api;

/// <summary>What the methods of a program have in common: its documentation, the checks of its arguments, the pinning of its spans.</summary>
internal static class Calls
{
    private const string Guard = "global::Kiln.Training.Guard";

    /// <summary>Documentation of the arguments: kind and shape of each.</summary>
    public static void DocumentArguments(CodeWriter code, ApiProgram program, bool outputs, Func<ApiSpan, string>? rename = null)
    {
        if (program.TakesRows) code.Parameter(program.Rows, "Number of rows, at least 1.");
        for (var i = 0; i < program.Inputs.Length; i++)
        {
            var input = program.Inputs[i];
            code.Parameter(rename?.Invoke(input) ?? input.Name, input switch
            {
                { Time.Count: > 0, Classes: > 0 } => $"{(input.ShapeText == "1" ? "A token" : $"{input.ShapeText} tokens")} from 0 to {input.Classes - 1} for each step of every row, row after row; rows are padded to the same number of steps.",
                { Time.Count: > 0 } => $"{English.Count(input.ShapeText, input.Element == "byte" ? "byte" : "value")} for each step of every row, row after row; rows are padded to the same number of steps.",
                { Classes: > 0, ShapeText: "1" } => $"The class of every row, from 0 to {input.Classes - 1}.",
                { Classes: > 0 } => $"{English.Count(input.ShapeText, "class")} from 0 to {input.Classes - 1} per row.",
                { Element: "byte" } => $"{English.Count(input.ShapeText, "byte")} per row, row-major.",
                { Optimized: true } => $"{English.Count(input.ShapeText, "value")} per row, row-major; the call moves them.",
                _ => $"{English.Count(input.ShapeText, "value")} per row, row-major.",
            });
            foreach (var dimension in program.DimensionsOf[i])
                code.Parameter(dimension.Name, $"{string.Join(" or ", dimension.Values.Distinct())}.");
            foreach (var axis in program.AxesFirstOf(i))
                code.Parameter(axis.Name, $"The steps of every row{(axis.Axis.Max > 0 ? $", from 1 to {Number(axis.Axis.Max)}" : ", at least 1")}: those after them are not read.");
        }
        if (!outputs) return;
        foreach (var output in program.Outputs)
            code.Parameter(output.Name, $"Receives {English.Count(output.ShapeText, output.Element == "int" ? "class" : "value")}{OutputOver(output)}, row-major.");
    }

    private static string OutputOver(ApiSpan output) => output switch
    {
        { Time.Count: > 0 } => $" for each step of {string.Join(" and of ", output.Time.Select(a => a.Fixed > 0 ? Number(a.Fixed) : a.ToString()))} of every row, zeros after its end",
        { Batched: true } => " per row",
        _ => "",
    };

    /// <summary>Chooses the variant and checks every length; afterwards the number of rows is known.</summary>
    /// <param name="session">The field whose states the program reads.</param>
    public static void Check(CodeWriter code, ApiModel model, ApiProgram program, string session, bool outputs)
    {
        var name = Identifiers.Literal(program.PlainName);
        ChooseVariant(code, program, name);
        var rows = program.Rows;
        if (program.TakesRows) code.Line($"{Guard}.Rows({name}, {rows});");
        else if (program.Inputs.IsEmpty) code.Line($"const int {rows} = 1;");
        CheckInputs(code, program, name, new(rows, i => program.Inputs[i].Name, a => a.Name, a => a.Steps, i => program.Lengths[i]));
        foreach (var axis in program.StateAxes) code.Line($"int {axis.Steps} = this.{session}.States.Steps({model.NumberOf(axis)}, {name}, {rows});");
        if (!outputs) return;
        for (var i = 0; i < program.Outputs.Length; i++)
        {
            var output = program.Outputs[i];
            var steps = string.Join(" * ", output.Time.Select((axis, n) => (n == 0 && output.Time.Count > 1 ? "(long)" : "") + program.StepsOf(axis)));
            code.Line($"{Guard}.Output({name}, {output.Label}, {output.Name}.Length, {program.Lengths[program.Inputs.Length + i]}, {(output.Batched ? rows : "1")}{(steps.Length > 0 ? ", " + steps : "")});");
        }
    }

    /// <summary>Where the inputs of a check are.</summary>
    /// <param name="Rows">The local that receives their number.</param>
    /// <param name="Data">Of each input.</param>
    /// <param name="Lengths">Of each axis.</param>
    /// <param name="Steps">The local that receives an axis's steps.</param>
    /// <param name="Length">Elements of a row or a step of each input.</param>
    public sealed record Places(string Rows, Func<int, string> Data, Func<ApiAxis, string> Lengths, Func<ApiAxis, string> Steps, Func<int, string> Length)
    {
        /// <summary>Stands before the names in messages.</summary>
        public string Prefix { get; init; } = "";

        /// <summary>From the data to their span.</summary>
        public string Span { get; init; } = "";
    }

    /// <summary>Checks every input; declares rows and steps.</summary>
    /// <param name="method">A literal.</param>
    public static void CheckInputs(CodeWriter code, ApiProgram program, string method, Places places)
    {
        var rows = places.Rows;
        var known = false;
        for (var i = 0; i < program.Inputs.Length; i++)
        {
            var (input, data, length) = (program.Inputs[i], places.Data(i), places.Length(i));
            var label = Label(input.PlainName);
            if (input.Time.Count == 0)
            {
                code.Line(!known
                    ? $"int {rows} = {Guard}.Rows({method}, {label}, {data}.Length, {length});"
                    : $"{Guard}.Input({method}, {label}, {data}.Length, {length}, {rows});");
                if (input.Classes > 0) code.Line($"{Guard}.Labels({method}, {label}, {data}{places.Span}, {Number(input.Classes)});");
                known = true;
                continue;
            }
            var axis = program.AxisOf(input.Time[0]);
            var (lengths, steps, ofLengths) = (places.Lengths(axis), places.Steps(axis), Label(axis.Name.TrimStart('@')));
            if (axis.Input == i)
            {
                code.Line(!known
                    ? $"int {rows} = {Guard}.Samples({method}, {ofLengths}, {lengths}.Length);"
                    : $"{Guard}.Input({method}, {ofLengths}, {lengths}.Length, 1, {rows});");
                code.Line($"int {steps} = {Guard}.Steps({method}, {label}, {data}.Length, {length}, {rows});");
                code.Line($"{Guard}.Lengths({method}, {ofLengths}, {lengths}{places.Span}, {steps}{(axis.Axis.Max > 0 ? ", " + Number(axis.Axis.Max) : "")});");
            }
            else
            {
                code.Line($"{Guard}.Steps({method}, {label}, {data}.Length, {length}, {rows}, {steps});");
            }
            if (input.Classes > 0) code.Line($"{Guard}.Tokens({method}, {label}, {data}{places.Span}, {Number(input.Classes)}, {length}, {lengths}{places.Span}, {steps});");
            known = true;
        }
        foreach (var (steps, labels, input) in program.Alignments())
        {
            var (data, named) = input < 0 ? ("default", labels.Name.TrimStart('@')) : (places.Data(input) + places.Span, program.Inputs[input].PlainName);
            var (lengths, longest) = steps.Fixed > 0 ? ("default", Number(steps.Fixed)) : (places.Lengths(program.AxisOf(steps)) + places.Span, places.Steps(program.AxisOf(steps)));
            code.Line($"{Guard}.Alignment({method}, {Label(named)}, {data}, {places.Lengths(labels)}{places.Span}, {lengths}, {longest}, {Number(steps.Stride)});");
        }

        string Label(string name) => Identifiers.Literal(places.Prefix + name);
    }

    /// <summary>fixed statements over the spans; the caller writes the block. Pointers are named after the spans.</summary>
    public static void Pin(CodeWriter code, IEnumerable<ApiSpan> spans)
    {
        foreach (var span in spans) code.Line($"fixed ({span.Element}* {span.Pointer} = {span.Name})");
    }

    /// <summary>The same over the lengths of the axes of time.</summary>
    public static void PinLengths(CodeWriter code, ApiProgram program)
    {
        foreach (var axis in program.Axes) code.Line($"fixed (int* {axis.Pointer} = {axis.Name})");
    }

    /// <summary>Hands the pinned spans to the call, in the program's order.</summary>
    public static void Bind(CodeWriter code, ApiModel model, ApiProgram program, bool outputs)
    {
        for (var i = 0; i < program.Inputs.Length; i++)
            code.Line($"{program.Call}.Input({program.Inputs[i].Pointer}, {program.PerRow(program.Inputs[i], program.Lengths[i])});");
        foreach (var axis in program.Axes) code.Line($"{program.Call}.Time({axis.Steps}, {axis.Pointer});");
        foreach (var axis in program.StateAxes) code.Line($"{program.Call}.State({model.NumberOf(axis)}, {axis.Steps});");
        if (!outputs) return;
        for (var i = 0; i < program.Outputs.Length; i++)
            code.Line($"{program.Call}.Output({program.Outputs[i].Pointer}, {(program.Outputs[i].Batched ? program.PerRow(program.Outputs[i], program.Lengths[program.Inputs.Length + i]) : $"-{program.Lengths[program.Inputs.Length + i]}")});");
    }

    /// <summary>The call that an entry point is given to: where it needs more than the arena, after making room.</summary>
    public static string Prepared(ApiProgram program, CompiledProgram entry) =>
        LayoutEmitter.NeedsPlan(entry) ? $"{program.Call}.Lay({MemberNames.Layout}.{LayoutEmitter.PlanOf(entry)})" : program.Call;

    /// <summary>Zeros for the dead steps of outputs.</summary>
    public static void ClearDeadSteps(CodeWriter code, ApiModel model, ApiProgram program, string session)
    {
        for (var i = 0; i < program.Outputs.Length; i++)
        {
            var output = program.Outputs[i];
            for (var n = 0; n < output.Time.Count; n++)
            {
                var axis = output.Time[n];
                if (axis.Fixed > 0) continue;
                var inner = string.Join(" * ", output.Time.Skip(n + 1).Select(a => program.StepsOf(a)).Append(program.Lengths[program.Inputs.Length + i]).Where(f => f != "1").DefaultIfEmpty("1"));
                var outer = string.Join(" * ", output.Time.Take(n).Select(a => program.StepsOf(a)));
                code.Line($"global::Kiln.Training.Padding.Clear({output.Name}, {Lengths(axis)}, {program.StepsOf(axis)}, {inner}{(n > 0 ? ", outer: " + outer : "")}{(axis.Stride > 1 ? ", stride: " + Number(axis.Stride) : "")});");
            }
        }

        string Lengths(TimeAxis axis) => program.StateAxes.FirstOrDefault(a => a.Axis.Name == axis.Name) is { } state ? $"this.{session}.States.LengthsRead({model.NumberOf(state)}, {program.Rows})" : program.AxisOf(axis).Name;
    }

    /// <summary>One statement, or a switch over the variants where there are several.</summary>
    public static void PerVariant(CodeWriter code, ApiProgram program, Func<ApiVariant, string> statement, string? selector = null)
    {
        if (program.Variants.Length == 1)
        {
            code.Line(statement(program.Variants[0]));
            return;
        }
        code.Open($"switch ({selector ?? program.Variant})");
        for (var v = 0; v < program.Variants.Length; v++)
        {
            code.Line(v == program.Variants.Length - 1 ? "default:" : $"case {Number(v)}:");
            code.Indented(statement(program.Variants[v]) + "\nbreak;");
        }
        code.Close();
    }

    /// <summary>A factor, but no factor of one.</summary>
    public static string Times(string length) => length == "1" ? "" : " * " + length;

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// A check of an ImageSet: its images have the declared size, or one of several, and labels are classes.
    /// </summary>
    /// <param name="program">The program that takes them.</param>
    /// <param name="name">The method, and the argument: literals.</param>
    /// <param name="images">The argument.</param>
    public static string CheckImages(ApiProgram program, string name, string images, int classes)
    {
        var shapes = program.Inputs[0].Shapes;
        var tail = $"{name}, {Identifiers.Literal(images)}, {images}, ";
        if (shapes.Length > 1)
            return $"{Guard}.Images({tail}[{string.Join(", ", shapes.Select(s => s.Count == 3 ? $"({string.Join(", ", s)})" : $"(1, {string.Join(", ", s)})"))}], {Number(classes)});";
        var channels = shapes[0] is { Count: 3 } shape ? ", " + Number(shape[0]) : "";
        return $"{Guard}.Images({tail}{program.Lengths[0]}, {Number(classes)}{channels});";
    }

    /// <summary>Declares which variant the dimensions choose, and the lengths that differ among them.</summary>
    public static void ChooseVariant(CodeWriter code, ApiProgram program, string name)
    {
        if (program.Variants.Length == 1) return;
        code.Line($"int {program.Variant} = {VariantOf(program, name, [.. program.AllDimensions.Select(d => d.Name)])};");
        var spans = program.Inputs.Concat(program.Outputs).ToArray();
        for (var i = 0; i < spans.Length; i++)
            if (spans[i].Lengths.Distinct().Count() > 1) code.Line($"int {program.Lengths[i]} = {LengthOf(spans[i], program.Variant)};");
    }

    /// <summary>The number of the variant that has these sizes; the exception that says which there are if none has.</summary>
    /// <param name="sizes">Where the size of each dimension is.</param>
    public static string VariantOf(ApiProgram program, string name, IReadOnlyList<string> sizes)
    {
        var dimensions = program.AllDimensions.ToArray();
        string Condition(int v) => string.Join(" && ", dimensions.Select((d, i) => $"{sizes[i]} == {Number(d.Values[v])}"));
        var choices = string.Concat(Enumerable.Range(0, program.Variants.Length).Select(v => $"{Condition(v)} ? {Number(v)} : "));
        var declared = string.Join(", ", Enumerable.Range(0, program.Variants.Length).Select(v => string.Join("×", dimensions.Select(d => Number(d.Values[v])))));
        var came = "$\"" + string.Join("×", sizes.Select(s => "{" + s + "}")) + "\"";
        return $"{choices}{Guard}.NoVariant({name}, {Identifiers.Literal(string.Join(", ", dimensions.Select(d => d.Name)))}, {came}, {Identifiers.Literal(declared)})";
    }

    /// <summary>Elements per row of a span in a variant.</summary>
    public static string LengthOf(ApiSpan span, string variant) => span.Lengths.Distinct().Count() == 1 ? Number(span.Lengths[0])
        : string.Concat(span.Lengths.Select((length, v) => v == span.Lengths.Length - 1 ? Number(length) : $"{variant} == {Number(v)} ? {Number(length)} : "));
}
