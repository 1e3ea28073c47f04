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
        Logits(picture).CrossEntropy(digit) + 1e-3 * picture.Square().Sum() + 3e-2 * Roughness(picture.Reshape(28, 28));

    /// <summary>Neighbours in a picture are alike.</summary>
    static Tensor Roughness(Tensor picture) => Enumerable.Range(0, 2)
        .Select(axis => (picture.Slice(axis, 1, 27) - picture.Slice(axis, 0, 27)).Square().Sum())
        .Aggregate((rows, columns) => rows + columns);

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
        for (var digit = 0; digit < 10; digit++)
        {
            var picture = pictures.AsSpan(digit * Sample.Pixels, Sample.Pixels);
            var largest = 0f;
            foreach (var pixel in picture)
                largest = Math.Max(largest, Math.Abs(pixel));
            foreach (ref var pixel in picture)
                pixel /= largest;
        }
        sample.Write(pictures, -1, 1);
    }
}
