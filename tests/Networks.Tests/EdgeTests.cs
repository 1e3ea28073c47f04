using Kiln;
using Networks.Tests.Edges;

namespace Networks.Tests;

public class EdgeTests
{
    /// <summary>W ← W − 0.1 · (1/N) Σₙ 2 xₙ (xₙ W)ᵀ.</summary>
    [Fact]
    public void The_gradient_of_a_mean_over_the_batch_is_of_all_samples_at_once()
    {
        const int rows = 5;
        using var net = new ByHand(seed: 3);
        using var training = net.Train(batch: rows);
        var before = new float[12];
        net["w"].CopyTo(before);
        var random = new Random(1);
        float[] x = [.. Enumerable.Range(0, rows * 4).Select(_ => random.NextSingle() - 0.5f)];
        training.Descend(x);
        for (var i = 0; i < 4; i++)
            for (var j = 0; j < 3; j++)
            {
                var gradient = Enumerable.Range(0, rows).Average(n => 2.0 * x[n * 4 + i] * Enumerable.Range(0, 4).Sum(k => (double)x[n * 4 + k] * before[k * 3 + j]));
                Assert.Equal(before[i * 3 + j] - 0.1 * gradient, net["w"][i * 3 + j], 1e-5);
            }
    }

    [Fact]
    public void Numbers_are_widened_where_CSharp_widens_them()
    {
        using var net = new Converted(seed: 1);
        using var training = net.Train(new Sgd(0), batch: 1);
        float[] x = [1, 2, 3, 4];
        var weight = new float[12];
        net["fit.parts1.dense1.weight"].CopyTo(weight);
        var y = Enumerable.Range(0, 3).Select(j => 0.75 * Enumerable.Range(0, 4).Sum(k => (double)x[k] * weight[j * 4 + k])).ToArray();
        var (total, size) = training.Fit(x);
        Assert.Equal(y.Sum(v => v * v) / 2, total, 1e-4);
        Assert.Equal(y.Sum(), size, 1e-4);
    }
}
