using System.Globalization;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Emission.Api;

/// <summary>Training loops over data sets of sequences, and over the parallel streams of a text.</summary>
internal static class FitSequencesEmitter
{
    private const string SequenceSet = "global::Kiln.Data.SequenceSet";

    /// <summary>What a set must say of each sequence for a program to learn from it; null where no set will do.</summary>
    private static string? LabelsFor(ApiProgram program)
    {
        var inputs = program.Inputs;
        if (program.Variants.Length > 1 || inputs.Length is not (1 or 2) || inputs[0] is not { Time.Count: 1, Optimized: false } first || first.Element == "byte") return null;
        if (first.Classes > 0 && first.Lengths[0] != 1) return null;
        if (inputs.Length == 1) return "None";
        if (inputs[1] is not { Classes: > 0 } labels || labels.Lengths[0] != 1) return null;
        return labels.Time.Count == 0 ? "Class" : labels.Time.SequenceEqual(first.Time) ? "Steps" : "Sequence";
    }

    /// <summary>Tokens, and the tokens after them.</summary>
    private static bool TakesStreams(ApiProgram program) => LabelsFor(program) == "Steps" && program.Inputs[0].Classes > 0;

    public static void Emit(CodeWriter code, ApiModel model, ApiProgram program, string name)
    {
        if (LabelsFor(program) is { } labels)
        {
            code.Line();
            EmitSet(code, model, program, name, labels);
        }
        if (!TakesStreams(program)) return;
        code.Line();
        EmitStreams(code, model, program, name);
    }

    private static void EmitSet(CodeWriter code, ApiModel model, ApiProgram program, string name, string labels)
    {
        var input = program.Inputs[0];
        var values = input.Classes > 0 ? "Tokens" : "Frames";
        var classes = program.Inputs.Length == 2 ? program.Inputs[1].Classes : 0;
        var takesData = program is { HasLoss: true, HasLossOnly: true, UsesStates: false };
        var scored = FitEmitter.IsScored(model, program);
        code.Summary($"Trains by {program.PlainName} on sequences, in a new order each epoch. A batch has as many steps as its longest sequence.{(program.UsesStates ? FitEmitter.StatesOfBatches : "")}");
        code.Parameter("data", $"Sequences of {(input.Classes > 0 ? $"tokens below {input.Classes}" : $"frames of {English.Count(program.Lengths[0], "feature")}")}{labels switch
        {
            "Class" => $", each with a label below {classes}",
            "Steps" => $", with a label below {classes} for each step",
            "Sequence" => $", each with a sequence of labels below {classes}",
            _ => "",
        }}.");
        FitEmitter.DocumentLoop(code);
        if (takesData) code.Parameter("validation", $"Other sequences, whose mean loss{(scored ? " and accuracy are" : " is")} computed after each epoch.");
        FitEmitter.DocumentEnd(code);
        code.Open($"public {FitEmitter.Task} {name}({SequenceSet} data, int epochs = 1, {FitEmitter.ProgressArgument}{(takesData ? $"{SequenceSet}? validation = null, " : "")}{FitEmitter.OptionsAndCancellation})");
        code.Line(Check("data"));
        if (takesData) code.Line("if (validation is not null) " + Check("validation"));
        foreach (var (steps, _, _) in program.Alignments().Where(a => labels == "Sequence" && a.Input == 1 && a.Steps.Fixed == 0))
        {
            var check = $"global::Kiln.Training.Guard.Alignment({Identifiers.Literal(name)}, {{0}}, {{1}}, {Calls.Number(steps.Stride)});";
            code.Line(string.Format(CultureInfo.InvariantCulture, check, "\"data\"", "data"));
            if (takesData) code.Line("if (validation is not null) " + string.Format(CultureInfo.InvariantCulture, check, "\"validation\"", "validation"));
        }
        code.Line($"var batch = new global::Kiln.Training.SequenceBatches(data, this.{MemberNames.TrainingSession}.Batch);");
        FitStep.OpenGather(code, model, program, "data.Count");
        code.Line("batch.Gather(samples);");
        FitStep.OpenStep(code, model, program, ["batch." + values, "batch.Labels"], program.Axes.Select(a => a.Input == 0 ? "batch.Lengths" : "batch.LabelLengths"));
        if (program.UsesStates) code.Line(FitEmitter.ResetStates);
        FitEmitter.EmitCall(code, program, Arguments("batch"));
        var loss = $"global::Kiln.Training.SequenceBatches.Loss(validation, this.{MemberNames.TrainingSession}.Batch, rows => this.{MemberNames.Evaluate(program.PlainName)}({Arguments("rows")}){FitEmitter.LossOf(program)})";
        code.Close($"}}, progress, {(takesData ? $"validation is null ? null : () => new global::Kiln.Training.Validated({(scored ? "this.Accuracy(validation)" : "null")}, {loss})" : "null")}, options, cancellation);");
        code.Close();

        string Check(string argument) =>
            $"global::Kiln.Training.Guard.Sequences({Identifiers.Literal(name)}, {Identifiers.Literal(argument)}, {argument}, {(input.Classes > 0 ? "0" : program.Lengths[0])}, {Calls.Number(input.Classes)}, global::Kiln.Data.SequenceLabels.{labels}, {Calls.Number(classes)}, {Calls.Number(program.Axes[0].Axis.Max)});";

        string Arguments(string rows) => string.Join(", ", new[]
        {
            $"{rows}.{values}", $"{rows}.Lengths", labels == "None" ? "" : $"{rows}.Labels", labels == "Sequence" ? $"{rows}.LabelLengths" : "",
        }.Where(a => a.Length > 0));
    }

    private static void EmitStreams(CodeWriter code, ApiModel model, ApiProgram program, string name)
    {
        code.Summary($"Trains by {program.PlainName} on parallel streams of a text, window after window{(program.UsesStates ? ": states go on from each window to the next, and are reset at the start of the streams (truncated back-propagation through time)" : "")}.");
        code.Parameter("data", $"At most as many streams as the batch, of tokens below {program.Inputs.Min(i => i.Classes)}; the target of each is the token after it.");
        FitEmitter.DocumentLoop(code);
        code.Parameter("validation", "A figure of merit that is computed after each epoch; null for none.");
        FitEmitter.DocumentEnd(code);
        code.Open($"public {FitEmitter.Task} {name}(global::Kiln.Data.TokenStreams data, int epochs = 1, {FitEmitter.ProgressArgument}global::System.Func<double>? validation = null, {FitEmitter.OptionsAndCancellation})");
        code.Line($"global::Kiln.Training.Guard.Streams({Identifiers.Literal(name)}, \"data\", data, {Calls.Number(program.Inputs.Min(i => i.Classes))}, this.{MemberNames.TrainingSession}.Batch, {Calls.Number(program.Axes[0].Axis.Max)});");
        code.Line("var window = new global::Kiln.Training.StreamWindows(data);");
        FitStep.OpenGather(code, model, program, "data.Windows * data.Batch");
        code.Line("window.Gather(samples);");
        FitStep.OpenStep(code, model, program, ["window.Tokens", "window.Targets"], ["window.Lengths"]);
        code.Line(program.UsesStates ? "if (window.Take(samples)) this.States.Reset();" : "window.Take(samples);");
        FitEmitter.EmitCall(code, program, "window.Tokens, window.Lengths, window.Targets");
        code.Close("}, progress, validation is null ? null : () => new global::Kiln.Training.Validated(validation(), null), options, cancellation, inOrder: data.Batch);");
        code.Close();
    }
}
