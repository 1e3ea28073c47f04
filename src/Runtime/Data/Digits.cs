namespace Kiln.Data;

/// <summary>
/// Makes handwritten-like digits in the format of MNIST: 28×28 bytes, white on black, in a box of about 20 pixels. A pen follows a
/// skeleton of smooth strokes; the way of writing, its wobble, slant, rotation, size, place, stroke width, pressure, softness and
/// grain are drawn for every digit. A linear model tells fewer than 95% of them apart, a LeNet-5 more than 97%.
/// </summary>
/// <remarks>
/// Digit n of a seed is a pure function of (seed, n), computed with additions, multiplications, divisions and square roots, which are
/// correctly rounded everywhere: every machine makes the same bytes, and fewer digits are the beginning of more.
/// </remarks>
public static class Digits
{
    /// <summary>Height and width of an image.</summary>
    public const int Side = 28;

    /// <summary>Makes digits. Every ten consecutive ones, from a multiple of ten, hold each class once.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="seed">Chooses the digits: another seed gives an independent set, for instance for a test.</param>
    /// <returns>Images of 28×28 and ten classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive or needs more than 2 GB.</exception>
    public static ImageSet Generate(int count, Seed seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / (Side * Side));
        var images = new byte[count * Side * Side];
        var labels = new byte[count];
        for (var ten = 0; ten < count; ten += 10)
            DrawLabels(labels.AsSpan(ten, Math.Min(10, count - ten)), new CounterRandom(seed.Value, 2 * (ulong)ten));

        Parallel.For(0, (count + 255) / 256, () => new DigitPen(Side), (part, _, pen) =>
        {
            for (var i = part * 256; i < Math.Min(count, (part + 1) * 256); i++)
                pen.Draw(labels[i], new CounterRandom(seed.Value, 2 * (ulong)i + 1), images.AsSpan(i * Side * Side, Side * Side));
            return pen;
        }, _ => { });
        return new ImageSet(images, labels, Side, Side, classes: 10);
    }

    private static void DrawLabels(Span<byte> labels, CounterRandom random)
    {
        Span<byte> ten = stackalloc byte[10];
        for (var i = 0; i < ten.Length; i++)
        {
            var j = random.Below(i + 1);
            ten[i] = ten[j];
            ten[j] = (byte)i;
        }
        ten[..labels.Length].CopyTo(labels);
    }
}
