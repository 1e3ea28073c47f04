namespace Kiln.Samples.Experiments;

/// <summary>
/// A single hidden layer can come as near as one likes to a continuous function on an interval, if it has units enough (Cybenko 1989; Leshno et al. 1993 for rectifiers).
/// Units beyond the number that is tried are masked.
/// The best of three starts counts: few units often get caught.
/// </summary>
internal static class Approximation
{
    private const int Points = 100, Tries = 3;

    private static readonly int[] Sizes = [1, 2, 4, 8, 16, 32, 64];

    private static readonly (string Name, Func<double, double> Value)[] Functions =
    [
        ("sin 3πx", x => Math.Sin(3 * Math.PI * x)),
        ("a peak and a kink", x => Math.Exp(-60 * (x + 0.4) * (x + 0.4)) + Math.Max(0, x) - 0.5),
    ];

    public static Outcome Run(Bench bench)
    {
        var steps = bench.Some(5_000, 200);
        var xs = Enumerable.Range(0, Points).Select(i => 2f * i / (Points - 1) - 1).ToArray();
        var table = new Table(["units", .. from function in Functions from activation in (string[])["sigmoid", "ReLU"] select $"{function.Name}: {activation}, root mean square error"]);
        var errors = new Dictionary<(int Function, bool Relu, int Units), double>();
        var charts = new List<Chart>();
        for (var f = 0; f < Functions.Length; f++)
        {
            var (name, value) = Functions[f];
            var targets = xs.Select(x => (float)value(x)).ToArray();
            var curve = new Chart(name, new Scale("hidden units", Logarithmic: true), new Scale("root mean square error", Logarithmic: true));
            charts.Add(curve);
            foreach (var relu in (bool[])[false, true])
            {
                var fits = new Chart($"{name}, {(relu ? "ReLU" : "sigmoid")}", new Scale("x"), new Scale("y")).Line("function", xs.Select((x, i) => ((double)x, (double)targets[i])), 7, dashed: true);
                foreach (var units in Sizes)
                {
                    bench.ThrowIfCancelled();
                    var tries = Enumerable.Range(0, Tries).Select(i => relu ? FitRelu(bench, bench.Seed + (ulong)i, units, steps, xs, targets) : FitSigmoid(bench, bench.Seed + (ulong)i, units, steps, xs, targets));
                    var fit = tries.MinBy(fit => Error(fit, targets))!;
                    errors[(f, relu, units)] = Error(fit, targets);
                    if (Array.IndexOf((int[])[2, 8, 64], units) is var colour && colour >= 0)
                        fits.Line($"{units} units", xs.Select((x, i) => ((double)x, (double)fit[i])), colour);
                }
                curve.Line(relu ? "ReLU" : "sigmoid", Sizes.Select(units => ((double)units, errors[(f, relu, units)])), relu ? 1 : 0, markers: true);
                charts.Add(fits);
            }
        }
        foreach (var units in Sizes)
            table.Add([units, .. from f in Enumerable.Range(0, Functions.Length) from relu in (bool[])[false, true] select (object)errors[(f, relu, units)]]);
        return new(table, new Picture(3, [.. charts]));
    }

    private static double Error(float[] fit, float[] targets) => Math.Sqrt(fit.Zip(targets, (y, target) => (double)(y - target) * (y - target)).Average());

    private static float[] FitSigmoid(Bench bench, ulong seed, int units, int steps, float[] xs, float[] targets)
    {
        using var net = new SigmoidCurve(seed, Points, bench.Threads);
        using var training = net.Train(Rate(steps), Points, bench.Threads);
        var (mask, fit) = (Mask(units), new float[Points]);
        for (var i = 0; i < steps; i++)
            training.Learn(xs, mask, targets);
        net.Curve(xs, mask, fit);
        return fit;
    }

    private static float[] FitRelu(Bench bench, ulong seed, int units, int steps, float[] xs, float[] targets)
    {
        using var net = new ReluCurve(seed, Points, bench.Threads);
        using var training = net.Train(Rate(steps), Points, bench.Threads);
        var (mask, fit) = (Mask(units), new float[Points]);
        for (var i = 0; i < steps; i++)
            training.Learn(xs, mask, targets);
        net.Curve(xs, mask, fit);
        return fit;
    }

    private static Adam Rate(int steps) => new(0.02) { Schedule = Schedule.Cosine(steps) };

    // For each point 1 for every unit that takes part.
    private static float[] Mask(int units)
    {
        var mask = new float[Points * 64];
        for (var i = 0; i < mask.Length; i++)
            mask[i] = i % 64 < units ? 1 : 0;
        return mask;
    }
}

/// <summary>Up to 64 sigmoids of one variable, spread over its range, and their weighted sum.</summary>
[Network]
public sealed partial class SigmoidCurve
{
    static readonly Parameter Slope = new(64) { Initializer = Initializer.Normal, Scale = 8 }, Shift = new(64) { Initializer = Initializer.Uniform, Scale = 8 };
    static readonly Parameter Height = new(64) { Initializer = Initializer.Normal, Scale = 0.2 }, Base = new();

    [Predict]
    static Tensor Curve([Shape] Tensor x, [Shape(64)] Tensor mask) => ((x * Slope + Shift).Sigmoid() * mask * Height).Sum() + Base;

    [Learn]
    static Loss Learn([Shape] Tensor x, [Shape(64)] Tensor mask, [Shape] Tensor y) => Curve(x, mask).SquaredError(y);
}

/// <summary>Up to 64 rectifiers of one variable, their kinks spread over its range, and their weighted sum.</summary>
[Network]
public sealed partial class ReluCurve
{
    static readonly Parameter Slope = new(64) { Initializer = Initializer.Normal, Scale = 2 }, Shift = new(64) { Initializer = Initializer.Uniform, Scale = 2 };
    static readonly Parameter Height = new(64) { Initializer = Initializer.Normal, Scale = 0.2 }, Base = new();

    [Predict]
    static Tensor Curve([Shape] Tensor x, [Shape(64)] Tensor mask) => ((x * Slope + Shift).Relu() * mask * Height).Sum() + Base;

    [Learn]
    static Loss Learn([Shape] Tensor x, [Shape(64)] Tensor mask, [Shape] Tensor y) => Curve(x, mask).SquaredError(y);
}
