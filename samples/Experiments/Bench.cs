using Kiln.Data;
using Kiln.Metrics;

namespace Kiln.Samples.Experiments;

/// <summary>A step of training on a batch of digits; gives its loss.</summary>
internal delegate double DigitStep(ReadOnlySpan<byte> images, ReadOnlySpan<int> labels);

/// <summary>The scores of the ten classes for any number of digits.</summary>
internal delegate void DigitScores(ReadOnlySpan<byte> images, Span<float> scores);

/// <summary>What every experiment works with: digits, how much to do, how many threads.</summary>
/// <param name="data">Folder of MNIST; null: digits are made here.</param>
/// <param name="quick">Whether to do little, to see that the experiment works.</param>
/// <param name="seed">Of initial values and of the order of the digits.</param>
/// <param name="threads">0 for one per processor.</param>
/// <param name="cancellation">Ends the experiment between two steps.</param>
internal sealed class Bench(string? data, bool quick, ulong seed, int threads, CancellationToken cancellation)
{
    private readonly Lazy<(ImageSet Train, ImageSet Test)> _digits = new(() => quick && data is null ? DigitSets.Load(null, 1_000, 500) : DigitSets.Load(data));

    public ulong Seed => seed;

    public int Threads => threads;

    public CancellationToken Cancellation => cancellation;

    /// <summary>All training images.</summary>
    public ImageSet Train => _digits.Value.Train;

    /// <summary>The test images; a part of them where there is little to do.</summary>
    public ImageSet Test => First(_digits.Value.Test, quick ? 500 : int.MaxValue);

    /// <summary>How many of something: steps, epochs, images.</summary>
    public int Some(int all, int quickly) => quick ? quickly : all;

    /// <summary>The first training images.</summary>
    public ImageSet FirstOfTrain(int count) => First(Train, quick ? Math.Min(count, 500) : count);

    /// <summary>A part of a set.</summary>
    /// <param name="set">The set.</param>
    /// <param name="from">Its first image.</param>
    /// <param name="count">How many; fewer where the set ends.</param>
    public static ImageSet Part(ImageSet set, int from, int count)
    {
        count = Math.Min(count, set.Count - from);
        var images = set.Images.Slice(from * set.ImageLength, count * set.ImageLength);
        return new ImageSet(images.ToArray(), set.Labels.Slice(from, count), set.Channels, set.Height, set.Width, set.Classes);
    }

    /// <summary>Reports progress on the console; no part of the result.</summary>
    public static void Say(string what) => Console.Error.WriteLine(what);

    /// <summary>Throws where the experiment was cancelled.</summary>
    public void ThrowIfCancelled() => cancellation.ThrowIfCancellationRequested();

    /// <summary>Epochs over digits in an order that the seed decides. What does not fill a batch is left for another epoch.</summary>
    /// <param name="set">The digits, at least a batch.</param>
    /// <param name="batch">Digits of a step.</param>
    /// <param name="epochs">How many.</param>
    /// <param name="step">Learns.</param>
    /// <param name="after">Gets the number of the epoch, from 1, and its mean loss; false ends the training.</param>
    public void Learn(ImageSet set, int batch, int epochs, DigitStep step, Func<int, double, bool> after) => Learn(set, batch, epochs, seed, step, after);

    /// <summary>The same with an order of its own.</summary>
    /// <exception cref="InvalidDataException">There are fewer digits than a batch has.</exception>
    public void Learn(ImageSet set, int batch, int epochs, ulong order, DigitStep step, Func<int, double, bool> after)
    {
        if (set.Count < batch) throw new InvalidDataException($"expected at least {batch} training digits, but there are {set.Count}");
        var sampler = new BatchSampler(set.Count, batch, order);
        var (images, labels, steps) = (new byte[batch * set.ImageLength], new int[batch], set.Count / batch);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            sampler.Start(epoch - 1);
            var sum = 0.0;
            for (var i = 0; i < steps; i++)
            {
                ThrowIfCancelled();
                set.Gather(sampler[i], images, labels);
                sum += step(images, labels);
            }
            if (!after(epoch, sum / steps)) return;
        }
    }

    /// <summary>The share of digits that are classified wrong, in percent.</summary>
    public static double Error(ImageSet set, DigitScores predict)
    {
        var scores = new float[set.Count * set.Classes];
        predict(set.Images, scores);
        return 100 * Classification.ErrorRate(scores, set.Labels);
    }

    private static ImageSet First(ImageSet set, int count) => count >= set.Count ? set : Part(set, 0, count);
}
