using Kiln.Kernels;

namespace Kiln.Comparison;

/// <summary>Whole networks: a step of training (forward, backward, update by SGD) on 64 rows, and a prediction for one row.</summary>
internal static class NetworkSteps
{
    private const int Batch = 64, Classes = 10;

    private const double FirstLayer = 784 * 256, Rest = (256 * 128) + (128 * 10);
    private const double FirstConvolution = 6 * 28 * 28 * 25, RestOfLeNet = (16 * 10 * 10 * 150) + (400 * 120) + (120 * 84) + (84 * 10);

    public static IEnumerable<Work> All()
    {
        foreach (var threads in new[] { 1, 2 })
        {
            // Forward and two gradients, but the images have none.
            yield return new Work($"mlp-step b{Batch}", "mlp-step", threads, Processor.VectorBits, 2 * Batch * ((2 * FirstLayer) + (3 * Rest)), 0, () => MlpStep(threads));
            yield return new Work($"lenet-step b{Batch}", "lenet-step", threads, Processor.VectorBits, 2 * Batch * ((2 * FirstConvolution) + (3 * RestOfLeNet)), 0, () => LeNetStep(threads));
        }
        foreach (var threads in new[] { 1, 2 })
            yield return new Work("mlp-batch1 inference", "mlp-batch1", threads, Processor.VectorBits, 0, sizeof(float) * (FirstLayer + Rest), () => MlpInference(threads));
    }

    private static Action MlpStep(int threads)
    {
        var training = new Mlp(seed: 1).Train(new Sgd(1e-4), Batch, threads);
        var (images, labels) = Data(Batch);
        return () => training.Learn(images, labels);
    }

    private static Action LeNetStep(int threads)
    {
        var training = new LeNet5(seed: 1).Train(new Sgd(1e-4), Batch, threads);
        var (images, labels) = Data(Batch);
        return () => training.Learn(images, labels);
    }

    private static Action MlpInference(int threads)
    {
        var net = new Mlp(seed: 1, batch: 1, threads);
        var (images, _) = Data(1);
        var logits = new float[Classes];
        return () => net.Predict(images, logits);
    }

    private static (float[] Images, int[] Labels) Data(int rows)
    {
        var random = new Random(1);
        return ([.. Enumerable.Range(0, rows * 784).Select(_ => random.NextSingle())], [.. Enumerable.Range(0, rows).Select(_ => random.Next(Classes))]);
    }
}
