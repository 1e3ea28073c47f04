namespace Kiln.Samples.Experiments;

/// <summary>Networks of one to five hidden layers with nearly the same number of parameters. Digits are halved to 14×14, so that most parameters are not in the first layer.</summary>
internal static class Depth
{
    private const int Batch = 50;

    public static Outcome Run(Bench bench)
    {
        var table = new Table("hidden layers × units", "parameters", "training loss, nats", "test error, %");
        var (small, large) = (new List<(double, double)>(), new List<(double, double)>());

        using (var net = new Small1(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            small.Add((1, Try("1 × 97", net, (x, y) => training.Learn(x, y), net.Predict)));
        using (var net = new Small2(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            small.Add((2, Try("2 × 72", net, (x, y) => training.Learn(x, y), net.Predict)));
        using (var net = new Small3(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            small.Add((3, Try("3 × 61", net, (x, y) => training.Learn(x, y), net.Predict)));
        using (var net = new Small5(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            small.Add((5, Try("5 × 49", net, (x, y) => training.Learn(x, y), net.Predict)));
        using (var net = new Large1(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            large.Add((1, Try("1 × 386", net, (x, y) => training.Learn(x, y), net.Predict)));
        using (var net = new Large2(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            large.Add((2, Try("2 × 197", net, (x, y) => training.Learn(x, y), net.Predict)));
        using (var net = new Large3(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            large.Add((3, Try("3 × 154", net, (x, y) => training.Learn(x, y), net.Predict)));
        using (var net = new Large5(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            large.Add((5, Try("5 × 117", net, (x, y) => training.Learn(x, y), net.Predict)));
        return new(table, new Picture(1, new Chart("Depth at equal parameters", new Scale("hidden layers"), new Scale("test error, %"))
            .Line("20 thousand", small, 0, markers: true).Line("80 thousand", large, 1, markers: true)));

        double Try(string name, INetwork net, DigitStep step, DigitScores scores)
        {
            var last = 0.0;
            bench.Learn(bench.FirstOfTrain(20_000), Batch, bench.Some(10, 2), step, (_, loss) => (last = loss) >= 0);
            var error = Bench.Error(bench.Test, scores);
            table.Add(name, net.AllParameters.Sum(parameter => parameter.Length), last, error);
            return error;
        }
    }
}

[Network, Input(1, 28, 28, Bytes = true), AveragePool2D(2), Flatten, Dense(97), Relu, Dense(10), CrossEntropy]
public sealed partial class Small1;

[Network, Input(1, 28, 28, Bytes = true), AveragePool2D(2), Flatten, Dense(72), Relu, Dense(72), Relu, Dense(10), CrossEntropy]
public sealed partial class Small2;

[Network, Input(1, 28, 28, Bytes = true), AveragePool2D(2), Flatten, Dense(61), Relu, Dense(61), Relu, Dense(61), Relu, Dense(10), CrossEntropy]
public sealed partial class Small3;

[Network, Input(1, 28, 28, Bytes = true), AveragePool2D(2), Flatten, Dense(49), Relu, Dense(49), Relu, Dense(49), Relu, Dense(49), Relu, Dense(49), Relu, Dense(10), CrossEntropy]
public sealed partial class Small5;

[Network, Input(1, 28, 28, Bytes = true), AveragePool2D(2), Flatten, Dense(386), Relu, Dense(10), CrossEntropy]
public sealed partial class Large1;

[Network, Input(1, 28, 28, Bytes = true), AveragePool2D(2), Flatten, Dense(197), Relu, Dense(197), Relu, Dense(10), CrossEntropy]
public sealed partial class Large2;

[Network, Input(1, 28, 28, Bytes = true), AveragePool2D(2), Flatten, Dense(154), Relu, Dense(154), Relu, Dense(154), Relu, Dense(10), CrossEntropy]
public sealed partial class Large3;

[Network, Input(1, 28, 28, Bytes = true), AveragePool2D(2), Flatten, Dense(117), Relu, Dense(117), Relu, Dense(117), Relu, Dense(117), Relu, Dense(117), Relu, Dense(10), CrossEntropy]
public sealed partial class Large5;
