using System.Globalization;

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
                { Classes: > 0, ShapeText: "1" } => $"The class of every row, from 0 to {input.Classes - 1}.",
                { Classes: > 0 } => $"{input.ShapeText} classes from 0 to {input.Classes - 1} per row.",
                { Element: "byte" } => $"{input.ShapeText} bytes per row, row-major.",
                { Optimized: true } => $"{input.ShapeText} values per row, row-major; the call moves them.",
                _ => $"{input.ShapeText} values per row, row-major.",
            });
            foreach (var dimension in program.DimensionsOf[i])
                code.Parameter(dimension.Name, $"{string.Join(" or ", dimension.Values.Distinct())}.");
        }
        if (!outputs) return;
        foreach (var output in program.Outputs)
            code.Parameter(output.Name, $"Receives {output.ShapeText} {(output.Element == "int" ? "classes" : "values")}{(output.Batched ? " per row" : "")}, row-major.");
    }

    /// <summary>Chooses the variant and checks every length; afterwards the number of rows is known.</summary>
    public static void Check(CodeWriter code, ApiProgram program, bool outputs)
    {
        var name = Identifiers.Literal(program.PlainName);
        ChooseVariant(code, program, name);
        var rows = program.Rows;
        if (program.TakesRows) code.Line($"{Guard}.Rows({name}, {rows});");
        else if (program.Inputs.IsEmpty) code.Line($"const int {rows} = 1;");
        for (var i = 0; i < program.Inputs.Length; i++)
        {
            var input = program.Inputs[i];
            code.Line(i == 0
                ? $"int {rows} = {Guard}.Rows({name}, {input.Label}, {input.Name}.Length, {program.Lengths[i]});"
                : $"{Guard}.Input({name}, {input.Label}, {input.Name}.Length, {program.Lengths[i]}, {rows});");
            if (input.Classes > 0) code.Line($"{Guard}.Labels({name}, {input.Label}, {input.Name}, {Number(input.Classes)});");
        }
        if (!outputs) return;
        for (var i = 0; i < program.Outputs.Length; i++)
        {
            var output = program.Outputs[i];
            code.Line($"{Guard}.Output({name}, {output.Label}, {output.Name}.Length, {program.Lengths[program.Inputs.Length + i]}, {(output.Batched ? rows : "1")});");
        }
    }

    /// <summary>fixed statements over the spans; the caller writes the block. Pointers are named after the spans.</summary>
    public static void Pin(CodeWriter code, IEnumerable<ApiSpan> spans)
    {
        foreach (var span in spans) code.Line($"fixed ({span.Element}* {span.Pointer} = {span.Name})");
    }

    /// <summary>Hands the pinned spans to the call, in the program's order.</summary>
    public static void Bind(CodeWriter code, ApiProgram program, bool outputs)
    {
        for (var i = 0; i < program.Inputs.Length; i++)
            code.Line($"{program.Call}.Input({program.Inputs[i].Pointer}, {program.Lengths[i]});");
        if (!outputs) return;
        for (var i = 0; i < program.Outputs.Length; i++)
            code.Line($"{program.Call}.Output({program.Outputs[i].Pointer}, {(program.Outputs[i].Batched ? program.Lengths[program.Inputs.Length + i] : "0")});");
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
