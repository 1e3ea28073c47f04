namespace Kiln.Samples.Experiments;

/// <summary>
/// Goodfellow et al. 2013: maxout with dropout errs on 0.94% of MNIST's test digits. As there, weights start small, the norm of each sum's weights is limited and the momentum grows. Here
/// each layer has 600 units, each the largest of two sums, and half of the loss is that of adversarial examples (Goodfellow, Shlens and Szegedy 2015).
/// </summary>
internal static class MaxoutMnist
{
    private const int Batch = 100;

    public static Outcome Run(Bench bench)
    {
        var (epochs, steps) = (bench.Some(60, 2), bench.Train.Count / Batch);
        var bar = new MnistBar(bench, "784-600-600-10, maxout of 2, dropout 0.2 and 0.5, adversarial examples");
        using var net = new MaxoutMlp(bench.Seed, batch: 250, bench.Threads);
        var (slow, fast, rise) = (0.5, 0.7, 20.0 * steps);
        using var training = net.Train(
            new Sgd(0.1, fast)
            {
                MaxNorm = 1.9365,
                Schedule = MnistBar.Cosine(steps, epochs),
                MomentumSchedule = Schedule.Of(step => (slow + (fast - slow) * Math.Min(1, step / rise)) / fast),
            },
            Batch, bench.Threads);
        var size = Enumerable.Repeat(0.1f, Batch).ToArray();
        bar.Train(bench.Seed, Batch, epochs, (x, y) => training.Learn(x, y, size), net.Predict);
        return bar.Outcome();
    }
}

/// <summary>A maxout network with dropout, which learns each digit as it is and moved to where the loss grows fastest.</summary>
[Network]
public sealed partial class MaxoutMlp
{
    static readonly Dense One = Small(1200), Two = Small(1200), Last = Small(10);

    [Predict]
    static Tensor Predict([Bytes, Shape(784)] Tensor x) => Scores(x);

    /// <param name="size">How far each pixel of an adversarial example is moved.</param>
    [Learn]
    static Loss Learn([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label, [Shape] Tensor size)
    {
        Tensor clean = Scores(x).CrossEntropy(label);
        var adversarial = (x + size * clean.Gradient(x).Sign()).StopGradient();
        return 0.5 * clean + 0.5 * Scores(adversarial).CrossEntropy(label);
    }

    static Tensor Scores(Tensor x) =>
        Last.Apply(Two.Apply(One.Apply(x.Dropout(0.2)).MaxPoolChannels(2).Dropout(0.5)).MaxPoolChannels(2).Dropout(0.5));

    static Dense Small(int units) => new(units) { Initializer = Initializer.Uniform, InitializerScale = 0.005 };
}
