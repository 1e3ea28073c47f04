using Kiln.Kernels;

namespace Kiln.Comparison;

/// <summary>Whole networks: a step of training (forward, backward, update by SGD), and a prediction for one row.</summary>
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
        foreach (var threads in new[] { 1, 2 })
            yield return new Work("lenet-batch1 inference", "lenet-batch1", threads, Processor.VectorBits, 2 * (FirstConvolution + RestOfLeNet), 0, () => LeNetInference(threads));
        foreach (var threads in new[] { 1, 2 })
            yield return new Work("vgg11-224 inference b1", "vgg11-224", threads, Processor.VectorBits, 2 * (Vgg11Terms(224) + (25088.0 * 4096) + (4096 * 4096) + (4096 * 1000)), 0, () => Vgg11Inference(threads));
        foreach (var threads in new[] { 1, 2 })
            yield return new Work($"vgg11-32-step b{Batch}", "vgg11-32-step", threads, Processor.VectorBits, 2 * Batch * 3 * (Vgg11Terms(32) + 5120), 0, () => SmallVgg11Step(threads));
        foreach (var threads in new[] { 1, 2 })
            yield return new Work("conv56-step b8", "conv56-step", threads, Processor.VectorBits, 2.0 * 8 * 5 * 64 * 64 * 9 * 56 * 56, 0, () => TwoConvolutionsStep(threads));
        foreach (var threads in new[] { 1, 2 })
            yield return new Work($"resnet20-step b{Batch}", "resnet20-step", threads, Processor.VectorBits, 2 * Batch * 3 * ResNet20Terms, 0, () => ResNet20Step(threads));
        foreach (var threads in new[] { 1, 2 })
            yield return new Work("resnet18-224 inference b1", "resnet18-224", threads, Processor.VectorBits, 2 * ResNet18Terms, 0, () => Inference(new ResNet18(seed: 1, batch: 1, threads).Logits));
        foreach (var threads in new[] { 1, 2 })
            yield return new Work("resnet50-224 inference b1", "resnet50-224", threads, Processor.VectorBits, 2 * ResNet50Terms, 0, () => Inference(new ResNet50(seed: 1, batch: 1, threads).Logits));
    }

    // Multiply-adds of the convolutions and the last layer, for one image; taps outside the image count.
    private const double ResNet20Terms = 41.2e6, ResNet18Terms = 1.814e9, ResNet50Terms = 4.089e9;

    private delegate void Prediction(ReadOnlySpan<float> image, Span<float> logits);

    private static Action Inference(Prediction predict)
    {
        var (image, _) = Data(1, 3 * 224 * 224);
        var logits = new float[1000];
        return () => predict(image, logits);
    }

    private static Action ResNet20Step(int threads)
    {
        var training = new ResNet20(seed: 1).Train(new Sgd(1e-4), Batch, threads);
        var (images, labels) = Data(Batch, 3 * 32 * 32);
        return () => training.Learn(images, labels);
    }

    /// <summary>Terms of VGG-11's convolutions; taps outside the image count.</summary>
    private static double Vgg11Terms(int size)
    {
        var terms = 0.0;
        foreach (var (inputs, outputs, shrunk) in new[] { (3, 64, 1), (64, 128, 2), (128, 256, 4), (256, 256, 4), (256, 512, 8), (512, 512, 8), (512, 512, 16), (512, 512, 16) })
            terms += 9.0 * inputs * outputs * (size / shrunk) * (size / shrunk);
        return terms;
    }

    private static Action LeNetInference(int threads)
    {
        var net = new LeNet5(seed: 1, batch: 1, threads);
        var (images, _) = Data(1);
        var logits = new float[Classes];
        return () => net.Predict(images, logits);
    }

    private static Action Vgg11Inference(int threads)
    {
        var net = new Vgg11(seed: 1, batch: 1, threads);
        var (images, _) = Data(1, 3 * 224 * 224);
        var logits = new float[1000];
        return () => net.Predict(images, logits);
    }

    private static Action SmallVgg11Step(int threads)
    {
        var training = new SmallVgg11(seed: 1).Train(new Sgd(1e-4), Batch, threads);
        var (images, labels) = Data(Batch, 3 * 32 * 32);
        return () => training.Learn(images, labels);
    }

    private static Action TwoConvolutionsStep(int threads)
    {
        var training = new TwoConvolutions(seed: 1).Train(new Sgd(1e-4), 8, threads);
        var (images, _) = Data(8, 64 * 56 * 56);
        return () => training.Learn(images);
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

    private static (float[] Images, int[] Labels) Data(int rows, int features = 784)
    {
        var random = new Random(1);
        return ([.. Enumerable.Range(0, rows * features).Select(_ => random.NextSingle())], [.. Enumerable.Range(0, rows).Select(_ => random.Next(Classes))]);
    }
}
