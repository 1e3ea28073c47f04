namespace Kiln.Samples.Experiments;

/// <summary>
/// Glorot, Bordes and Bengio 2011, table 1: a rectifier network without pre-training, dropout or augmentation errs on 1.43% of MNIST's test digits. As there, a penalty on the
/// activations regularises it; besides, labels are smoothed (Szegedy et al. 2016).
/// </summary>
internal static class RectifierMnist
{
    private const int Batch = 128;

    public static Outcome Run(Bench bench)
    {
        var epochs = bench.Some(20, 2);
        var bar = new MnistBar(bench, "784-1200-1200-10, ReLU, L1 on activations, smoothed labels");
        for (var seed = bench.Seed; seed < bench.Seed + 3; seed++)
        {
            using var net = new RectifierMlp(seed, batch: 256, bench.Threads);
            using var training = net.Train(new Sgd(0.1, momentum: 0.9, nesterov: true) { Schedule = MnistBar.Cosine(bench.Train.Count / Batch, epochs) }, Batch, bench.Threads);
            var (decay, sparsity) = (Enumerable.Repeat(1e-5f, Batch).ToArray(), Enumerable.Repeat(1e-4f, Batch).ToArray());
            bar.Train(seed, Batch, epochs, (x, y) => training.Learn(x, y, decay, sparsity), net.Scores);
        }
        return bar.Outcome();
    }
}

/// <summary>A rectifier network with penalties on its weights and on its activations.</summary>
[Network]
public sealed partial class RectifierMlp
{
    static readonly Dense One = new(1200), Two = new(1200), Last = new(10);

    [Predict]
    static Tensor Scores([Bytes, Shape(784)] Tensor x) => Last.Apply(Second(First(x)));

    [Learn]
    static Loss Learn([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label, [Shape] Tensor decay, [Shape] Tensor sparsity)
    {
        var first = First(x);
        var second = Second(first);
        return Last.Apply(second).CrossEntropy(label, smoothing: 0.1) + sparsity * (first.Sum() + second.Sum())
            + decay * (One.Weight.Square().Sum() + Two.Weight.Square().Sum() + Last.Weight.Square().Sum());
    }

    static Tensor First(Tensor x) => One.Apply(x).Relu();

    static Tensor Second(Tensor first) => Two.Apply(first).Relu();
}
