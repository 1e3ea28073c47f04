namespace Kiln.Samples.Experiments;

/// <summary>The same network, trained in the same way, with one activation after another.</summary>
internal static class Activations
{
    private const int Batch = 50;

    public static Outcome Run(Bench bench)
    {
        var table = new Table("activation", "test error after 1 epoch, %", "after the last epoch, %", "training loss of the last epoch, nats");
        var chart = new Chart("784-200-200-10, Adam", new Scale("epochs"), new Scale("test error, %", Logarithmic: true));
        var number = 0;

        using (var net = new WithSigmoid(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("sigmoid", (x, y) => training.Learn(x, y), net.Predict);
        using (var net = new WithTanh(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("tanh", (x, y) => training.Learn(x, y), net.Predict);
        using (var net = new WithSoftsign(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("softsign", (x, y) => training.Learn(x, y), net.Predict);
        using (var net = new WithSoftplus(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("softplus", (x, y) => training.Learn(x, y), net.Predict);
        using (var net = new WithRelu(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("ReLU", (x, y) => training.Learn(x, y), net.Predict);
        using (var net = new WithLeakyRelu(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("leaky ReLU", (x, y) => training.Learn(x, y), net.Predict);
        using (var net = new WithElu(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("ELU", (x, y) => training.Learn(x, y), net.Predict);
        using (var net = new WithSelu(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("SELU", (x, y) => training.Learn(x, y), net.Predict);
        using (var net = new WithGelu(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("GELU", (x, y) => training.Learn(x, y), net.Predict);
        using (var net = new WithSilu(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("SiLU", (x, y) => training.Learn(x, y), net.Predict);
        using (var net = new WithMaxout(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("maxout of 2", (x, y) => training.Learn(x, y), net.Predict);
        using (var net = new WithoutActivation(bench.Seed, 256, bench.Threads))
        using (var training = net.Train(new Adam(1e-3), Batch, bench.Threads))
            Try("none", (x, y) => training.Learn(x, y), net.Predict);
        return new(table, new Picture(1, chart));

        void Try(string name, DigitStep step, DigitScores scores)
        {
            var (errors, last) = (new List<double>(), 0.0);
            bench.Learn(bench.FirstOfTrain(20_000), Batch, bench.Some(8, 2), step, (_, loss) =>
            {
                last = loss;
                errors.Add(Bench.Error(bench.Test, scores));
                return true;
            });
            table.Add(name, errors[0], errors[^1], last);
            chart.Line(name, errors.Select((error, i) => (i + 1.0, error)), number++);
        }
    }
}

[Network, Input(784, Bytes = true), Dense(200), Sigmoid, Dense(200), Sigmoid, Dense(10), CrossEntropy]
public sealed partial class WithSigmoid;

[Network, Input(784, Bytes = true), Dense(200), Tanh, Dense(200), Tanh, Dense(10), CrossEntropy]
public sealed partial class WithTanh;

[Network, Input(784, Bytes = true), Dense(200), Softsign, Dense(200), Softsign, Dense(10), CrossEntropy]
public sealed partial class WithSoftsign;

[Network, Input(784, Bytes = true), Dense(200), Softplus, Dense(200), Softplus, Dense(10), CrossEntropy]
public sealed partial class WithSoftplus;

[Network, Input(784, Bytes = true), Dense(200), Relu, Dense(200), Relu, Dense(10), CrossEntropy]
public sealed partial class WithRelu;

[Network, Input(784, Bytes = true), Dense(200), LeakyRelu(0.1), Dense(200), LeakyRelu(0.1), Dense(10), CrossEntropy]
public sealed partial class WithLeakyRelu;

[Network, Input(784, Bytes = true), Dense(200), Elu, Dense(200), Elu, Dense(10), CrossEntropy]
public sealed partial class WithElu;

[Network, Input(784, Bytes = true), Dense(200), Selu, Dense(200), Selu, Dense(10), CrossEntropy]
public sealed partial class WithSelu;

[Network, Input(784, Bytes = true), Dense(200), Gelu, Dense(200), Gelu, Dense(10), CrossEntropy]
public sealed partial class WithGelu;

[Network, Input(784, Bytes = true), Dense(200), Silu, Dense(200), Silu, Dense(10), CrossEntropy]
public sealed partial class WithSilu;

/// <summary>The largest of each two of 200 sums: 100 units a layer.</summary>
[Network, Input(784, Bytes = true), Dense(200), MaxPoolChannels(2), Dense(200), MaxPoolChannels(2), Dense(10), CrossEntropy]
public sealed partial class WithMaxout;

[Network, Input(784, Bytes = true), Dense(200), Dense(200), Dense(10), CrossEntropy]
public sealed partial class WithoutActivation;
