using Kiln.Data;

namespace Kiln.Samples.Networks;

/// <summary>
/// Learns digits of 28×28 pixels and reads digits anywhere on canvases of 40×40, first without having learned any, then after an epoch on canvases too.
/// </summary>
internal static class SizesExperiment
{
    private const int Epochs = 3, Side = 40;

    public static async Task Run(string? folder)
    {
        var (train, test) = folder is null ? (Digits.Generate(12_000, seed: 1), Digits.Generate(2_000, seed: 2)) : ImageSet.LoadMnist(folder);
        var (trainCanvases, canvases) = (OnCanvases(train, Side, seed: 1), OnCanvases(test, Side, seed: 2));
        Console.WriteLine($"{"",-34} {"28×28",8} {$"{Side}×{Side}",8}");

        using var largest = new LargestFeatures(seed: 1, batch: 64);
        using var ofLargest = largest.Train(new Adam(1e-3), batch: 64);
        await Learn("largest features", ofLargest.Fit, largest.Accuracy);

        using var mean = new MeanFeatures(seed: 1, batch: 64);
        using var ofMean = mean.Train(new Adam(1e-3), batch: 64);
        await Learn("mean features", ofMean.Fit, mean.Accuracy);

        async Task Learn(string name, FitMethod fit, Func<ImageSet, double> accuracy)
        {
            await fit(train, Epochs, null, null, null, null, CancellationToken.None);
            Report($"{name}, {Epochs} epochs on 28×28");
            await fit(trainCanvases, 1, null, null, null, null, CancellationToken.None);
            await fit(train, 1, null, null, null, null, CancellationToken.None);
            Report("and one more on each size");

            void Report(string what) => Console.WriteLine($"{what,-34} {100 * accuracy(test),7:F2}% {100 * accuracy(canvases),7:F2}%");
        }
    }

    /// <summary>Each image somewhere on a black square.</summary>
    /// <param name="images">Grey images.</param>
    /// <param name="side">Pixels along a side, at least as many as the images have.</param>
    /// <param name="seed">Of the places.</param>
    public static ImageSet OnCanvases(ImageSet images, int side, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[images.Count * side * side];
        for (var i = 0; i < images.Count; i++)
        {
            var (top, left) = (random.Next(side - images.Height + 1), random.Next(side - images.Width + 1));
            for (var y = 0; y < images.Height; y++)
                images[i].Slice(y * images.Width, images.Width).CopyTo(pixels.AsSpan((i * side + top + y) * side + left));
        }
        return new ImageSet(pixels, images.Labels, 1, side, side, images.Classes);
    }
}
