using System.ComponentModel;
using Kiln.Data;

namespace Kiln.Training;

/// <summary>Puts the rows of a batch side by side.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static class Gather
{
    /// <summary>Copies the chosen rows, in that order, to the start of the target.</summary>
    /// <typeparam name="T">float, int or byte.</typeparam>
    /// <param name="source">All rows.</param>
    /// <param name="length">Elements of one row.</param>
    /// <param name="rows">Which rows.</param>
    /// <param name="target">Receives rows × length elements.</param>
    public static void Rows<T>(ReadOnlySpan<T> source, int length, ReadOnlySpan<int> rows, Span<T> target)
    {
        for (var i = 0; i < rows.Length; i++)
            source.Slice(rows[i] * length, length).CopyTo(target[(i * length)..]);
    }

    /// <summary>All pixels of images that must have a certain size.</summary>
    /// <param name="images">The images.</param>
    /// <param name="length">Pixels an image must have.</param>
    /// <exception cref="ArgumentException">The images have another size, or there are none.</exception>
    public static ReadOnlySpan<byte> Pixels(ImageSet images, int length)
    {
        Guard.Images("Accuracy", nameof(images), images, length, int.MaxValue);
        return images.Images;
    }
}
