namespace Kiln.Samples.Experiments;

/// <summary>What more training digits are worth: the same number of steps over 100 to 60,000 of them, by a dense and by a convolutional network.</summary>
internal static class Amount
{
    private const int Batch = 50;

    public static Outcome Run(Bench bench)
    {
        var steps = bench.Some(6_000, 200);
        var table = new Table("training digits", "epochs", "784-256-128-10: training loss, nats", "784-256-128-10: test error, %", "LeNet-5: training loss, nats", "LeNet-5: test error, %");
        var (dense, convolutional) = (new List<(double, double)>(), new List<(double, double)>());
        foreach (var count in (int[])[100, 300, 1_000, 3_000, 10_000, 30_000, 60_000])
        {
            var digits = bench.FirstOfTrain(count);
            if (digits.Count < count) break;
            var epochs = steps / (count / Batch);
            using var mlp = new AmountMlp(bench.Seed, 256, bench.Threads);
            using var ofMlp = mlp.Train(new Adam(1e-3), Batch, bench.Threads);
            var (loss, error) = Try((x, y) => ofMlp.Learn(x, y), mlp.Predict);
            using var lenet = new AmountLeNet(bench.Seed, 256, bench.Threads);
            using var ofLeNet = lenet.Train(new Adam(1e-3), Batch, bench.Threads);
            var (lossOfLeNet, errorOfLeNet) = Try((x, y) => ofLeNet.Learn(x, y), lenet.Predict);
            table.Add(count, epochs, loss, error, lossOfLeNet, errorOfLeNet);
            dense.Add((count, error));
            convolutional.Add((count, errorOfLeNet));

            (double Loss, double Error) Try(DigitStep step, DigitScores scores)
            {
                var last = 0.0;
                bench.Learn(digits, Batch, epochs, step, (_, loss) => (last = loss) >= 0);
                return (last, Bench.Error(bench.Test, scores));
            }
        }
        return new(table, new Picture(1, new Chart($"{steps} steps of {Batch} digits, Adam", new Scale("training digits", Logarithmic: true), new Scale("test error, %", Logarithmic: true))
            .Line("784-256-128-10", dense, 0, markers: true).Line("LeNet-5", convolutional, 1, markers: true)));
    }
}

[Network, Input(784, Bytes = true), Dense(256), Relu, Dense(128), Relu, Dense(10), CrossEntropy]
public sealed partial class AmountMlp;

[Network, Input(1, 28, 28, Bytes = true), Conv2D(6, Kernel = 5, Padding = Padding.Same), Relu, MaxPool2D(2), Conv2D(16, Kernel = 5), Relu, MaxPool2D(2), Flatten, Dense(120), Relu, Dense(84), Relu, Dense(10), CrossEntropy]
public sealed partial class AmountLeNet;
