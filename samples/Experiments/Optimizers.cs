namespace Kiln.Samples.Experiments;

/// <summary>
/// How optimizers move over surfaces of two variables, from the same start: a ravine that is 50 times as steep across as along, a saddle that is left only by what is
/// not zero at the start, and Rosenbrock's curved valley. And how they train a network.
/// </summary>
internal static class Optimizers
{
    private const int Batch = 64;

    /// <param name="Name">In the table.</param>
    /// <param name="OfRate">The optimizer with a learning rate.</param>
    /// <param name="ForDigits">Its usual rate for a network.</param>
    private sealed record Racer(string Name, Func<double, Optimizer> OfRate, double ForDigits);

    private static readonly Racer[] Racers =
    [
        new("SGD", rate => new Sgd(rate), 0.1),
        new("momentum", rate => new Sgd(rate, momentum: 0.9), 0.03),
        new("Nesterov", rate => new Sgd(rate, momentum: 0.9, nesterov: true), 0.03),
        new("AdaGrad", rate => new AdaGrad(rate), 0.01),
        new("AdaDelta", rate => new AdaDelta(rate), 1),
        new("RMSProp", rate => new RmsProp(rate), 1e-3),
        new("Adam", rate => new Adam(rate), 1e-3),
    ];

    // On a surface each has the rate of these that brings it lowest; AdaDelta chooses its steps itself. With larger ones a single step can be the whole way.
    private static readonly double[] Rates = [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2];

    public static Outcome Run(Bench bench)
    {
        var ravine = new Chart("Ravine: (x² + 50y²)/2, 60 steps", new Scale("x", From: -3, To: 0.6), new Scale("y", From: -1.2, To: 1.2))
            .Contours(Ravine, [0.1, 0.5, 1, 2, 4, 8, 16, 32]);
        var saddle = new Chart("Saddle: x² − y², 60 steps", new Scale("x", From: -1.2, To: 1.2), new Scale("y", From: -0.5, To: 3))
            .Contours((x, y) => x * x - y * y, [-8, -4, -2, -1, -0.5, -0.1, 0, 0.1, 0.5, 1]);
        var valley = new Chart("Rosenbrock: (1 − x)² + 100(y − x²)², 500 steps", new Scale("x", From: -2, To: 1.8), new Scale("y", From: -1, To: 3))
            .Contours(Rosenbrock, [0.5, 2, 10, 40, 150, 400, 1000]);
        var digits = new Chart("Digits: 784-128-10 with ReLU", new Scale("epochs"), new Scale("test error, %", Logarithmic: true));
        var table = new Table("optimizer", "ravine: rate", "ravine: height at the end", "ravine: changes of y's sign", "saddle, same rate: steps until y is beyond ±1", "Rosenbrock: rate", "Rosenbrock: height at the end", "digits: rate", "digits: test error, %");

        for (var i = 0; i < Racers.Length; i++)
        {
            var racer = Racers[i];
            var (ofRavine, onRavine) = Best(racer, [-2.5f, 1], 60, (training, point) => training.Ravine(point), Ravine);
            var onSaddle = Descend(bench, racer.OfRate(ofRavine), [-1, 0.01f], 60, (training, point) => training.Saddle(point));
            var (ofValley, onValley) = Best(racer, [-1.5f, 2], bench.Some(500, 50), (training, point) => training.Valley(point), Rosenbrock);
            var errors = Classify(bench, racer.OfRate(racer.ForDigits));
            ravine.Line(racer.Name, onRavine, i, markers: true);
            saddle.Line(racer.Name, onSaddle, i, markers: true);
            valley.Line(racer.Name, onValley, i);
            digits.Line(racer.Name, errors.Select((error, epoch) => (epoch + 1.0, error)), i);

            var left = onSaddle.FindIndex(point => Math.Abs(point.Y) > 1);
            table.Add(racer.Name, ofRavine, Height(Ravine, onRavine), Enumerable.Range(1, onRavine.Count - 1).Count(k => onRavine[k].Y * onRavine[k - 1].Y < 0),
                left < 0 ? $"more than {onSaddle.Count - 1}" : left, ofValley, Height(Rosenbrock, onValley), racer.ForDigits, errors[^1]);
        }
        return new(table, new Picture(2, ravine, saddle, valley, digits));

        (double Rate, List<(double X, double Y)> Path) Best(Racer racer, float[] start, int steps, Move move, Func<double, double, double> height) =>
            (racer.OfRate(1) is AdaDelta ? [1] : Rates).Select(rate => (rate, Path: Descend(bench, racer.OfRate(rate), start, steps, move))).MinBy(run => double.IsNaN(Height(height, run.Path)) ? double.PositiveInfinity : Height(height, run.Path));
    }

    private delegate void Move(Surfaces.Training training, float[] point);

    private static double Height(Func<double, double, double> height, List<(double X, double Y)> path) => height(path[^1].X, path[^1].Y);

    private static double Ravine(double x, double y) => (x * x + 50 * y * y) / 2;

    private static double Rosenbrock(double x, double y) => (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);

    // Ends early where a step leads to no finite number.
    private static List<(double X, double Y)> Descend(Bench bench, Optimizer optimizer, float[] start, int steps, Move move)
    {
        using var surfaces = new Surfaces(bench.Seed, batch: 1);
        using var training = surfaces.Train(1, optimizer, optimizer, optimizer);
        float[] point = [.. start];
        var path = new List<(double X, double Y)> { (point[0], point[1]) };
        for (var i = 0; i < steps; i++)
        {
            try
            {
                move(training, point);
            }
            catch (NonFiniteException)
            {
                path.Add((double.NaN, double.NaN));
                return path;
            }
            path.Add((point[0], point[1]));
        }
        return path;
    }

    private static List<double> Classify(Bench bench, Optimizer optimizer)
    {
        var errors = new List<double>();
        using var net = new SmallClassifier(bench.Seed, batch: 256, bench.Threads);
        using var training = net.Train(optimizer, Batch, bench.Threads);
        bench.Learn(bench.FirstOfTrain(60_000), Batch, bench.Some(5, 2), (x, y) => training.Learn(x, y), (_, _) =>
        {
            errors.Add(Bench.Error(bench.Test, net.Predict));
            return true;
        });
        return errors;
    }
}

/// <summary>Surfaces over the plane. What moves is the point, and no weight.</summary>
[Network]
public sealed partial class Surfaces
{
    [Learn]
    static Loss Ravine([Optimized, Shape(2)] Tensor point) => 0.5 * (X(point).Square() + 50 * Y(point).Square()).Sum();

    [Learn]
    static Loss Saddle([Optimized, Shape(2)] Tensor point) => (X(point).Square() - Y(point).Square()).Sum();

    [Learn]
    static Loss Valley([Optimized, Shape(2)] Tensor point) => ((1 - X(point)).Square() + 100 * (Y(point) - X(point).Square()).Square()).Sum();

    static Tensor X(Tensor point) => point.Slice(0, 0, 1);

    static Tensor Y(Tensor point) => point.Slice(0, 1, 1);
}

[Network, Input(784, Bytes = true), Dense(128), Relu, Dense(10), CrossEntropy]
public sealed partial class SmallClassifier;
