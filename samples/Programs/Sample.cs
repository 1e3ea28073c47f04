using Kiln.Data;

namespace Kiln.Samples.Programs;

/// <summary>What every sample works with: digits in batches, a picture to write, how long to learn.</summary>
internal sealed class Sample(ImageSet digits, string picture, double effort)
{
    public const int Batch = 50, Pixels = 784;

    private readonly BatchSampler _sampler = new(digits.Count, Batch, seed: 1);

    public float[] Images { get; } = new float[Batch * Pixels];

    public int[] Labels { get; } = new int[Batch];

    /// <summary>A batch of digits, brightness 0 to 1, for every step; says how it goes ten times.</summary>
    /// <param name="steps">Steps, before the effort asked for on the command line.</param>
    /// <param name="step">Learns from <see cref="Images"/> and <see cref="Labels"/>; gives what to report.</param>
    /// <param name="what">Its name.</param>
    public void Learn(int steps, string what, Func<double> step)
    {
        steps = Math.Max(10, (int)(steps * effort));
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < steps; i++)
        {
            if (i / (digits.Count / Batch) is var epoch && epoch != _sampler.Epoch)
                _sampler.Start(epoch);
            digits.Gather(_sampler[i % (digits.Count / Batch)], Images, Labels);
            sum += step();
            count++;
            if ((i + 1) * 10 / steps == i * 10 / steps)
                continue;
            Console.WriteLine($"  step {i + 1,6}  {what} {sum / count:F4}");
            (sum, count) = (0, 0);
        }
    }

    /// <summary>Writes images of 28×28 as a grid, ten in a row; values from low (black) to high (white).</summary>
    public void Write(ReadOnlySpan<float> images, float low = 0, float high = 1)
    {
        const int side = 28, columns = 10, cell = side + 2;
        var rows = (images.Length / Pixels + columns - 1) / columns;
        var width = columns * cell;
        var pixels = new byte[rows * cell * width];
        for (var i = 0; i < images.Length; i++)
        {
            var (image, y, x) = (i / Pixels, i % Pixels / side, i % side);
            var value = (images[i] - low) / (high - low);
            pixels[(image / columns * cell + y + 1) * width + image % columns * cell + x + 1] = (byte)(255 * Math.Clamp(value, 0, 1) + 0.5f);
        }
        new PgmImage(pixels, width, rows * cell).Write(picture);
        Console.WriteLine($"  {picture}");
    }

    /// <summary>The columns of a weight [784, 10], as ten images whose middle grey is zero.</summary>
    public void WriteTemplates(ReadOnlySpan<float> weight)
    {
        var images = new float[weight.Length];
        for (var i = 0; i < weight.Length; i++)
            images[i % 10 * Pixels + i / 10] = weight[i];
        var largest = images.Max(Math.Abs);
        Write(images, -largest, largest);
    }
}
