using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Emission.Api;

/// <summary>The ordinary training loop over data in memory, all of one size.</summary>
internal static class FitEmitter
{
    private const string Progress = "global::Kiln.TrainingProgress";

    public static void Emit(CodeWriter code, ApiModel model)
    {
        var fitted = model.Learns.Where(p => p.Inputs.Length > 0 && !p.Optimized.Any()).ToArray();
        foreach (var program in fitted)
        {
            // The name says which program, where there is a choice.
            var name = model.Learns.Length == 1 && program.PlainName != "Fit" ? "Fit" : MemberNames.Fit(program.PlainName);
            code.Line();
            EmitArrays(code, program, name);
            if (!model.TakesImages(program)) continue;
            code.Line();
            EmitImages(code, model, program, name);
        }
    }

    private static void EmitArrays(CodeWriter code, ApiProgram program, string name)
    {
        code.Summary($"Trains by {program.PlainName} on rows in memory, in a new order each epoch.");
        Calls.DocumentArguments(code, program, outputs: false, i => i.FitName);
        DocumentLoop(code);
        code.Parameter("validate", "A figure of merit to compute after each epoch, such as the accuracy on other data.");
        DocumentEnd(code);
        code.Open($"public {Task} {name}({string.Join(", ", Arguments(program))}, int epochs = 1, global::System.IProgress<{Progress}>? progress = null, global::System.Func<double>? validate = null, global::System.Threading.CancellationToken cancellation = default)");
        var label = Identifiers.Literal(name);
        Calls.ChooseVariant(code, program, label);
        for (var i = 0; i < program.Inputs.Length; i++)
        {
            var input = program.Inputs[i];
            code.Line(i == 0
                ? $"int {program.Rows} = global::Kiln.Training.Guard.Rows({label}, {input.Label}, {input.FitName}.Length, {program.Lengths[i]});"
                : $"global::Kiln.Training.Guard.Input({label}, {input.Label}, {input.FitName}.Length, {program.Lengths[i]}, {program.Rows});");
            if (input.Classes > 0) code.Line($"global::Kiln.Training.Guard.Labels({label}, {input.Label}, {input.FitName}.Span, {Calls.Number(input.Classes)});");
        }
        foreach (var (input, length) in program.Inputs.Zip(program.Lengths, (i, l) => (i, l)))
            code.Line($"var {input.FitBatch} = new {input.Element}[global::System.Math.Min(this.{MemberNames.Session}.Batch, {program.Rows}){Calls.Times(length)}];");
        code.Open($"return this.{MemberNames.Session}.Fit({program.Rows}, epochs, samples =>");
        foreach (var (input, length) in program.Inputs.Zip(program.Lengths, (i, l) => (i, l)))
            code.Line($"global::Kiln.Training.Gather.Rows({input.FitName}.Span, {length}, samples, {input.FitBatch});");
        EmitStep(code, program, program.Lengths, i => i.FitBatch, d => d.Name);
        code.Close("}, progress, validate, cancellation);");
        code.Close();
    }

    /// <summary>All rows of each input, and the dimensions that tell their size.</summary>
    private static IEnumerable<string> Arguments(ApiProgram program) => program.Inputs.SelectMany((input, i) =>
        program.DimensionsOf[i].Select(d => "int " + d.Name).Prepend($"global::System.ReadOnlyMemory<{input.Element}> {input.FitName}"));

    private static void EmitImages(CodeWriter code, ApiModel model, ApiProgram program, string name)
    {
        var length = program.Variants.Length > 1 ? "data.ImageLength" : program.Lengths[0];
        var classes = program.Inputs.Length == 2 ? program.Inputs[1].Classes : int.MaxValue;
        var scored = program.Inputs.Length == 2 && model.Accuracy is { } classifier && classifier.Classes == classes && model.TakesImages(classifier.Predict) ? classifier.Predict : null;
        code.Summary($"Trains by {program.PlainName} on images{(program.Inputs[0].Element == "float" ? ", their pixels scaled to [0, 1]," : "")} in a new order each epoch.");
        code.Parameter("data", $"Images of {program.Inputs[0].ShapeText}{(program.Inputs[0].Shapes[0].Count == 3 ? " (channels, height, width)" : "")} pixels{(program.Variants.Length > 1 ? ", all of one size," : "")}{(program.Inputs.Length == 2 ? $" with labels below {program.Inputs[1].Classes}" : "")}.");
        DocumentLoop(code);
        if (scored is not null) code.Parameter("validation", "Other images, whose accuracy is computed after each epoch.");
        code.Parameter("augmentation", "Changes to the images, drawn anew each epoch; null for none.");
        DocumentEnd(code);
        code.Open($"public {Task} {name}(global::Kiln.Data.ImageSet data, int epochs = 1, global::System.IProgress<{Progress}>? progress = null, {(scored is not null ? "global::Kiln.Data.ImageSet? validation = null, " : "")}global::Kiln.Data.Augmentation? augmentation = null, global::System.Threading.CancellationToken cancellation = default)");
        code.Line(Calls.CheckImages(program, Identifiers.Literal(name), "data", classes));
        if (scored is not null) code.Line("if (validation is not null) " + Calls.CheckImages(scored, Identifiers.Literal(name), "validation", classes));
        code.Line($"var images = this.{MemberNames.Session}.Images(data, augmentation);");
        code.Line($"var pixels = new {program.Inputs[0].Element}[global::System.Math.Min(this.{MemberNames.Session}.Batch, data.Count){Calls.Times(length)}];");
        code.Line($"var labels = new int[global::System.Math.Min(this.{MemberNames.Session}.Batch, data.Count)];");
        code.Open($"return this.{MemberNames.Session}.Fit(data.Count, epochs, samples =>");
        code.Line($"images.Gather(samples, global::System.MemoryExtensions.AsSpan(pixels, 0, samples.Length{Calls.Times(length)}), global::System.MemoryExtensions.AsSpan(labels, 0, samples.Length));");
        EmitStep(code, program, [length, .. program.Lengths.Skip(1)], input => input.Element == "int" ? "labels" : "pixels", d => "data." + d.OfImages);
        code.Close($"}}, progress, {(scored is not null ? "validation is null ? null : () => Accuracy(validation)" : "null")}, cancellation);");
        code.Close();
    }

    private static void EmitStep(CodeWriter code, ApiProgram program, ImmutableArray<string> lengths, Func<ApiSpan, string> batch, Func<ApiDimension, string> size)
    {
        var arguments = program.Inputs.SelectMany((input, i) =>
            program.DimensionsOf[i].Select(size).Prepend($"global::System.MemoryExtensions.AsSpan({batch(input)}, 0, samples.Length{Calls.Times(lengths[i])})"));
        var call = $"this.{program.Name}({string.Join(", ", arguments)})";
        if (program.HasLoss) code.Line($"return {call}{(program.Results.Length > 1 ? "." + program.Results[0].Name : "")};");
        else code.Line($"{call};\nreturn 0;");
    }

    private const string Task = $"global::System.Threading.Tasks.Task<global::System.Collections.Generic.IReadOnlyList<{Progress}>>";

    private static void DocumentLoop(CodeWriter code)
    {
        code.Parameter("epochs", "Passes over all rows, at least 1.");
        code.Parameter("progress", "Told about every epoch's end, and in between some ten times a second.");
    }

    private static void DocumentEnd(CodeWriter code)
    {
        code.Parameter("cancellation", "Stops between two steps; what was learned until then stays, and the next run begins the epoch again.");
        code.Returns("The state at the end of each epoch.");
        code.Throws("global::Kiln.NonFiniteLossException", "A loss was not a finite number; the step that had it changed nothing.");
        code.Throws("global::System.OperationCanceledException", "It was cancelled.");
        code.Throws("global::System.InvalidOperationException", "Another Fit of this training is under way.");
    }
}
