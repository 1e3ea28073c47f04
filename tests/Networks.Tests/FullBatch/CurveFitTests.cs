using Kiln;
using Xunit.Abstractions;

namespace Networks.Tests.FullBatch;

/// <summary>A network 1-10-1 learns a sine.</summary>
public sealed class CurveFitTests(ITestOutputHelper output)
{
    internal static (float[] X, float[] Y) Sine(int rows = 100)
    {
        var x = Enumerable.Range(0, rows).Select(i => (float)(-Math.PI + 2 * Math.PI * i / (rows - 1))).ToArray();
        return (x, [.. x.Select(v => (float)Math.Sin(v))]);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public void Levenberg_Marquardt(int seed)
    {
        var (x, y) = Sine();
        using var net = new Curve((ulong)seed);
        using var training = net.Train(batch: 100, fit: new LevenbergMarquardt());
        for (var i = 0; i < 100; i++)
        {
            var loss = training.Fit(x, y);
            if (i % 10 == 0 || 2 * loss < 1e-6) output.WriteLine($"{i} {2 * loss}");
        }
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Others(int seed)
    {
        var (x, y) = Sine();
        foreach (var (name, make) in new (string, Func<Optimizer>)[] { ("CG", () => new ConjugateGradient()), ("LBFGS", () => new LBfgs()) , ("Adam", () => new Adam(0.01)) })
        {
            using var net = new Curve((ulong)seed);
            using var training = net.Train(batch: 100, error: make());
            for (var i = 0; i < 1001; i++)
            {
                var loss = training.Error(x, y);
                if (i % 100 == 0) output.WriteLine($"{name} {i} {2 * loss}");
            }
        }
        {
            using var net = new Curve((ulong)seed);
            using var training = net.Train(batch: 100, fit: new GaussNewton(), exact: new Newton());
            for (var i = 0; i < 101; i++)
            {
                var loss = training.Exact(x, y);
                if (i % 10 == 0) output.WriteLine($"Newton {i} {2 * loss}");
            }
            for (var i = 0; i < 101; i++)
            {
                var loss = training.Fit(x, y);
                if (i % 10 == 0) output.WriteLine($"GN {i} {2 * loss}");
            }
        }
    }
}
