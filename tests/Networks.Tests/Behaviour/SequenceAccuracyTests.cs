using Kiln;
using Kiln.Data;

namespace Networks.Tests.Behaviour;

/// <summary>The class of each step is the larger of its two numbers.</summary>
[Network]
public sealed partial class StepClassifier
{
    static readonly Parameter W = new() { Initializer = Initializer.Ones };
    [Predict] static Sequence Scores([Shape(2)] Sequence xs) => xs * W;
    [Learn] static Loss Learn([Shape(2), Time("t")] Sequence xs, [Vocabulary(2), Time("t")] TokenSequence labels) => Scores(xs).CrossEntropy(labels).MeanOverTime();
}

/// <summary>The class of a sequence is the larger of the sums of its two numbers.</summary>
[Network]
public sealed partial class SequenceClassifier
{
    static readonly Parameter W = new() { Initializer = Initializer.Ones };
    [Predict] static Tensor Scores([Shape(2), Time("t", Max = 6)] Sequence xs) => (xs * W).SumOverTime();
    [Learn] static Loss Learn([Shape(2), Time("t", Max = 6)] Sequence xs, [Classes(2)] Labels label) => Scores(xs).CrossEntropy(label);
}

/// <summary>The next token after each: of three, which go round.</summary>
[Network, Input(Vocabulary = 3, Sequence = true)]
[Embedding(3, 3), Rnn(4), Dense(3), CrossEntropy]
public sealed partial class NextToken;

/// <summary>Right answers over time: those of live steps.</summary>
public sealed class SequenceAccuracyTests
{
    private const float None = float.NaN;

    // Rows of 2, 1 and 3 steps of the classes 0 1, 1, 0 0 1.
    private static readonly float[] Frames = [3, 1, 0, 2, None, None, 0, 1, None, None, None, None, 2, 1, 5, 3, 1, 2];
    private static readonly int[] Lengths = [2, 1, 3];

    [Fact]
    public void Only_live_steps_count()
    {
        using var net = new StepClassifier();
        Assert.Equal(1, net.Accuracy(Frames, Lengths, [0, 1, -1, 1, -1, -1, 0, 0, 1]));
        Assert.Equal(4 / 6.0, net.Accuracy(Frames, Lengths, [0, 0, -1, 1, -1, -1, 0, 1, 1]));
        Fails("expected tokens from 0 to 1, but labels has 2 in row 2 at step 1", () => net.Accuracy(Frames, Lengths, [0, 1, -1, 1, -1, -1, 0, 2, 1]));
        Fails("expected lengths from 1 to 3, the steps that there are, but lengths[0] is 4", () => net.Accuracy(Frames, [4, 1, 3], new int[9]));
        Fails("Accuracy: expected 9 elements (3 rows of 3 steps of 1), but labels has 8", () => net.Accuracy(Frames, Lengths, new int[8]));

        static void Fails(string message, Action call) => Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_answer_about_each_sequence()
    {
        using var net = new SequenceClassifier();
        Assert.Equal(1, net.Accuracy(Frames, Lengths, [0, 1, 0]));
        Assert.Equal(1 / 3.0, net.Accuracy(Frames, Lengths, [1, 0, 0]));
        using var workspace = net.CreateWorkspace(batch: 1);
        Assert.Equal(2 / 3.0, workspace.Accuracy(Frames, Lengths, [0, 1, 1]));
        using var training = net.Train(new Sgd(0), batch: 2, threads: 1);
        Assert.Equal(2 / 3.0, training.Accuracy(Set(3).WithLabels([1, 1, 0], 2)));
        Assert.Contains("expected labels of the kind Class in sequences", Assert.Throws<ArgumentException>(() => net.Accuracy(Set(3))).Message, StringComparison.Ordinal);
    }

    /// <summary>More rows than a batch has; each step counts the same, however long its sequence.</summary>
    [Fact]
    public async Task Fit_tells_the_accuracy_on_validation_data()
    {
        var labels = Enumerable.Range(0, 40).Select(n => n % 3 == 0 ? new[] { 0, 1 } : n % 3 == 1 ? [0] : [0, 0, 1]).ToArray();
        var set = Set(40).WithStepLabels(labels, 2);
        using var net = new StepClassifier();
        using var training = net.Train(new Sgd(0), batch: 16, threads: 1);
        // 13 of the 40 sequences have one step, whose label is wrong, among 14 · 2 + 13 + 13 · 3.
        Assert.Equal(67 / 80.0, net.Accuracy(set));
        Assert.Equal(67 / 80.0, (await training.Fit(set, validation: set))[0].Validation);

        using var other = new SequenceClassifier();
        using var classes = other.Train(new Sgd(0), batch: 2, threads: 1);
        Assert.Equal(2 / 3.0, (await classes.Fit(Frames, Lengths, new[] { 0, 1, 0 }, validation: (Frames, Lengths, new[] { 0, 0, 0 })))[0].Validation);
    }

    [Fact]
    public async Task A_stack_over_tokens_has_it_too()
    {
        var tokens = Enumerable.Range(0, 12).Select(n => Enumerable.Range(n, 2 + n % 3).Select(t => t % 3).ToArray()).ToArray();
        var set = SequenceSet.OfTokens(tokens, 3).WithStepLabels([.. tokens.Select(row => row.Select(t => (t + 1) % 3).ToArray())], 3);
        using var net = new NextToken(seed: 1);
        using var training = net.Train(new Adam(0.05), batch: 12, threads: 1);
        var epochs = await training.Fit(set, epochs: 60, validation: set);
        Assert.Equal(1, epochs[^1].Validation);
        Assert.Equal(1, net.Accuracy(set));
        Assert.InRange(epochs[0].Validation!.Value, 0, 0.9);
    }

    /// <summary>The three rows of frames again and again.</summary>
    private static SequenceSet Set(int count) => SequenceSet.OfFrames([.. Enumerable.Range(0, count).Select(n => Frames[(n % 3 * 6)..(n % 3 * 6 + 2 * Lengths[n % 3])])], 2);
}
