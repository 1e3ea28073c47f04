namespace Kiln.Samples.Experiments;

/// <summary>
/// A sigmoid unit whose target is 0, started at several sums z. The squared error's gradient has the sigmoid's slope in it, which is next to nothing where the unit is
/// wrong and sure of it; the cross-entropy's gradient is the error itself.
/// </summary>
internal static class Saturation
{
    private const double Rate = 0.5;

    public static Outcome Run(Bench bench)
    {
        var steps = bench.Some(5_000, 500);
        using var unit = new SigmoidUnit(bench.Seed, batch: 1);
        using var training = unit.Train(1, new Sgd(Rate), new Sgd(Rate));
        var table = new Table("z at the start", "output at the start", "gradient of the squared error", "gradient of the cross-entropy", "squared error: steps until the output is below 0.1", "cross-entropy: steps until the output is below 0.1");
        var chart = new Chart($"A sigmoid unit with target 0, SGD with rate {Rate}", new Scale("steps", Logarithmic: true), new Scale("output", From: 0, To: 1));
        var number = 0;
        foreach (var start in (float[])[0, 2, 4, 6])
        {
            var squared = Follow(z => training.Squared(z));
            var entropy = Follow(z => training.Entropy(z));
            table.Add(start, Output(start), (start - squared[1]) / Rate, (start - entropy[1]) / Rate, Until(squared), Until(entropy));
            chart.Line($"squared error, z = {start}", Shown(squared), number);
            chart.Line($"cross-entropy, z = {start}", Shown(entropy), number++, dashed: true);

            List<double> Follow(Action<float[]> step)
            {
                float[] z = [start];
                var path = new List<double> { start };
                for (var i = 0; i < steps; i++)
                {
                    step(z);
                    path.Add(z[0]);
                }
                return path;
            }
        }
        return new(table, new Picture(1, chart));

        object Until(List<double> path) => path.FindIndex(z => Output(z) < 0.1) is var index && index < 0 ? $"more than {steps}" : index;
    }

    private static IEnumerable<(double, double)> Shown(List<double> path) => path.Skip(1).Select((z, i) => (i + 1.0, Output(z)));

    private static double Output(double z) => 1 / (1 + Math.Exp(-z));
}

/// <summary>The unit; what moves is the sum that goes into it.</summary>
[Network]
public sealed partial class SigmoidUnit
{
    [Learn]
    static Loss Squared([Optimized, Shape(1)] Tensor z) => z.Sigmoid().Square().Sum();

    [Learn]
    static Loss Entropy([Optimized, Shape(1)] Tensor z) => z.BinaryCrossEntropyWithLogits(0).Sum();
}
