using Kiln.Generators.Graph;

namespace Kiln.Generators.Emission.Api;

/// <summary>The share of right answers of a classifier of sequences, or of each step of them: only live steps count.</summary>
internal static class SequenceAccuracyEmitter
{
    private const string Guard = "global::Kiln.Training.Guard";

    /// <inheritdoc cref="AccuracyEmitter.Emit"/>
    public static void Emit(CodeWriter code, ApiModel model, Classifier classifier, string? target, bool takesTurn)
    {
        var (predict, input) = (classifier.Predict, classifier.Predict.Inputs[0]);
        var generated = target is null ? "" : model.Generated + "\n";
        var counted = classifier.PerStep ? "steps, those within the lengths," : "rows";

        code.Summary($"The share of {counted} that {predict.PlainName} gives the right class, from 0 to 1.");
        code.Parameter("inputs", $"{English.Count(input.ShapeText, input.Classes > 0 ? "token" : "value")} for each step of every row, row after row; rows are padded to the same number of steps.");
        code.Parameter("lengths", "The steps of every row: those after them do not count.");
        code.Parameter("labels", $"The right class of every {(classifier.PerStep ? "step, padded as the inputs are" : "row")}, from 0 to {Calls.Number(classifier.Classes - 1)}.");
        code.Throws("global::System.ArgumentException", "A span has the wrong length, or a length, a token or a label is out of range.");
        var signature = $"{generated}public double Accuracy(global::System.ReadOnlySpan<{input.Element}> inputs, global::System.ReadOnlySpan<int> lengths, global::System.ReadOnlySpan<int> labels)";
        if (target is not null) AccuracyEmitter.HandOn(code, signature, $"{target}.Accuracy(inputs, lengths, labels)", takesTurn);
        else EmitRows(code, classifier, signature);
        code.Line();

        code.Summary($"The share of {(classifier.PerStep ? "steps" : "sequences")} that {predict.PlainName} gives the right class, from 0 to 1.");
        code.Parameter("sequences", $"{(input.Classes > 0 ? $"Tokens below {Calls.Number(input.Classes)}" : $"Frames of {English.Count(predict.Lengths[0], "feature")}")}, with a label below {Calls.Number(classifier.Classes)} for each {(classifier.PerStep ? "step" : "sequence")}.");
        code.Throws("global::System.ArgumentException", "The sequences are of another kind.");
        signature = $"{generated}public double Accuracy(global::Kiln.Data.SequenceSet sequences)";
        if (target is not null) AccuracyEmitter.HandOn(code, signature, $"{target}.Accuracy(sequences)", takesTurn);
        else EmitSet(code, classifier, signature);
    }

    private static void EmitRows(CodeWriter code, Classifier classifier, string signature)
    {
        var (predict, max) = (classifier.Predict, classifier.Predict.Axes[0].Axis.Max);
        var (length, classes, perStep) = (predict.Lengths[0], Calls.Number(classifier.Classes), classifier.PerStep);
        code.Open(signature);
        code.Line($"int rows = {Guard}.Samples(\"Accuracy\", \"lengths\", lengths.Length);");
        code.Line($"int steps = {Guard}.Steps(\"Accuracy\", \"inputs\", inputs.Length, {length}, rows);");
        code.Line($"{Guard}.Lengths(\"Accuracy\", \"lengths\", lengths, steps{(max > 0 ? ", " + Calls.Number(max) : "")});");
        code.Line(perStep ? $"{Guard}.Steps(\"Accuracy\", \"labels\", labels.Length, 1, rows, steps);" : $"{Guard}.Input(\"Accuracy\", \"labels\", labels.Length, 1, rows);");
        code.Line(perStep ? $"{Guard}.Tokens(\"Accuracy\", \"labels\", labels, {classes}, 1, lengths, steps);" : $"{Guard}.Labels(\"Accuracy\", \"labels\", labels, {classes});");
        code.Line($"int chunk = global::System.Math.Min(rows, {MemberNames.Session}.Capacity);");
        var elements = (perStep ? " * steps" : "") + Calls.Times(predict.Lengths[1]);
        code.Line($"var outputs = new {predict.Outputs[0].Element}[chunk{elements}];");
        code.Line("long right = 0;");
        code.Open("for (int first = 0; first < rows; first += chunk)");
        code.Line("int count = global::System.Math.Min(chunk, rows - first);");
        code.Line($"var answers = global::System.MemoryExtensions.AsSpan(outputs, 0, count{elements});");
        code.Line($"this.{predict.Name}(inputs.Slice(first * steps{Calls.Times(length)}, count * steps{Calls.Times(length)}), lengths.Slice(first, count), answers);");
        code.Line(perStep
            ? "right += global::Kiln.Training.Evaluation.Right(answers, labels.Slice(first * steps, count * steps), lengths.Slice(first, count));"
            : "right += global::Kiln.Training.Evaluation.Right(answers, labels.Slice(first, count));");
        code.Close();
        code.Line(perStep ? "return (double)right / global::Kiln.Training.Evaluation.Steps(lengths);" : "return (double)right / rows;");
        code.Close();
    }

    private static void EmitSet(CodeWriter code, Classifier classifier, string signature)
    {
        var (predict, input) = (classifier.Predict, classifier.Predict.Inputs[0]);
        code.Open(signature);
        code.Line($"{Guard}.Sequences(\"Accuracy\", \"sequences\", sequences, {(input.Classes > 0 ? "0" : predict.Lengths[0])}, {Calls.Number(input.Classes)}, global::Kiln.Data.SequenceLabels.{(classifier.PerStep ? "Steps" : "Class")}, {Calls.Number(classifier.Classes)}, {Calls.Number(predict.Axes[0].Axis.Max)});");
        code.Line($"return global::Kiln.Training.SequenceBatches.Accuracy(sequences, {MemberNames.Session}.Capacity, rows => Accuracy(rows.{(input.Classes > 0 ? "Tokens" : "Frames")}, rows.Lengths, rows.Labels));");
        code.Close();
    }
}
