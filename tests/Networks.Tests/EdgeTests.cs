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

    /// <summary>Every second call meets the weights from the other end.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Calls_that_meet_the_weights_from_either_end_give_the_same_bits(int rows)
    {
        using var net = new Branches(seed: 5, batch: rows);
        var random = new Random(2);
        float[] x = [.. Enumerable.Range(0, rows * 48).Select(_ => random.NextSingle() - 0.5f)], z = [.. x.Reverse()];
        var (together, inTurns) = (new float[rows * 64], new float[rows * 96]);
        net.Together(x, z, together);
        net.InTurns(x, inTurns);
        for (var call = 0; call < 3; call++)
        {
            var (again, inTurnsAgain) = (new float[rows * 64], new float[rows * 96]);
            net.Together(x, z, again);
            net.InTurns(x, inTurnsAgain);
            Assert.Equal(together, again);
            Assert.Equal(inTurns, inTurnsAgain);
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
