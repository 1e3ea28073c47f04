using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>The loss of a network as it is used: what validation computes.</summary>
public sealed class InUseTests
{
    private static readonly float[] Rows = Some.Numbers(41 * 8);
    private static readonly int[] Labels = Some.Classes(41, 3);

    [Fact]
    public void It_is_that_of_the_predictions()
    {
        using var net = new Regularised(seed: 1);
        using var training = net.Train(new Sgd(0.1), batch: 16, threads: 1);
        for (var step = 0; step < 5; step++) training.Learn(Rows.AsSpan(0, 16 * 8), Labels.AsSpan(0, 16));
        var logits = new float[41 * 3];
        net.Predict(Rows, logits);
        var expected = Enumerable.Range(0, 41).Average(n =>
        {
            var row = logits.AsSpan(3 * n, 3).ToArray();
            return Math.Log(row.Sum(x => Math.Exp(x - row.Max()))) + row.Max() - row[Labels[n]];
        });
        Assert.Equal(expected, training.EvaluateLearn(Rows, Labels), 1e-5);
        // With dropout and the batch's own statistics it is another.
        Assert.NotEqual(expected, training.LearnLoss(Rows, Labels), 1e-3);
    }

    [Fact]
    public async Task Fit_validates_with_it()
    {
        using var net = new Regularised(seed: 1);
        using var training = net.Train(new Sgd(0.1), batch: 16, threads: 1);
        var epochs = await training.Fit(Rows, Labels, epochs: 2, validation: (Rows, Labels));
        Assert.Equal(training.EvaluateLearn(Rows, Labels), epochs[^1].ValidationLoss!.Value);
        Assert.Equal(net.Accuracy(Rows, Labels), epochs[^1].Validation!.Value);
    }

    [Fact]
    public void It_changes_nothing_and_follows_the_weights()
    {
        using var net = new Regularised(seed: 1);
        using var training = net.Train(new Sgd(0.1), batch: 16, threads: 1);
        using var other = new Regularised(seed: 1);
        using var without = other.Train(new Sgd(0.1), batch: 16, threads: 1);
        var losses = new List<float>();
        for (var step = 0; step < 4; step++)
        {
            losses.Add(training.EvaluateLearn(Rows, Labels));
            Assert.Equal(losses[^1], training.EvaluateLearn(Rows, Labels));
            training.Learn(Rows.AsSpan(0, 16 * 8), Labels.AsSpan(0, 16));
            without.Learn(Rows.AsSpan(0, 16 * 8), Labels.AsSpan(0, 16));
        }
        Assert.Equal(4, losses.Distinct().Count());
        Assert.All(net.AllParameters, p => Assert.Equal(other[p.Name].ToArray(), p.ToArray()));
    }

    [Fact]
    public void A_program_of_ones_own_says_what_it_monitors_in_use_too()
    {
        using var net = new RegularisedProgram(seed: 1);
        using var training = net.Train(new Sgd(0.1), batch: 41, threads: 1);
        training.Learn(Rows, Labels);
        var (loss, dropped) = training.EvaluateLearn(Rows, Labels);
        Assert.Equal(0, dropped);
        Assert.True(training.LearnLoss(Rows, Labels).Dropped > 0.1f);
        // Where Mode says that it is trained, it stays so: half of the ones are dropped.
        Assert.True(loss > 0);
        using var always = new AlwaysTraining(seed: 1);
        using var noisy = always.Train(new Sgd(0.1), batch: 41, threads: 1);
        Assert.Equal(noisy.LearnLoss(Rows, Labels), noisy.EvaluateLearn(Rows, Labels));
    }

    /// <summary>A stack that classifies is watched without being asked.</summary>
    [Fact]
    public async Task Fit_reports_the_accuracy_of_a_stack()
    {
        using var net = new Plain(seed: 1);
        using var training = net.Train(new Sgd(0), batch: 16, threads: 1);
        var epochs = await training.Fit(Rows, Labels, epochs: 2);
        Assert.All(epochs, e => Assert.Equal(net.Accuracy(Rows, Labels), e.Metrics["accuracy"], 1e-6));
        Assert.InRange(epochs[0].Metrics["accuracy"], 0.01, 0.99);
        // With equal scores the first class counts, as in Accuracy.
        foreach (var parameter in net.AllParameters) parameter.CopyFrom(new float[parameter.Length]);
        epochs = await training.Fit(Rows, Labels, epochs: 1);
        Assert.Equal(Labels.Count(l => l == 0) / 41.0, epochs[0].Metrics["accuracy"], 1e-6);
    }

    [Fact]
    public async Task Fit_reports_means_of_what_is_monitored()
    {
        using var net = new RegularisedProgram(seed: 1);
        using var training = net.Train(new Sgd(0), batch: 16, threads: 1);
        var epochs = await training.Fit(Rows, Labels, epochs: 1);
        Assert.Equal(["Dropped"], epochs[0].Metrics.Keys);
        Assert.InRange(epochs[0].Metrics["Dropped"], 0.2, 0.8);
    }
}

[Network, Input(8), Dense(32), BatchNorm, Relu, Dropout(0.5), Dense(3), CrossEntropy]
public sealed partial class Regularised;

[Network, Input(8), Dense(16), Relu, Dense(3), CrossEntropy]
public sealed partial class Plain;

[Network]
public sealed partial class RegularisedProgram
{
    static readonly Dense First = new(16), Last = new(3);

    [Predict] static Tensor Logits([Shape(8)] Tensor x) => Last.Apply(First.Apply(x).Relu().Dropout(0.5));

    [Learn]
    static (Loss Loss, Tensor Dropped) Learn([Shape(8)] Tensor x, [Classes(3)] Labels label)
    {
        var h = First.Apply(x).Relu();
        // Ones that are dropped become zeros.
        var dropped = 1 - (h * 0 + 1).Dropout(0.5).Sign().Mean();
        return (Last.Apply(h.Dropout(0.5)).CrossEntropy(label), dropped);
    }
}

[Network]
public sealed partial class AlwaysTraining
{
    [Learn] static Loss Learn([Shape(8)] Tensor x, [Classes(3)] Labels label) => Mode.Training(() => x.Dense(16).Relu().Dropout(0.5)).Dense(3).CrossEntropy(label);
}
