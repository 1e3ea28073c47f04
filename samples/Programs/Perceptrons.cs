namespace Kiln.Samples.Programs;

/// <summary>Ten of Rosenblatt's perceptrons (1958), one for each digit: a weight moves only where the unit's answer is wrong.</summary>
[Network]
public sealed partial class Perceptrons
{
    static readonly Parameter Weight = new(784, 10) { Initializer = Initializer.Zeros }, Bias = new(10);

    [Predict]
    static Tensor Activate([Shape(784)] Tensor x) => x.MatMul(Weight) + Bias;

    [Learn]
    static Update Rosenblatt([Shape(784)] Tensor x, [Classes(10)] Labels digit)
    {
        var error = digit.OneHot() - Activate(x).Step();
        return Update.Of(Weight, x.Outer(error)) + Update.Of(Bias, error);
    }

    internal static void Run(Sample sample)
    {
        using var net = new Perceptrons(seed: 1, Sample.Batch);
        using var training = net.Train(new Sgd(0.1), Sample.Batch);
        sample.Learn(2000, "accuracy", () =>
        {
            var accuracy = net.Accuracy(sample.Images, sample.Labels);
            training.Rosenblatt(sample.Images, sample.Labels);
            return accuracy;
        });
        var weight = new float[784 * 10];
        net.Parameters.Weight.CopyTo(weight);
        sample.WriteTemplates(weight);
    }
}
