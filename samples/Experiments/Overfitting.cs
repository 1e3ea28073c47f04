namespace Kiln.Samples.Experiments;

/// <summary>A large network and few digits: it knows them by heart soon. Weight decay and dropout make it know others better.</summary>
internal static class Overfitting
{
    private const int Batch = 50;

    public static Outcome Run(Bench bench)
    {
        var digits = bench.FirstOfTrain(1_000);
        var epochs = bench.Some(60, 3);
        var table = new Table("regularisation", "training loss, nats", "test loss, nats", "least test loss", "training error, %", "test error, %");
        var losses = new Chart($"784-400-400-10, {digits.Count} training digits", new Scale("epochs"), new Scale("test loss, nats"));
        var errors = new Chart("The same", new Scale("epochs"), new Scale("test error, %"));
        var number = 0;
        Try("none", 0, dropout: false);
        Try("L2, λ = 0.001", 1e-3f, dropout: false);
        Try("dropout 0.2 and 0.5", 0, dropout: true);
        Try("both", 1e-3f, dropout: true);
        return new(table, new Picture(1, losses, errors));

        void Try(string name, float decay, bool dropout)
        {
            using var net = new Overfitted(bench.Seed, batch: 256, bench.Threads);
            using var training = net.Train(Batch, plain: new Adam(1e-3), dropped: new Adam(1e-3), threads: bench.Threads);
            var ofEach = Enumerable.Repeat(decay, Batch).ToArray();
            var (ofTest, wrong, of) = (new List<double>(), new List<double>(), 0.0);
            bench.Learn(digits, Batch, epochs, (x, y) => dropout ? training.Dropped(x, y, ofEach) : training.Plain(x, y, ofEach), (_, _) =>
            {
                ofTest.Add(Loss(bench.Test));
                wrong.Add(Bench.Error(bench.Test, net.Scores));
                return true;
            });
            of = Loss(digits);
            table.Add(name, of, ofTest[^1], ofTest.Min(), Bench.Error(digits, net.Scores), wrong[^1]);
            losses.Line(name, ofTest.Select((loss, i) => (i + 1.0, loss)), number);
            errors.Line(name, wrong.Select((error, i) => (i + 1.0, error)), number++);

            double Loss(Kiln.Data.ImageSet set)
            {
                var values = new float[set.Count];
                net.Losses(set.Images, set.Labels, values);
                return values.Average(value => (double)value);
            }
        }
    }
}

/// <summary>A network for many more digits than it gets.</summary>
[Network]
public sealed partial class Overfitted
{
    static readonly Dense One = new(400), Two = new(400), Last = new(10);

    [Predict]
    static Tensor Scores([Bytes, Shape(784)] Tensor x) => Last.Apply(Two.Apply(One.Apply(x).Relu()).Relu());

    /// <summary>The cross-entropy of each digit.</summary>
    [Predict]
    static Tensor Losses([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label) => Scores(x).CrossEntropy(label);

    [Learn]
    static Loss Plain([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label, [Shape] Tensor decay) => Scores(x).CrossEntropy(label) + decay * Squares();

    [Learn]
    static Loss Dropped([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label, [Shape] Tensor decay) =>
        Last.Apply(Two.Apply(One.Apply(x.Dropout(0.2)).Relu().Dropout(0.5)).Relu().Dropout(0.5)).CrossEntropy(label) + decay * Squares();

    static Tensor Squares() => One.Weight.Square().Sum() + Two.Weight.Square().Sum() + Last.Weight.Square().Sum();
}
