using Kiln;
using Kiln.Data;

namespace Networks.Tests.Behaviour;

/// <summary>A label for some steps, its place unknown.</summary>
[Network]
public sealed partial class Spelling
{
    static readonly Parameter W = new() { Initializer = Initializer.Ones };
    [Predict] static Tensor Surprise([Shape(3)] Sequence xs, [Vocabulary(3)] TokenSequence labels) => xs.Ctc(labels);
    [Learn] static Loss Each([Shape(3), Time("t")] Sequence xs, [Vocabulary(3)] TokenSequence labels) => (xs * W).Ctc(labels);
    [Learn] static Loss Skipped([Shape(3), Time("t")] Sequence xs, [Vocabulary(3)] TokenSequence labels) => (xs * W).Ctc(labels, skipInfeasible: true);
}

/// <summary>The same over every second step, and over the columns of a picture.</summary>
[Network]
public sealed partial class SparseSpelling
{
    static readonly Parameter W = new() { Initializer = Initializer.Ones };
    [Learn] static Loss Halves([Shape(3)] Sequence xs, [Vocabulary(3)] TokenSequence labels) => (xs.Window(1, stride: 2).Flatten() * W).Ctc(labels);
    [Learn] static Loss Columns([Shape(4, 3)] Tensor x, [Vocabulary(3)] TokenSequence labels) => (x.AsSequence() * W).Ctc(labels);
    [Learn] static Loss Shifted([Shape(3)] Sequence xs, [Vocabulary(3)] TokenSequence labels) => (xs * W).Ctc(labels.Shift(1, fill: 1));
}

/// <summary>Labels that do not fit the steps of their sample have an infinite loss: the message names the sample and the lengths.</summary>
public sealed class CtcLengthsTests
{
    private static readonly float[] Frames = new float[2 * 3 * 3];

    [Fact]
    public void The_row_and_the_lengths_are_told()
    {
        using var net = new Spelling();
        using var training = net.Train(new Sgd(0), batch: 2, threads: 1);
        // A row of 3 steps, and one of 2.
        Assert.True(float.IsFinite(training.Each(Frames, [3, 2], [1, 1, 1, 2], [2, 2])));
        Fails("Each: expected a step for each label, but labels has in row 1 2 labels and 1 between equal ones, and the row has 2 steps: its loss is infinite. Ctc leaves such samples out with skipInfeasible: true.",
            () => training.Each(Frames, [3, 2], [1, 2, 1, 1], [2, 2]));
        Fails("Each: expected a step for each label, but labels has in row 0 3 labels, and the row has 1 step: its loss", () => training.EachLoss(Frames, [1, 2], [1, 2, 1, 1, 1, 1], [3, 1]));
        Assert.True(float.IsFinite(training.Skipped(Frames, [3, 2], [1, 2, 1, 1], [2, 2])));

        // How improbable they are is a question that has an answer.
        var surprise = new float[2];
        net.Surprise(Frames, [3, 2], [1, 2, 1, 1], [2, 2], surprise);
        Assert.Equal(float.PositiveInfinity, surprise[1]);
        Assert.True(float.IsFinite(surprise[0]));
    }

    [Fact]
    public void Strides_and_fixed_lengths_count()
    {
        using var net = new SparseSpelling();
        using var training = net.Train(new Sgd(0), batch: 2, threads: 1);
        Assert.True(float.IsFinite(training.Halves(Frames, [3, 3], [1, 2, 2, 1], [2, 2])));
        Fails("labels has in row 1 2 labels, and the row has 1 step, one for every 2 of its 2: its loss", () => training.Halves(Frames, [3, 2], [1, 2, 2, 1], [2, 2]));
        Fails("labels has in row 0 3 labels and 2 between equal ones, and the row has 4 steps: its loss", () => training.Columns(new float[12], [1, 1, 1], [3]));
        Assert.True(float.IsFinite(training.Columns(new float[12], [1, 1, 2], [3])));
        // Of labels that are computed only the number is known beforehand.
        Fails("labelsLengths has in row 0 3 labels, and the row has 2 steps: its loss", () => training.Shifted(Frames, [2, 3], [1, 1, 1, 1, 2, 0], [3, 2]));
    }

    [Fact]
    public async Task Fit_looks_through_the_data_first()
    {
        using var net = new Spelling();
        using var training = net.Train(new Sgd(0), batch: 1, threads: 1);
        var set = SequenceSet.OfFrames([new float[9], new float[6], new float[3]], 3);
        var wrong = set.WithLabelSequences([[1, 2], [1, 1], [2]], 3);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => training.FitEach(wrong));
        Assert.Contains("FitEach: expected a step for each label, but data has in sequence 1 2 labels and 1 between equal ones, and the sequence has 2 steps", error.Message, StringComparison.Ordinal);
        var fitting = set.WithLabelSequences([[1, 2], [1, 2], [2]], 3);
        Assert.Equal("validation", (await Assert.ThrowsAsync<ArgumentException>(() => training.FitEach(fitting, validation: wrong))).ParamName);
        Assert.Equal(0, training.Step);
        Assert.Single(await training.FitEach(fitting, validation: fitting));
        Assert.Single(await training.FitSkipped(wrong));
        // Rows are those of all data, not of a batch.
        var rows = await Assert.ThrowsAsync<ArgumentException>(() => training.FitEach(Frames, new[] { 3, 2 }, new[] { 1, 2, 1, 1 }, new[] { 2, 2 }));
        Assert.Contains("labels has in row 1 2 labels", rows.Message, StringComparison.Ordinal);
    }

    private static void Fails(string message, Action call) => Assert.Contains(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
}
