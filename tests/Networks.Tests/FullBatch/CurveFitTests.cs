using Kiln;

namespace Networks.Tests.FullBatch;

/// <summary>A network 1-10-1 learns a sine at 100 points.</summary>
public sealed class CurveFitTests
{
    internal static (float[] X, float[] Y) Sine()
    {
        var x = Enumerable.Range(0, 100).Select(i => (float)(-Math.PI + 2 * Math.PI * i / 99)).ToArray();
        return (x, [.. x.Select(v => (float)Math.Sin(v))]);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public void Levenberg_Marquardt_in_a_hundred_steps(int seed)
    {
        var (x, y) = Sine();
        using var net = new Curve((ulong)seed);
        using var training = net.Train(batch: 100, fit: new LevenbergMarquardt());
        var loss = float.PositiveInfinity;
        for (var i = 0; i < 100; i++)
        {
            var next = training.Fit(x, y);
            Assert.True(next <= loss, $"step {i}: {next} after {loss}");
            loss = next;
        }
        // The loss is half the square.
        Assert.True(2 * training.FitLoss(x, y) < 1e-6, $"{2 * training.FitLoss(x, y)}");
    }
}
