using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Kiln.Data;

namespace Kiln.Training;

/// <summary>Checks of what callers pass to generated methods. Every message names the program, the argument, what was expected and what came.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static class Guard
{
    /// <summary>The number of rows that an input's length tells.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="length">Elements it has.</param>
    /// <param name="perRow">Elements of one row.</param>
    /// <exception cref="ArgumentException">The length is zero or no multiple of a row.</exception>
    public static int Rows(string program, string name, int length, int perRow)
    {
        if (length == 0) throw new ArgumentException($"{program}: expected at least one row of {perRow} elements, but {name} is empty.", name);
        if (length % perRow != 0) throw new ArgumentException($"{program}: expected a multiple of {perRow} elements (one row), but {name} has {length}.", name);
        return length / perRow;
    }

    /// <summary>Checks a number of rows that the caller gives outright.</summary>
    /// <param name="program">The method.</param>
    /// <param name="rows">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    public static void Rows(string program, int rows)
    {
        if (rows < 1) throw new ArgumentOutOfRangeException(nameof(rows), rows, $"{program}: expected at least one row.");
    }

    /// <summary>Checks a further input against the number of rows.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="length">Elements it has.</param>
    /// <param name="perRow">Elements of one row.</param>
    /// <param name="rows">Rows that the first input has.</param>
    /// <exception cref="ArgumentException">The length is not rows times perRow.</exception>
    public static void Input(string program, string name, int length, int perRow, int rows)
    {
        if (length != (long)rows * perRow)
            throw new ArgumentException($"{program}: expected {(long)rows * perRow} elements ({rows} rows of {perRow}), but {name} has {length}.", name);
    }

    /// <summary>Checks room for an output.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="length">Elements it has.</param>
    /// <param name="perRow">Elements of one row.</param>
    /// <param name="rows">Rows that the inputs have.</param>
    /// <exception cref="ArgumentException">The length is not rows times perRow.</exception>
    public static void Output(string program, string name, int length, int perRow, int rows)
    {
        if (length != (long)rows * perRow)
            throw new ArgumentException($"{program}: expected room for {(long)rows * perRow} elements ({rows} rows of {perRow}), but {name} has {length}.", name);
    }

    /// <summary>Checks that labels are classes.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="labels">Each from 0 to classes − 1.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label is not: the message has its index and value.</exception>
    public static void Labels(string program, string name, ReadOnlySpan<int> labels, int classes)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes)
                throw new ArgumentOutOfRangeException(name, labels[i], $"{program}: expected classes from 0 to {classes - 1}, but {name}[{i}] is {labels[i]}.");
        }
    }

    /// <summary>Checks the size of images and the number of their classes.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="images">At least one image.</param>
    /// <param name="length">Pixels an image must have.</param>
    /// <param name="classes">The most classes there can be.</param>
    /// <param name="channels">Planes an image must have; 0 if that does not matter.</param>
    /// <exception cref="ArgumentNullException">There is no set.</exception>
    /// <exception cref="ArgumentException">The images have another size, there are none, or a label is no class.</exception>
    public static void Images(string program, string name, ImageSet images, int length, int classes, int channels = 0)
    {
        ArgumentNullException.ThrowIfNull(images, name);
        if (images.ImageLength != length)
            throw new ArgumentException($"{program}: expected images of {length} pixels, but those of {name} have {images.Size} = {images.ImageLength}.", name);
        if (channels != 0 && images.Channels != channels)
            throw new ArgumentException($"{program}: expected images of {channels} channels, but those of {name} have {images.Size}.", name);
        if (images.Count == 0) throw new ArgumentException($"{program}: expected at least one image, but {name} is empty.", name);
        if (images.Classes > classes) Labels(program, $"{name}.Labels", images.Labels, classes);
    }

    /// <summary>Checks that images have one of the declared sizes, and the number of their classes.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="images">At least one image.</param>
    /// <param name="sizes">Channels, rows and columns that an image may have.</param>
    /// <param name="classes">The most classes there can be.</param>
    /// <exception cref="ArgumentNullException">There is no set.</exception>
    /// <exception cref="ArgumentException">The images have another size, there are none, or a label is no class.</exception>
    public static void Images(string program, string name, ImageSet images, ReadOnlySpan<(int Channels, int Height, int Width)> sizes, int classes)
    {
        ArgumentNullException.ThrowIfNull(images, name);
        if (!sizes.Contains((images.Channels, images.Height, images.Width)))
        {
            var declared = string.Join(", ", sizes.ToArray().Select(size => $"{size.Channels}×{size.Height}×{size.Width}"));
            throw new ArgumentException($"{program}: expected images of one of the declared sizes {declared}, but those of {name} have {images.Channels}×{images.Height}×{images.Width}.", name);
        }
        Images(program, name, images, images.ImageLength, classes);
    }

    /// <summary>Says that none of a program's declared shapes is the one asked for.</summary>
    /// <param name="program">The method.</param>
    /// <param name="dimensions">The arguments that choose.</param>
    /// <param name="came">Their values.</param>
    /// <param name="declared">The values there are.</param>
    /// <returns>Nothing: it always throws.</returns>
    /// <exception cref="ArgumentException">Always.</exception>
    [DoesNotReturn]
    public static int NoVariant(string program, string dimensions, string came, string declared) =>
        throw new ArgumentException($"{program}: expected {dimensions} to be one of the declared {declared}, but {came} came.");
}
