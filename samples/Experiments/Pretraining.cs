using Kiln.Data;

namespace Kiln.Samples.Experiments;

/// <summary>
/// Sigmoid layers that first learn, one after the other, to rebuild what comes into them from a part of it (Bengio et al. 2007; Vincent et al. 2008), and then to classify: against the
/// same layers from random weights. The digits of the first training need no labels.
/// </summary>
internal static class Pretraining
{
    private const int Batch = 50, Layers = 4;

    public static Outcome Run(Bench bench)
    {
        var (digits, labelled) = (bench.FirstOfTrain(60_000), bench.FirstOfTrain(5_000));
        var epochs = bench.Some(40, 2);
        using var pretrained = new Stacked(bench.Seed, 500, bench.Threads);
        Pretrain(bench, pretrained, digits);

        var table = new Table("hidden layers", "at random: training loss, nats", "at random: test error, %", "pre-trained: training loss, nats", "pre-trained: test error, %");
        var (random, better) = (new List<(double, double)>(), new List<(double, double)>());
        var course = new Chart($"{Layers} hidden layers", new Scale("epochs"), new Scale("test error, %", Logarithmic: true));
        for (var layers = 1; layers <= Layers; layers++)
        {
            using var net = new Stacked(bench.Seed, 500, bench.Threads);
            var without = Classify(bench, net, layers, labelled, epochs);
            foreach (var (own, first) in net.AllParameters.Zip(pretrained.AllParameters))
                own.CopyFrom(first.ToArray());
            var with = Classify(bench, net, layers, labelled, epochs);
            table.Add(layers, without.Loss, without.Errors[^1], with.Loss, with.Errors[^1]);
            random.Add((layers, without.Errors[^1]));
            better.Add((layers, with.Errors[^1]));
            if (layers < Layers) continue;
            course.Line("at random", without.Errors.Select((error, i) => (i + 1.0, error)), 0).Line("pre-trained", with.Errors.Select((error, i) => (i + 1.0, error)), 1);
        }
        return new(table, new Picture(2, new Chart("Sigmoid layers of 200 units, 5,000 labels", new Scale("hidden layers"), new Scale("test error, %", Logarithmic: true))
            .Line("at random", random, 0, markers: true).Line("pre-trained", better, 1, markers: true), course));
    }

    private static void Pretrain(Bench bench, Stacked net, ImageSet digits)
    {
        using var training = net.Train(Batch, threads: bench.Threads, rebuild1: new Adam(1e-3), rebuild2: new Adam(1e-3), rebuild3: new Adam(1e-3), rebuild4: new Adam(1e-3));
        for (var layer = 1; layer <= Layers; layer++)
        {
            DigitStep step = layer switch
            {
                1 => (x, _) => training.Rebuild1(x),
                2 => (x, _) => training.Rebuild2(x),
                3 => (x, _) => training.Rebuild3(x),
                _ => (x, _) => training.Rebuild4(x),
            };
            bench.Learn(digits, Batch, bench.Some(5, 1), step, (_, _) => true);
        }
    }

    private static (double Loss, List<double> Errors) Classify(Bench bench, Stacked net, int layers, ImageSet labelled, int epochs)
    {
        Sgd Descent() => new(0.1, momentum: 0.9);
        using var training = net.Train(Batch, threads: bench.Threads, learn1: Descent(), learn2: Descent(), learn3: Descent(), learn4: Descent());
        (DigitStep step, DigitScores scores) = layers switch
        {
            1 => ((DigitStep)((x, y) => training.Learn1(x, y)), (DigitScores)net.Scores1),
            2 => ((x, y) => training.Learn2(x, y), net.Scores2),
            3 => ((x, y) => training.Learn3(x, y), net.Scores3),
            _ => ((x, y) => training.Learn4(x, y), net.Scores4),
        };
        var (last, errors) = (0.0, new List<double>());
        bench.Learn(labelled, Batch, epochs, step, (_, loss) =>
        {
            last = loss;
            errors.Add(Bench.Error(bench.Test, scores));
            return true;
        });
        return (last, errors);
    }
}

/// <summary>Four layers, each with a decoder of its own for its first training; a classifier sees as many of them as it likes.</summary>
[Network]
public sealed partial class Stacked
{
    static readonly Dense[] Encoders = [new(200), new(200), new(200), new(200)], Decoders = [new(784), new(200), new(200), new(200)];
    static readonly Dense[] Classifiers = [new(10), new(10), new(10), new(10)];

    [Learn] static Loss Rebuild1([Bytes, Shape(784)] Tensor x) => Rebuild(x, 0);
    [Learn] static Loss Rebuild2([Bytes, Shape(784)] Tensor x) => Rebuild(x, 1);
    [Learn] static Loss Rebuild3([Bytes, Shape(784)] Tensor x) => Rebuild(x, 2);
    [Learn] static Loss Rebuild4([Bytes, Shape(784)] Tensor x) => Rebuild(x, 3);

    [Predict] static Tensor Scores1([Bytes, Shape(784)] Tensor x) => Scores(x, 1);
    [Predict] static Tensor Scores2([Bytes, Shape(784)] Tensor x) => Scores(x, 2);
    [Predict] static Tensor Scores3([Bytes, Shape(784)] Tensor x) => Scores(x, 3);
    [Predict] static Tensor Scores4([Bytes, Shape(784)] Tensor x) => Scores(x, 4);

    [Learn] static Loss Learn1([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label) => Scores(x, 1).CrossEntropy(label);
    [Learn] static Loss Learn2([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label) => Scores(x, 2).CrossEntropy(label);
    [Learn] static Loss Learn3([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label) => Scores(x, 3).CrossEntropy(label);
    [Learn] static Loss Learn4([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label) => Scores(x, 4).CrossEntropy(label);

    // Only the layer itself learns: what comes into it stays as it is.
    static Loss Rebuild(Tensor x, int layer)
    {
        var known = Code(x, layer).StopGradient();
        return Decoders[layer].Apply(Encoders[layer].Apply(known.Dropout(0.25)).Sigmoid()).BinaryCrossEntropyWithLogits(known).Sum();
    }

    static Tensor Scores(Tensor x, int layers) => Classifiers[layers - 1].Apply(Code(x, layers));

    static Tensor Code(Tensor x, int layers)
    {
        for (var i = 0; i < layers; i++)
            x = Encoders[i].Apply(x).Sigmoid();
        return x;
    }
}
