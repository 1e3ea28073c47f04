namespace Kiln.Samples.Programs;

/// <summary>A classifier, and a program that trains no weight but its input: what does the network take for the clearest seven?</summary>
[Network]
public sealed partial class Imagination
{
    [Predict]
    static Tensor Logits([Shape(784)] Tensor image) => image.Dense(128).Softplus().Dense(10);

    [Learn]
    static Loss Classify([Shape(784)] Tensor image, [Classes(10)] Labels digit) => Logits(image).CrossEntropy(digit);

    [Learn]
    static Loss Excite([Optimized, Shape(784)] Tensor picture, [Classes(10)] Labels digit) =>
        Logits(picture).CrossEntropy(digit) + 1e-2 * picture.Square().Sum();

    internal static void Run(Sample sample)
    {
        using var net = new Imagination(seed: 1, Sample.Batch);
        using var training = net.Train(Sample.Batch, classify: new Adam(1e-3), excite: new Sgd(1));
        sample.Learn(1500, "loss", () => training.Classify(sample.Images, sample.Labels));

        var pictures = new float[10 * Sample.Pixels];
        int[] digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        for (var step = 1; step <= 300; step++)
        {
            var loss = training.Excite(pictures, digits);
            if (step % 100 == 0)
                Console.WriteLine($"  excite {step,4}  loss {loss:F4}");
        }
        var largest = pictures.Max(Math.Abs);
        sample.Write(pictures, -largest, largest);
    }
}
