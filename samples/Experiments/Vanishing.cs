namespace Kiln.Samples.Experiments;

/// <summary>
/// The vanishing gradient: δ of a layer is the derivative of the loss by what goes into its activation. A sigmoid's slope is at most 1/4, so that δ shrinks from layer
/// to layer on its way to the input; a rectifier's slope is 1 where it is active.
/// </summary>
internal static class Vanishing
{
    private const int Layers = 5;

    public static Outcome Run(Bench bench)
    {
        var digits = bench.FirstOfTrain(1_000);
        var epochs = bench.Some(100, 3);
        using var sigmoid = new DeepSigmoid(bench.Seed, digits.Count, bench.Threads);
        using var sigmoidTraining = sigmoid.Train(new Sgd(0.1), batch: 10, bench.Threads);
        using var relu = new DeepRelu(bench.Seed, digits.Count, bench.Threads);
        using var reluTraining = relu.Train(new Sgd(0.01), batch: 10, bench.Threads);
        var ofSigmoid = Follow((x, y) => sigmoidTraining.Learn(x, y), values => sigmoid.Deltas(digits.Images, digits.Labels, values[0], values[1], values[2], values[3], values[4]));
        var ofRelu = Follow((x, y) => reluTraining.Learn(x, y), values => relu.Deltas(digits.Images, digits.Labels, values[0], values[1], values[2], values[3], values[4]));

        var table = new Table("network, epoch", "layer 1", "layer 2", "layer 3", "layer 4", "output", "output / layer 1");
        foreach (var (name, norms) in (ReadOnlySpan<(string, List<double[]>)>)[("sigmoid", ofSigmoid), ("ReLU", ofRelu)])
        {
            foreach (var epoch in new[] { 0, 1, epochs / 10, epochs / 2, epochs }.Distinct())
                table.Add([$"{name}, {epoch}", .. norms[epoch].Cast<object>(), norms[epoch][^1] / norms[epoch][0]]);
        }
        return new(table, new Picture(1, Draw("Sigmoid", ofSigmoid), Draw("ReLU", ofRelu)));

        List<double[]> Follow(DigitStep step, Action<float[][]> deltas)
        {
            var values = Enumerable.Range(0, Layers).Select(_ => new float[digits.Count]).ToArray();
            var norms = new List<double[]>();
            Measure();
            bench.Learn(digits, 10, epochs, step, (_, _) => Measure());
            return norms;

            bool Measure()
            {
                deltas(values);
                norms.Add([.. values.Select(squares => Math.Sqrt(squares.Average(square => (double)square)))]);
                return true;
            }
        }
    }

    private static Chart Draw(string name, List<double[]> norms)
    {
        var chart = new Chart($"{name}: 784-30-30-30-30-10", new Scale("epochs"), new Scale("root mean square of |δ| over digits", Logarithmic: true));
        for (var layer = 0; layer < Layers; layer++)
            chart.Line(layer == Layers - 1 ? "output" : $"layer {layer + 1}", norms.Select((values, epoch) => ((double)epoch, values[layer])), layer);
        return chart;
    }
}

/// <summary>The network of the demonstration.</summary>
[Network]
public sealed partial class DeepSigmoid
{
    static readonly Dense[] Layers = [new(30) { L2 = 5e-5 }, new(30) { L2 = 5e-5 }, new(30) { L2 = 5e-5 }, new(30) { L2 = 5e-5 }];
    static readonly Dense Last = new(10) { L2 = 5e-5 };

    [Learn]
    static Loss Learn([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label) => Sums(x)[^1].CrossEntropy(label);

    /// <summary>The squared norm of each layer's δ.</summary>
    [Predict]
    static (Tensor First, Tensor Second, Tensor Third, Tensor Fourth, Tensor Output) Deltas([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label)
    {
        var sums = Sums(x);
        var loss = sums[^1].CrossEntropy(label);
        Tensor Square(int layer) => loss.Gradient(sums[layer]).Square().Sum();
        return (Square(0), Square(1), Square(2), Square(3), Square(4));
    }

    // What goes into each activation.
    static Tensor[] Sums(Tensor x)
    {
        var sums = new Tensor[5];
        for (var i = 0; i < 4; i++)
        {
            sums[i] = Layers[i].Apply(x);
            x = sums[i].Sigmoid();
        }
        sums[4] = Last.Apply(x);
        return sums;
    }
}

/// <summary>The same with rectifiers.</summary>
[Network]
public sealed partial class DeepRelu
{
    static readonly Dense[] Layers = [new(30) { L2 = 5e-5 }, new(30) { L2 = 5e-5 }, new(30) { L2 = 5e-5 }, new(30) { L2 = 5e-5 }];
    static readonly Dense Last = new(10) { L2 = 5e-5 };

    [Learn]
    static Loss Learn([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label) => Sums(x)[^1].CrossEntropy(label);

    /// <summary>The squared norm of each layer's δ.</summary>
    [Predict]
    static (Tensor First, Tensor Second, Tensor Third, Tensor Fourth, Tensor Output) Deltas([Bytes, Shape(784)] Tensor x, [Classes(10)] Labels label)
    {
        var sums = Sums(x);
        var loss = sums[^1].CrossEntropy(label);
        Tensor Square(int layer) => loss.Gradient(sums[layer]).Square().Sum();
        return (Square(0), Square(1), Square(2), Square(3), Square(4));
    }

    // What goes into each activation.
    static Tensor[] Sums(Tensor x)
    {
        var sums = new Tensor[5];
        for (var i = 0; i < 4; i++)
        {
            sums[i] = Layers[i].Apply(x);
            x = sums[i].Relu();
        }
        sums[4] = Last.Apply(x);
        return sums;
    }
}
