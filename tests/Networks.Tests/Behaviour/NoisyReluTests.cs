using Kiln;

namespace Networks.Tests.Behaviour;

[Network]
public sealed partial class Noisy
{
    [Predict] static Tensor Still([Shape(50)] Tensor x) => x.NoisyRelu(0.1);
    [Predict] static Tensor Shaken([Shape(50)] Tensor x) => Mode.Training(() => Still(x));
}

public sealed class NoisyReluTests
{
    [Fact]
    public void It_is_noisy_while_training_only()
    {
        const int rows = 200;
        using var net = new Noisy(seed: 3, batch: rows);
        float[] x = [.. Enumerable.Range(0, rows * 50).Select(i => i % 2 - 0.5f)];
        var (still, again, shaken, anew) = (new float[x.Length], new float[x.Length], new float[x.Length], new float[x.Length]);
        net.Still(x, still);
        net.Still(x, again);
        net.Shaken(x, shaken);
        net.Shaken(x, anew);
        Assert.Equal(x.Select(v => Math.Max(0, v)), still);
        Assert.Equal(still, again);
        Assert.NotEqual(shaken, anew);
        Assert.All(shaken, v => Assert.True(v >= 0));

        // Far above 0 the noise is left as it is: mean 0, deviation 0.1.
        double[] noise = [.. Enumerable.Range(0, x.Length).Where(i => x[i] > 0).Select(i => (double)shaken[i] - x[i])];
        Assert.Equal(0, noise.Average(), 0.005);
        Assert.Equal(0.1, Math.Sqrt(noise.Average(n => n * n)), 0.005);
    }
}
