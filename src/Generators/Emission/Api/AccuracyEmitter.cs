using Kiln.Generators.Graph;

namespace Kiln.Generators.Emission.Api;

/// <summary>A classifier: a Predict program of one input whose one output scores the classes that a Learn program takes as labels.</summary>
/// <param name="OverTime">The input is a sequence.</param>
/// <param name="PerStep">The classes are those of each step, and not of the whole sequence.</param>
internal sealed record Classifier(ApiProgram Predict, int Classes, bool OverTime = false, bool PerStep = false)
{
    /// <summary>The rows that a program learns from are of its kind: one input, one label for each row, or each step.</summary>
    public bool Scores(ApiProgram program) =>
        program.Inputs.Length == 2 && program.Inputs[1].Classes == Classes && program.Inputs[1].Time.Count == (PerStep ? 1 : 0) && program.Axes.Length == (OverTime ? 1 : 0)
        && program.Inputs[0] is var rows && rows.Element == Predict.Inputs[0].Element && rows.Time.Count == Predict.Inputs[0].Time.Count && rows.Lengths.SequenceEqual(Predict.Inputs[0].Lengths)
        && rows.Classes == Predict.Inputs[0].Classes && !program.AllDimensions.Concat(Predict.AllDimensions).Any();
}

/// <summary>The share of right answers, for classifiers.</summary>
internal static class AccuracyEmitter
{
    /// <param name="target">The workspace that answers; null to write the method itself.</param>
    /// <param name="takesTurn">Whether a training's Fit may be under way, between whose steps it is computed.</param>
    public static void Emit(CodeWriter code, ApiModel model, Classifier classifier, string? target, bool takesTurn = false)
    {
        if (classifier.OverTime)
        {
            SequenceAccuracyEmitter.Emit(code, model, classifier, target, takesTurn);
            return;
        }
        var predict = classifier.Predict;
        var input = predict.Inputs[0];
        var length = predict.Lengths[0];
        var dimensions = predict.AllDimensions.ToArray();
        var sizes = string.Concat(dimensions.Select(d => $"int {d.Name}, "));
        var given = string.Concat(dimensions.Select(d => d.Name + ", "));
        var ofImages = string.Concat(dimensions.Select(d => $"images.{d.OfImages}, "));
        code.Summary($"The share of rows that {predict.PlainName} gives the right class, from 0 to 1.");
        code.Parameter("inputs", $"{input.ShapeText} {(input.Element == "byte" ? "bytes" : "values")} per row.");
        foreach (var dimension in dimensions) code.Parameter(dimension.Name, $"{string.Join(" or ", dimension.Values.Distinct())}.");
        code.Parameter("labels", $"The right class of every row, from 0 to {classifier.Classes - 1}.");
        code.Throws("global::System.ArgumentException", "A span has the wrong length, or a label is out of range.");
        var generated = target is null ? "" : model.Generated + "\n";
        var signature = $"{generated}public double Accuracy(global::System.ReadOnlySpan<{input.Element}> inputs, {sizes}global::System.ReadOnlySpan<int> labels)";
        if (target is not null)
        {
            HandOn(code, signature, $"{target}.Accuracy(inputs, {given}labels)", takesTurn);
        }
        else
        {
            code.Open(signature);
            Calls.ChooseVariant(code, predict, "\"Accuracy\"");
            code.Line($"int rows = global::Kiln.Training.Guard.Rows(\"Accuracy\", \"inputs\", inputs.Length, {length});");
            code.Line("global::Kiln.Training.Guard.Input(\"Accuracy\", \"labels\", labels.Length, 1, rows);");
            code.Line($"global::Kiln.Training.Guard.Labels(\"Accuracy\", \"labels\", labels, {Calls.Number(classifier.Classes)});");
            code.Line($"int chunk = global::System.Math.Min(rows, {MemberNames.Session}.Capacity), right = 0;");
            code.Line($"var outputs = new {predict.Outputs[0].Element}[chunk * {predict.Lengths[1]}];");
            code.Open("for (int first = 0; first < rows; first += chunk)");
            code.Line("int count = global::System.Math.Min(chunk, rows - first);");
            code.Line($"var answers = global::System.MemoryExtensions.AsSpan(outputs, 0, count * {predict.Lengths[1]});");
            code.Line($"this.{predict.Name}(inputs.Slice(first * {length}, count * {length}), {given}answers);");
            code.Line("right += global::Kiln.Training.Evaluation.Right(answers, labels.Slice(first, count));");
            code.Close();
            code.Line("return (double)right / rows;");
            code.Close();
        }
        if (!model.TakesImages(predict)) return;
        code.Line();
        code.Summary($"The share of images that {predict.PlainName} gives the right class, from 0 to 1{(input.Element == "float" ? "; pixels are scaled to [0, 1]" : "")}.");
        code.Parameter("images", $"Images of {(dimensions.Length > 0 ? input.ShapeText : length)} pixels with labels below {classifier.Classes}.");
        code.Throws("global::System.ArgumentException", "The images have another size, or a label is out of range.");
        signature = $"{generated}public double Accuracy(global::Kiln.Data.ImageSet images)";
        if (target is not null)
        {
            HandOn(code, signature, $"{target}.Accuracy(images)", takesTurn);
            return;
        }
        if (dimensions.Length > 0)
        {
            code.Open(signature);
            code.Line(Calls.CheckImages(predict, "\"Accuracy\"", "images", int.MaxValue));
            signature = "return";
        }
        else
        {
            signature += " =>";
        }
        var pixels = dimensions.Length > 0 ? "images.ImageLength" : length;
        code.Line(input.Element == "byte"
            ? $"{signature} Accuracy(global::Kiln.Training.Gather.Pixels(images, {pixels}), {ofImages}images.Labels);"
            : $"{signature} global::Kiln.Training.Evaluation.Accuracy(images, {pixels}, {(dimensions.Length > 0 ? $"(inputs, labels) => Accuracy(inputs, {ofImages}labels)" : "Accuracy")});");
        if (dimensions.Length > 0) code.Close();
    }

    /// <summary>A method that somebody else answers.</summary>
    public static void HandOn(CodeWriter code, string signature, string answer, bool takesTurn)
    {
        if (!takesTurn)
        {
            code.Line($"{signature} => {answer};");
            return;
        }
        code.Open(signature);
        code.Line($"using (this.{MemberNames.TrainingSession}.TakeTurn()) return {answer};");
        code.Close();
    }
}
