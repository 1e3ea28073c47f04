namespace Kiln.Samples.Programs;

/// <summary>Ten ADALINEs (Widrow and Hoff 1960): the error is measured before the threshold, so that weights settle at the least squares.</summary>
[Network]
public sealed partial class Adalines
{
    static readonly Parameter Weight = new(784, 10) { Initializer = Initializer.Zeros }, Bias = new(10);

    [Predict]
    static Tensor Activate([Shape(784)] Tensor x) => x.MatMul(Weight) + Bias;

    [Learn]
    static Update WidrowHoff([Shape(784)] Tensor x, [Classes(10)] Labels digit)
    {
        var error = (2 * digit.OneHot() - 1) - Activate(x);
        return Update.Of(Weight, x.Outer(error)) + Update.Of(Bias, error);
    }

    internal static void Run(Sample sample)
    {
        using var net = new Adalines(seed: 1, Sample.Batch);
        using var training = net.Train(new Sgd(0.01), Sample.Batch);
        sample.Learn(2000, "accuracy", () =>
        {
            var accuracy = net.Accuracy(sample.Images, sample.Labels);
            training.WidrowHoff(sample.Images, sample.Labels);
            return accuracy;
        });
        var weight = new float[784 * 10];
        net.Parameters.Weight.CopyTo(weight);
        sample.WriteTemplates(weight);
    }
}
