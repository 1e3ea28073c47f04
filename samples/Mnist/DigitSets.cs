using Kiln.Data;

namespace Kiln.Samples;

/// <summary>The digits that samples learn from: MNIST, or those that the library draws.</summary>
internal static class DigitSets
{
    /// <summary>Training and test images of 28×28 pixels.</summary>
    /// <param name="folder">Folder with the four files of MNIST; null: digits are made here.</param>
    /// <param name="train">Training images made here.</param>
    /// <param name="test">Test images made here.</param>
    /// <exception cref="InvalidDataException">The folder has images of another size, or none.</exception>
    public static (ImageSet Train, ImageSet Test) Load(string? folder, int train = 20_000, int test = 4_000)
    {
        if (folder is null) return (Digits.Generate(train, seed: 1), Digits.Generate(test, seed: 2));
        var sets = ImageSet.LoadMnist(folder);
        Check(folder, sets.Train, "training");
        Check(folder, sets.Test, "test");
        return sets;
    }

    private static void Check(string folder, ImageSet images, string what)
    {
        if (images is not { Height: 28, Width: 28, Count: > 0 })
            throw new InvalidDataException($"{folder}: expected {what} images of 28×28 pixels, but there are {images.Count} of {images.Height}×{images.Width}");
    }
}
