namespace Kiln.Samples.Experiments;

/// <summary>
/// How optimizers move over surfaces of two variables, from the same start: a ravine that is 50 times as steep across as along, a saddle that is left only by what is
/// not zero at the start, and Rosenbrock's curved valley. And how they train a network.
/// </summary>
internal static class Optimizers
{
    private const int Batch = 64;

    private sealed record Racer(string Name, Func<Optimizer> Ravine, Func<Optimizer> Saddle, Func<Optimizer> Valley, Func<Optimizer> Digits);

    // Each has, for each surface, the rate out of 1, 3 · 10ⁿ that comes lowest; for digits its usual one.
    private static readonly Racer[] Racers =
    [
        new("SGD", () => new Sgd(0.03), () => new Sgd(0.03), () => new Sgd(1e-3), () => new Sgd(0.1)),
        new("momentum", () => new Sgd(0.01, momentum: 0.9), () => new Sgd(0.01, momentum: 0.9), () => new Sgd(3e-4, momentum: 0.9), () => new Sgd(0.03, momentum: 0.9)),
        new("Nesterov", () => new Sgd(0.01, momentum: 0.9, nesterov: true), () => new Sgd(0.01, momentum: 0.9, nesterov: true), () => new Sgd(3e-4, momentum: 0.9, nesterov: true), () => new Sgd(0.03, momentum: 0.9, nesterov: true)),
        new("AdaGrad", () => new AdaGrad(0.3), () => new AdaGrad(0.3), () => new AdaGrad(0.3), () => new AdaGrad(0.01)),
        new("AdaDelta", () => new AdaDelta(), () => new AdaDelta(), () => new AdaDelta(), () => new AdaDelta()),
        new("RMSProp", () => new RmsProp(0.03), () => new RmsProp(0.03), () => new RmsProp(0.03), () => new RmsProp(1e-3)),
        new("Adam", () => new Adam(0.1), () => new Adam(0.1), () => new Adam(0.1), () => new Adam(1e-3)),
    ];

    public static Outcome Run(Bench bench)
    {
        var ravine = new Chart("Ravine: (x² + 50y²)/2, 60 steps", new Scale("x", From: -3, To: 0.6), new Scale("y", From: -1.2, To: 1.2))
            .Contours((x, y) => (x * x + 50 * y * y) / 2, [0.1, 0.5, 1, 2, 4, 8, 16, 32]);
        var saddle = new Chart("Saddle: x² − y², 60 steps", new Scale("x", From: -1.2, To: 1.2), new Scale("y", From: -0.5, To: 3))
            .Contours((x, y) => x * x - y * y, [-8, -4, -2, -1, -0.5, -0.1, 0, 0.1, 0.5, 1]);
        var valley = new Chart("Rosenbrock: (1 − x)² + 100(y − x²)², 500 steps", new Scale("x", From: -2, To: 1.8), new Scale("y", From: -1, To: 3))
            .Contours((x, y) => Rosenbrock(x, y), [0.5, 2, 10, 40, 150, 400, 1000]);
        var digits = new Chart("Digits: 784-128-10 with ReLU", new Scale("epochs"), new Scale("test error, %", Logarithmic: true));
        var table = new Table("optimizer", "ravine: height at the end", "changes of y's sign", "saddle: steps until |y| > 1", "Rosenbrock: height at the end", "digits: test error, %");

        for (var i = 0; i < Racers.Length; i++)
        {
            var racer = Racers[i];
            using var surfaces = new Surfaces(bench.Seed, batch: 1);
            using var training = surfaces.Train(1, racer.Ravine(), racer.Saddle(), racer.Valley());
            var onRavine = Descend([-2.5f, 1], 60, point => training.Ravine(point));
            var onSaddle = Descend([-1, 0.01f], 60, point => training.Saddle(point));
            var onValley = Descend([-1.5f, 2], bench.Some(500, 50), point => training.Valley(point));
            var errors = Classify(bench, racer.Digits());
            ravine.Line(racer.Name, onRavine, i, markers: true);
            saddle.Line(racer.Name, onSaddle, i, markers: true);
            valley.Line(racer.Name, onValley, i);
            digits.Line(racer.Name, errors.Select((error, epoch) => (epoch + 1.0, error)), i);

            var left = onSaddle.FindIndex(point => Math.Abs(point.Y) > 1);
            var (x, y) = onRavine[^1];
            table.Add(racer.Name, (x * x + 50 * y * y) / 2, Enumerable.Range(1, onRavine.Count - 1).Count(k => onRavine[k].Y * onRavine[k - 1].Y < 0),
                left < 0 ? $"more than {onSaddle.Count - 1}" : left, Rosenbrock(onValley[^1].X, onValley[^1].Y), errors[^1]);
        }
        return new(table, new Picture(2, ravine, saddle, valley, digits));
    }

    private static double Rosenbrock(double x, double y) => (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);

    private static List<(double X, double Y)> Descend(float[] point, int steps, Action<float[]> step)
    {
        var path = new List<(double X, double Y)> { (point[0], point[1]) };
        for (var i = 0; i < steps; i++)
        {
            step(point);
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
