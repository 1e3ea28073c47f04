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

    /// <summary>Copies the first steps of the chosen rows, in that order, to the start of the target.</summary>
    /// <typeparam name="T">float, int or byte.</typeparam>
    /// <param name="source">All rows.</param>
    /// <param name="steps">Steps of each of them.</param>
    /// <param name="length">Elements of one step.</param>
    /// <param name="rows">Which rows.</param>
    /// <param name="taken">Steps to copy.</param>
    /// <param name="target">Receives rows × taken × length elements.</param>
    public static void Steps<T>(ReadOnlySpan<T> source, int steps, int length, ReadOnlySpan<int> rows, int taken, Span<T> target)
    {
        for (var i = 0; i < rows.Length; i++)
            source.Slice(rows[i] * steps * length, taken * length).CopyTo(target[(i * taken * length)..]);
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
