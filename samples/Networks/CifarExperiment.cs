using Kiln.Data;

namespace Kiln.Samples.Networks;

/// <summary>
/// Trains the residual network of 20 layers on CIFAR-10 or a part of it, with the augmentation of its paper: each image is padded by 4 pixels and
/// cropped at random, and flipped one time out of two.
/// </summary>
internal static class CifarExperiment
{
    private const double Rate = 0.1;

    private static readonly Augmentation Augmentation = new Augmentation().Crop(padding: 4).FlipHorizontally();

    public static async Task Run(string folder, int epochs, ulong seed)
    {
        var (train, test) = ImageSet.LoadCifar10(folder);
        Console.WriteLine($"{train.Count:N0} training images, {test.Count:N0} test images");

        using var network = new ResNet20(seed);
        using var training = network.Train(new Sgd(Rate, momentum: 0.9, nesterov: true), batch: 64);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            training.LearningRate = Rate * Share((epoch + 0.5) / epochs);
            var end = (await training.Fit(train, epochs: 1, validation: test, augmentation: Augmentation))[^1];
            Console.WriteLine($"epoch {epoch + 1}/{epochs}  loss {end.Loss:F4}  accuracy {100 * end.Validation:F2}%  {end.SamplesPerSecond:N0} images/s");
        }
    }

    /// <summary>The learning rate's share of its largest: it rises over the first tenth, and falls as a cosine after it (Loshchilov and Hutter 2017).</summary>
    /// <param name="time">From 0 to 1.</param>
    private static double Share(double time) => time < 0.1 ? time / 0.1 : (1 + Math.Cos(Math.PI * (time - 0.1) / 0.9)) / 2;
}
