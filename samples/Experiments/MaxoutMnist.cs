namespace Kiln.Samples.Experiments;

/// <summary>
/// Goodfellow et al. 2013: maxout with dropout errs on 0.94% of MNIST's test digits. Here each layer has 600 units, each the largest of two sums, and labels are smoothed.
/// </summary>
internal static class MaxoutMnist
{
    private const int Batch = 128;

    public static Outcome Run(Bench bench)
    {
        var epochs = bench.Some(80, 2);
        var bar = new MnistBar(bench, "784-600-600-10, maxout of 2, dropout 0.2 and 0.5");
        using var net = new MaxoutMlp(bench.Seed, batch: 256, bench.Threads);
        using var training = net.Train(new Sgd(0.05, momentum: 0.9, nesterov: true) { Schedule = MnistBar.Cosine(bench.Train.Count / Batch, epochs) }, Batch, bench.Threads);
        var decay = Enumerable.Repeat(1e-5f, Batch).ToArray();
        bar.Train(bench.Seed, Batch, epochs, (x, y) => training.Learn(x, y, decay), net.Scores);
        return bar.Outcome();
    }
}

/// <summary>A maxout network with dropout.</summary>
[Network]
public sealed partial class MaxoutMlp
{
    static readonly Dense One = new(1200), Two = new(1200), Last = new(10);

    [Predict]
    static Tensor Scores([Bytes, Shape(784)] Tensor x) =>
        Last.Apply(Two.Apply(One.Apply(x.Dropout(0.2)).MaxPoolChannels(2).Dropout(0.5)).MaxPoolChannels(2).Dropout(0.5));

    [Learn]
    static Loss Learn([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label, [Shape] Tensor decay) => Scores(x).CrossEntropy(label, smoothing: 0.1)
        + decay * (One.Weight.Square().Sum() + Two.Weight.Square().Sum() + Last.Weight.Square().Sum());
}
