using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Emission.Api;

/// <summary>The ordinary training loop over data in memory, all of one size.</summary>
internal static class FitEmitter
{
    private const string Progress = "global::Kiln.TrainingProgress";
    public const string ProgressArgument = $"global::System.IProgress<{Progress}>? progress = null, ";
    public const string OptionsAndCancellation = "global::Kiln.FitOptions? options = null, global::System.Threading.CancellationToken cancellation = default";

    public static void Emit(CodeWriter code, ApiModel model)
    {
        var fitted = model.Learns.Where(p => p.Inputs.Length > 0 && !p.Optimized.Any()).ToArray();
        foreach (var program in fitted)
        {
            // The name says which program, where there is a choice.
            var name = model.Learns.Length == 1 && program.PlainName != "Fit" ? "Fit" : MemberNames.Fit(program.PlainName);
            code.Line();
            EmitArrays(code, model, program, name);
            FitSequencesEmitter.Emit(code, model, program, name);
            if (!model.TakesImages(program)) continue;
            code.Line();
            EmitImages(code, model, program, name);
        }
    }

    /// <summary>Samples of a batch have nothing to do with those of the one before, unless the caller says so.</summary>
    public const string ResetStates = "if (options is not { KeepStates: true }) this.States.Reset();";

    /// <summary>The same, as documentation.</summary>
    public const string StatesOfBatches = " Each batch begins with the initial states, unless the options keep them.";

    private static void EmitArrays(CodeWriter code, ApiModel model, ApiProgram program, string name)
    {
        var arguments = string.Join(", ", Arguments(program));
        var given = string.Concat(program.Inputs.SelectMany((input, i) => program.DimensionsOf[i].Select(d => d.Name).Prepend(input.FitName).Concat(program.AxesFirstOf(i).Select(a => a.Name))).Select(n => n + ", "));
        // The rows of a batch have states of their own; what came before them is not known of other data.
        var takesData = program is { HasLoss: true, HasLossOnly: true, UsesStates: false };
        Document("Other data of the same kind, of any number of rows: their mean loss" + (IsScored(model, program) ? " and accuracy are" : " is") + " computed after each epoch.", takesData);
        code.Open($"public {Task} {name}({arguments}, int epochs = 1, {ProgressArgument}{(takesData ? $"{ValidationType(program)}? validation = null, " : "")}{OptionsAndCancellation})");
        if (takesData) EmitValidation(code, model, program, name);
        code.Line($"return {MemberNames.FitRows(program.PlainName)}({given}epochs, progress, {(takesData ? "validate" : "null")}, options, cancellation);");
        code.Close();

        code.Line();
        Document("A figure of merit that is computed after each epoch.", documents: true);
        code.Open($"public {Task} {name}({arguments}, global::System.Func<double> validation, int epochs = 1, {ProgressArgument}{OptionsAndCancellation})");
        code.Line("global::System.ArgumentNullException.ThrowIfNull(validation);");
        code.Line($"return {MemberNames.FitRows(program.PlainName)}({given}epochs, progress, () => new global::Kiln.Training.Validated(validation(), null), options, cancellation);");
        code.Close();

        code.Line();
        EmitLoop(code, model, program, name, arguments);

        void Document(string validation, bool documents)
        {
            code.Summary($"Trains by {program.PlainName} on rows in memory, in a new order each epoch.{(program.Axes.Length > 0 ? " A batch has as many steps as its longest row." : "")}{(program.UsesStates ? StatesOfBatches : "")}");
            Calls.DocumentArguments(code, program, outputs: false, i => i.FitName);
            DocumentLoop(code);
            if (documents) code.Parameter("validation", validation);
            DocumentEnd(code);
        }
    }

    private static void EmitLoop(CodeWriter code, ApiModel model, ApiProgram program, string name, string arguments)
    {
        code.Open($"private {Task} {MemberNames.FitRows(program.PlainName)}({arguments}, int epochs, global::System.IProgress<{Progress}>? progress, global::System.Func<global::Kiln.Training.Validated>? validate, global::Kiln.FitOptions? options, global::System.Threading.CancellationToken cancellation)");
        var label = Identifiers.Literal(name);
        Calls.ChooseVariant(code, program, label);
        Calls.CheckInputs(code, program, label, new(program.Rows, i => program.Inputs[i].FitName, a => a.Name, a => a.Steps, i => program.Lengths[i]) { Span = ".Span" });
        for (var i = 0; i < program.Inputs.Length; i++)
        {
            var input = program.Inputs[i];
            code.Line($"var {input.FitBatch} = new {input.Element}[{Batch(program.Rows)}{Calls.Times(program.PerRow(input, program.Lengths[i]))}];");
            foreach (var axis in program.AxesFirstOf(i)) code.Line($"var {axis.FitBatch} = new int[{Batch(program.Rows)}];");
        }
        FitStep.OpenGather(code, model, program, program.Rows);
        foreach (var axis in program.Axes)
        {
            code.Line($"global::Kiln.Training.Gather.Rows({axis.Name}.Span, 1, samples, {axis.FitBatch});");
            CountSteps(axis);
        }
        for (var i = 0; i < program.Inputs.Length; i++)
        {
            var (input, length) = (program.Inputs[i], program.Lengths[i]);
            code.Line(input.Time.Count == 0
                ? $"global::Kiln.Training.Gather.Rows({input.FitName}.Span, {length}, samples, {input.FitBatch});"
                : $"global::Kiln.Training.Gather.Steps({input.FitName}.Span, {program.StepsOf(input.Time[0])}, {length}, samples, {program.AxisOf(input.Time[0]).BatchSteps}, {input.FitBatch});");
        }
        FitStep.OpenStep(code, model, program, program.Inputs.Select((input, i) => BatchOf(program, i, program.Lengths, input.FitBatch)), program.Axes.Select(a => Samples(a.FitBatch)));
        foreach (var axis in program.Axes) CountSteps(axis);
        if (program.UsesStates) code.Line(ResetStates);
        EmitStep(code, program, program.Lengths, i => i.FitBatch, d => d.Name);
        code.Close("}, progress, validate, options, cancellation);");
        code.Close();

        void CountSteps(ApiAxis axis) => code.Line($"int {axis.BatchSteps} = global::Kiln.Training.Padding.Steps({Samples(axis.FitBatch)});");

        static string Batch(string rows) => $"global::System.Math.Min(this.{MemberNames.TrainingSession}.Batch, {rows})";
    }

    /// <summary>The validation data are checked before the first step; what is computed of them is a local function.</summary>
    private static void EmitValidation(CodeWriter code, ApiModel model, ApiProgram program, string name)
    {
        code.Line("global::System.Func<global::Kiln.Training.Validated>? validate = null;");
        code.Open("if (validation is { } other)");
        var places = Places(program);
        var label = Identifiers.Literal(name);
        // Data of another of the declared sizes will do too.
        if (program.Variants.Length > 1) code.Line($"int otherSize = {Calls.VariantOf(program, label, [.. places.SelectMany(p => p.Sizes)])};");
        Calls.CheckInputs(code, program, label, new("otherRows", i => places[i].Data, a => places[a.Input].Lengths[program.AxesFirstOf(a.Input).ToList().IndexOf(a)], a => a.Steps + "Other", i => Calls.LengthOf(program.Inputs[i], "otherSize"))
        {
            Prefix = "validation.",
            Span = ".Span",
        });
        var spans = string.Join(", ", places.SelectMany(p => p.Sizes.Prepend(p.Data + ".Span").Concat(p.Lengths.Select(l => l + ".Span"))));
        var accuracy = IsScored(model, program) ? $"this.Accuracy({spans})" : "null";
        code.Line($"validate = () => new global::Kiln.Training.Validated({accuracy}, this.{MemberNames.Evaluate(program.PlainName)}({spans}){LossOf(program)});");
        code.Close();
    }

    /// <summary>Where the data, sizes and lengths of each input are in the tuple of the validation.</summary>
    private static (string Data, string[] Sizes, string[] Lengths)[] Places(ApiProgram program)
    {
        var (next, count) = (1, program.Inputs.Length + program.AllDimensions.Count() + program.Axes.Length);
        return [.. program.Inputs.Select((_, i) => (Item(), program.DimensionsOf[i].Select(_ => Item()).ToArray(), program.AxesFirstOf(i).Select(_ => Item()).ToArray()))];

        string Item() => count == 1 ? "other" : $"other.Item{next++}";
    }

    private static string ValidationType(ApiProgram program)
    {
        var types = program.Inputs.SelectMany((input, i) => program.DimensionsOf[i].Select(_ => "int").Prepend($"global::System.ReadOnlyMemory<{input.Element}>").Concat(program.AxesFirstOf(i).Select(_ => "global::System.ReadOnlyMemory<int>"))).ToArray();
        return types.Length == 1 ? types[0] : $"({string.Join(", ", types)})";
    }

    /// <summary>The classifier's rows are those that the program learns from.</summary>
    public static bool IsScored(ApiModel model, ApiProgram program) => model.Accuracy is { } classifier && classifier.Scores(program);

    public static string LossOf(ApiProgram program) => program.Results.Length > 1 ? "." + program.Results[0].Name : "";

    /// <summary>All rows of each input, and the dimensions that tell their size.</summary>
    private static IEnumerable<string> Arguments(ApiProgram program) => program.Inputs.SelectMany((input, i) =>
        program.DimensionsOf[i].Select(d => "int " + d.Name).Prepend($"global::System.ReadOnlyMemory<{input.Element}> {input.FitName}").Concat(program.AxesFirstOf(i).Select(a => $"global::System.ReadOnlyMemory<int> {a.Name}")));

    private static void EmitImages(CodeWriter code, ApiModel model, ApiProgram program, string name)
    {
        var length = program.Variants.Length > 1 ? "data.ImageLength" : program.Lengths[0];
        var classes = program.Inputs.Length == 2 ? program.Inputs[1].Classes : int.MaxValue;
        var scored = program.Inputs.Length == 2 && model.Accuracy is { } classifier && classifier.Classes == classes && model.TakesImages(classifier.Predict) ? classifier.Predict : null;
        code.Summary($"Trains by {program.PlainName} on images{(program.Inputs[0].Element == "float" ? ", their pixels scaled to [0, 1]," : "")} in a new order each epoch.{(program.UsesStates ? StatesOfBatches : "")}");
        code.Parameter("data", $"Images of {program.Inputs[0].ShapeText}{(program.Inputs[0].Shapes[0].Count == 3 ? " (channels, height, width)" : "")} pixels{(program.Variants.Length > 1 ? ", all of one size," : "")}{(program.Inputs.Length == 2 ? $" with labels below {program.Inputs[1].Classes}" : "")}.");
        DocumentLoop(code);
        // Images of a size that only the predictions have are validated by their accuracy alone.
        var hasLoss = program is { HasLoss: true, HasLossOnly: true, UsesStates: false } && (scored is null || scored.Inputs[0].Shapes.All(program.Inputs[0].Shapes.Contains));
        var found = (scored is not null, hasLoss) switch { (true, true) => "mean loss and accuracy are", (true, false) => "accuracy is", (false, true) => "mean loss is", _ => null };
        if (found is not null) code.Parameter("validation", $"Other images, whose {found} computed after each epoch.");
        code.Parameter("augmentation", "Changes to the images, drawn anew each epoch; null for none.");
        DocumentEnd(code);
        code.Open($"public {Task} {name}(global::Kiln.Data.ImageSet data, int epochs = 1, {ProgressArgument}{(found is not null ? "global::Kiln.Data.ImageSet? validation = null, " : "")}global::Kiln.Data.Augmentation? augmentation = null, {OptionsAndCancellation})");
        code.Line(Calls.CheckImages(program, Identifiers.Literal(name), "data", classes));
        if (hasLoss) code.Line("if (validation is not null) " + Calls.CheckImages(program, Identifiers.Literal(name), "validation", classes));
        if (scored is not null && (!hasLoss || program.Variants.Length > 1 || scored.Variants.Length > 1)) code.Line("if (validation is not null) " + Calls.CheckImages(scored, Identifiers.Literal(name), "validation", classes));
        code.Line($"var images = this.{MemberNames.TrainingSession}.Images(data, augmentation);");
        code.Line($"var pixels = new {program.Inputs[0].Element}[global::System.Math.Min(this.{MemberNames.TrainingSession}.Batch, data.Count){Calls.Times(length)}];");
        code.Line($"var labels = new int[global::System.Math.Min(this.{MemberNames.TrainingSession}.Batch, data.Count)];");
        FitStep.OpenGather(code, model, program, "data.Count");
        ImmutableArray<string> lengths = [length, .. program.Lengths.Skip(1)];
        string[] batches = ["pixels", "labels"];
        code.Line($"images.Gather(samples, {Samples("pixels", length)}, {Samples("labels")});");
        FitStep.OpenStep(code, model, program, program.Inputs.Select((_, i) => BatchOf(program, i, lengths, batches[i])), []);
        if (program.UsesStates) code.Line(ResetStates);
        EmitStep(code, program, lengths, input => input.Element == "int" ? "labels" : "pixels", d => "data." + d.OfImages);
        var validate = $"validation is null ? null : () => new global::Kiln.Training.Validated({(scored is not null ? "this.Accuracy(validation)" : "null")}, {(hasLoss ? LossOfImages(program) : "null")})";
        code.Close($"}}, progress, {(found is not null ? validate : "null")}, options, cancellation);");
        code.Close();
    }

    /// <summary>The mean loss over the images of the validation.</summary>
    private static string LossOfImages(ApiProgram program)
    {
        var loss = $"this.{MemberNames.Evaluate(program.PlainName)}";
        var sizes = string.Concat(program.AllDimensions.Select(d => $", validation.{d.OfImages}"));
        var labels = program.Inputs.Length == 2 ? ", labels" : "";
        return program.Inputs[0].Element == "byte"
            ? $"{loss}(global::Kiln.Training.Gather.Pixels(validation, validation.ImageLength){sizes}{(labels.Length > 0 ? ", validation.Labels" : "")}){LossOf(program)}"
            : $"global::Kiln.Training.Evaluation.Loss(validation, validation.ImageLength, (rows, labels) => {loss}(rows{sizes}{labels}){LossOf(program)})";
    }

    private static void EmitStep(CodeWriter code, ApiProgram program, ImmutableArray<string> lengths, Func<ApiSpan, string> batch, Func<ApiDimension, string> size)
    {
        var arguments = program.Inputs.SelectMany((input, i) =>
            program.DimensionsOf[i].Select(size)
                .Prepend(BatchOf(program, i, lengths, batch(input)))
                .Concat(program.AxesFirstOf(i).Select(a => Samples(a.FitBatch))));
        EmitCall(code, program, string.Join(", ", arguments));
    }

    /// <summary>The rows of an input that were gathered.</summary>
    private static string BatchOf(ApiProgram program, int input, ImmutableArray<string> lengths, string batch) => Samples(batch, program.PerRow(program.Inputs[input], lengths[input], a => a.BatchSteps));

    private static string Samples(string array, string perRow = "1") => $"global::System.MemoryExtensions.AsSpan({array}, 0, samples.Length{Calls.Times(perRow)})";

    /// <summary>A step, whose loss is returned.</summary>
    public static void EmitCall(CodeWriter code, ApiProgram program, string arguments)
    {
        var call = $"this.{program.Name}({arguments})";
        if (program.HasLoss) code.Line($"return {call}{LossOf(program)};");
        else code.Line($"{call};\nreturn 0;");
    }

    public const string Task = $"global::System.Threading.Tasks.Task<global::System.Collections.Generic.IReadOnlyList<{Progress}>>";

    public static void DocumentLoop(CodeWriter code)
    {
        code.Parameter("epochs", "Passes over all rows, at least 1.");
        code.Parameter("progress", "Receives a report at each epoch's end, and about ten times a second in between.");
    }

    public static void DocumentEnd(CodeWriter code)
    {
        code.Parameter("options", "Checkpoints, limits of steps and time, early stopping; null for none.");
        code.Parameter("cancellation", "Stops between two steps; what was learned until then stays, and the next run begins the epoch again.");
        code.Returns("The state at the end of each epoch.");
        code.Throws("global::Kiln.NonFiniteLossException", "A loss was not a finite number; the step that had it changed nothing.");
        code.Throws("global::System.OperationCanceledException", "It was cancelled.");
        code.Throws("global::System.InvalidOperationException", "Another Fit of this training is under way.");
    }
}
