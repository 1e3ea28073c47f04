using Kiln.Data;

namespace Kiln.Samples.Mnist;

/// <summary>How well a network knows digits that are not where, how or as large as those it was trained on.</summary>
internal static class ChangedDigits
{
    private static readonly (string Name, Augmentation[] Changes)[] Rows =
    [
        .. from pixels in (int[])[1, 2, 3, 4] select ($"shifted by {pixels}", (Augmentation[])[Move(pixels, 0), Move(-pixels, 0), Move(0, pixels), Move(0, -pixels)]),
        .. from degrees in (int[])[10, 20, 30] select ($"turned by {degrees}°", (Augmentation[])[Turn(degrees), Turn(-degrees)]),
        .. from factor in (double[])[0.7, 0.8, 0.9, 1.1, 1.2, 1.3] select (FormattableString.Invariant($"scaled by {factor}"), (Augmentation[])[new Augmentation().Scale(factor, factor)]),
    ];

    /// <summary>Writes one line for each change: the mean accuracy over both or all four directions.</summary>
    public static void Show(ImageSet test, Func<ImageSet, double> accuracy)
    {
        foreach (var (name, changes) in Rows)
            Console.WriteLine($"{name,-14} {100 * changes.Average(change => accuracy(change.Apply(test, seed: 1))):F2}%");
    }

    private static Augmentation Move(int down, int right) => new Augmentation().Move(down, right);

    private static Augmentation Turn(int degrees) => new Augmentation().Rotate(degrees, degrees);
}
