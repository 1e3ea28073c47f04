namespace Kiln.Samples.Experiments;

/// <summary>
/// Glorot, Bordes and Bengio 2011, figure 3: a penalty on the activations of a rectifier network drives more and more of them to zero; the error hardly minds until most
/// of them are.
/// </summary>
internal static class Sparsity
{
    private const int Batch = 50;

    public static Outcome Run(Bench bench)
    {
        var digits = bench.FirstOfTrain(10_000);
        float[] penalties = bench.Some(1, 0) == 0 ? [0, 1e-2f] : [0, 1e-5f, 3e-5f, 1e-4f, 3e-4f, 1e-3f, 2e-3f, 3e-3f, 5e-3f, 7e-3f, 1e-2f];
        var table = new Table("λ of λ·Σh", "zeros, %", "test error, %");
        var points = new List<(double Zeros, double Error)>();
        foreach (var penalty in penalties)
        {
            using var net = new SparseRectifiers(bench.Seed, batch: 256, bench.Threads);
            using var training = net.Train(new Adam(1e-3), Batch, bench.Threads);
            var ofEach = Enumerable.Repeat(penalty, Batch).ToArray();
            bench.Learn(digits, Batch, bench.Some(8, 2), (x, y) => training.Learn(x, y, ofEach), (_, _) => true);
            var zeros = new float[bench.Test.Count];
            net.Zeros(bench.Test.Images, zeros);
            points.Add((100 * zeros.Average(), Bench.Error(bench.Test, net.Scores)));
            table.Add(penalty, points[^1].Zeros, points[^1].Error);
        }
        return new(table, new Picture(1, new Chart("784-300-300-10 with ReLU and L1 on activations", new Scale("zeros among hidden units, %"), new Scale("test error, %"))
            .Line(null, points, 0, markers: true)));
    }
}

/// <summary>A rectifier network that can be made sparse.</summary>
[Network]
public sealed partial class SparseRectifiers
{
    static readonly Dense One = new(300), Two = new(300), Last = new(10);

    [Predict]
    static Tensor Scores([Bytes, Shape(784)] Tensor x) => Last.Apply(Second(First(x)));

    /// <summary>The share of hidden units that are zero.</summary>
    [Predict]
    static Tensor Zeros([Bytes, Shape(784)] Tensor x)
    {
        var first = First(x);
        return 1 - ((first > 0).Sum() + (Second(first) > 0).Sum()) / 600;
    }

    [Learn]
    static Loss Learn([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label, [Shape] Tensor penalty)
    {
        var first = First(x);
        var second = Second(first);
        return Last.Apply(second).CrossEntropy(label) + penalty * (first.Sum() + second.Sum());
    }

    static Tensor First(Tensor x) => One.Apply(x).Relu();

    static Tensor Second(Tensor first) => Two.Apply(first).Relu();
}
