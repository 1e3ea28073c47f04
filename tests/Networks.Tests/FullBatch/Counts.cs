using Kiln;
using Xunit.Abstractions;
namespace Networks.Tests.FullBatch;
public sealed class Counts(ITestOutputHelper output)
{
    [Fact]
    public void Print()
    {
        var (x, y) = CurveFitTests.Sine();
        for (ulong seed = 1; seed <= 5; seed++)
            foreach (var name in new[] { "Adam", "LBfgs", "CG", "Newton", "GN", "LM" })
            {
                using var net = new Curve(seed);
                using var training = name switch { "Adam" => net.Train(batch: 100, threads: 1, error: new Adam(0.01)), "LBfgs" => net.Train(batch: 100, threads: 1, error: new LBfgs()), "CG" => net.Train(batch: 100, threads: 1, error: new ConjugateGradient()), "Newton" => net.Train(batch: 100, threads: 1, exact: new Newton()), "GN" => net.Train(batch: 100, threads: 1, fit: new GaussNewton()), _ => net.Train(batch: 100, threads: 1, fit: new LevenbergMarquardt()) };
                var n = 0; var loss = 1f;
                for (; n < 30000 && loss >= 1e-6; n++) loss = 2 * (name is "Adam" or "LBfgs" or "CG" ? training.Error(x, y) : name == "Newton" ? training.Exact(x, y) : training.Fit(x, y));
                output.WriteLine($"COUNT {seed} {name} {n - 1} {loss}");
                if (name != "Adam") { for (var i = 0; i < 100; i++) loss = 2 * (name is "LBfgs" or "CG" ? training.Error(x, y) : name == "Newton" ? training.Exact(x, y) : training.Fit(x, y)); output.WriteLine($"COUNT   after 100 more {loss}"); }
            }
        foreach (var seed in Enumerable.Range(1, 10))
        {
            using var net = new PlainCurve((ulong)seed);
            using var training = net.Train(new LevenbergMarquardt(), batch: 100);
            var n = 0; var loss = 1f;
            for (; n < 100 && loss >= 1e-6; n++) loss = 2 * training.Fit(x, y);
            output.WriteLine($"COUNT plain {seed} {n} {loss}");
        }
    }
}
[Network]
public sealed partial class PlainCurve
{
    [Predict] static Tensor Value([Shape(1)] Tensor x) => x.Dense(10).Tanh().Dense(1);
    [Learn] static Residuals Fit([Shape(1)] Tensor x, [Shape(1)] Tensor y) => Value(x) - y;
}
