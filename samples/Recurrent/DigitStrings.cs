using Kiln.Data;

namespace Kiln.Samples.Recurrent;

/// <summary>
/// Strings of handwritten digits, read from left to right: a time step is a column of 28 pixels from 0 to 1, and the labels are the digits, fewer than columns and nowhere in particular.
/// Neighbours overlap, and each digit stands a little higher or lower than the line.
/// </summary>
internal static class DigitStrings
{
    /// <summary>Pixels of a column, and of a digit's side.</summary>
    public const int Rows = 28;

    /// <summary>The digits, and the class that means "no digit here".</summary>
    public const int Classes = 11, Blank = 10;

    // Of the 28 columns of an MNIST digit about four on either side are empty: with these overlaps the ink of neighbours has a gap, touches or crosses.
    private const int LeastOverlap = 4, MostOverlap = 12, MostMargin = 4, MostShift = 2;

    /// <summary>The most columns that a string of so many digits can have.</summary>
    public static int MaxColumns(int digits) => 2 * MostMargin + digits * Rows - (digits - 1) * LeastOverlap;

    /// <summary>Makes strings of digits that are drawn from a set of images, such as MNIST's.</summary>
    /// <param name="digits">Grey images of 28×28, ten classes.</param>
    /// <param name="count">How many strings, at least 1.</param>
    /// <param name="seed">Chooses the digits and where they stand.</param>
    /// <param name="least">The fewest digits of a string, at least 1.</param>
    /// <param name="most">The most.</param>
    public static SequenceSet Make(ImageSet digits, int count, int seed, int least = 5, int most = 8)
    {
        if (digits is not { Channels: 1, Height: Rows, Width: Rows, Classes: 10 })
            throw new ArgumentException($"expected images of {Rows}×{Rows} and 10 classes, but they are of {digits.Channels}×{digits.Height}×{digits.Width} and {digits.Classes}", nameof(digits));
        return Make(digits.Images, digits.Labels, count, seed, least, most);
    }

    /// <summary>Makes strings of digits that the library draws.</summary>
    /// <param name="count">How many strings, at least 1.</param>
    /// <param name="seed">Chooses the digits and where they stand; another seed has digits of another hand.</param>
    /// <param name="least">The fewest digits of a string, at least 1.</param>
    /// <param name="most">The most.</param>
    public static SequenceSet Draw(int count, int seed, int least = 5, int most = 8) =>
        Make(Digits.Generate(Math.Clamp(4 * count, 1_000, 20_000), seed), count, seed, least, most);

    /// <summary>Makes strings of given digits.</summary>
    /// <param name="images">Pixels, [digits, 28, 28].</param>
    /// <param name="labels">The class of each digit, 0 to 9.</param>
    /// <param name="count">How many strings, at least 1.</param>
    /// <param name="seed">Chooses the digits and where they stand.</param>
    /// <param name="least">The fewest digits of a string, at least 1.</param>
    /// <param name="most">The most.</param>
    public static SequenceSet Make(ReadOnlySpan<byte> images, ReadOnlySpan<int> labels, int count, int seed, int least = 5, int most = 8)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, least);
        if (labels.IsEmpty || images.Length != (long)labels.Length * Rows * Rows)
            throw new ArgumentException($"expected {Rows * Rows} pixels for each of at least one digit, but there are {images.Length} for {labels.Length}", nameof(images));

        var random = new Random(seed);
        var (strings, digitsOf) = (new float[count][], new int[count][]);
        for (var i = 0; i < count; i++)
        {
            var chosen = new int[random.Next(least, most + 1)];
            var places = new int[chosen.Length];
            for (var d = 0; d < chosen.Length; d++)
            {
                chosen[d] = random.Next(labels.Length);
                places[d] = d == 0 ? random.Next(MostMargin + 1) : places[d - 1] + Rows - random.Next(LeastOverlap, MostOverlap + 1);
            }
            var columns = new float[(places[^1] + Rows + random.Next(MostMargin + 1)) * Rows];
            for (var d = 0; d < chosen.Length; d++)
                Write(images.Slice(chosen[d] * Rows * Rows, Rows * Rows), columns, places[d], random.Next(-MostShift, MostShift + 1));

            strings[i] = columns;
            digitsOf[i] = new int[chosen.Length];
            for (var d = 0; d < chosen.Length; d++) digitsOf[i][d] = labels[chosen[d]];
        }
        return SequenceSet.OfFrames(strings, Rows, MaxColumns(most)).WithLabelSequences(digitsOf, Classes, most);
    }

    /// <summary>Writes a digit so many columns to the right and rows further down. Where ink meets ink the darker of the two is seen.</summary>
    private static void Write(ReadOnlySpan<byte> digit, float[] columns, int right, int down)
    {
        for (var row = Math.Max(0, -down); row < Rows - Math.Max(0, down); row++)
        {
            for (var column = 0; column < Rows; column++)
            {
                ref var pixel = ref columns[(right + column) * Rows + row + down];
                pixel = Math.Max(pixel, digit[row * Rows + column] / 255f);
            }
        }
    }
}
