using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Kiln.Data;

namespace Kiln.Training;

/// <summary>Checks of what callers pass to generated methods. Every message names the program, the argument, what was expected and what came.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static partial class Guard
{
    /// <summary>The number of rows that an input's length tells.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="length">Elements it has.</param>
    /// <param name="perRow">Elements of one row.</param>
    /// <exception cref="ArgumentException">The length is zero or no multiple of a row.</exception>
    public static int Rows(string program, string name, int length, int perRow)
    {
        if (length == 0) throw new ArgumentException($"{program}: expected at least one row of {English.Count(perRow, "element")}, but {name} is empty.", name);
        if (length % perRow != 0) throw new ArgumentException($"{program}: expected a multiple of {English.Count(perRow, "element")} (one row), but {name} has {length}.", name);
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
            throw new ArgumentException($"{program}: expected {English.Count((long)rows * perRow, "element")} ({English.Count(rows, "row")} of {perRow}), but {name} has {length}.", name);
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
            throw new ArgumentException($"{program}: expected room for {English.Count((long)rows * perRow, "element")} ({English.Count(rows, "row")} of {perRow}), but {name} has {length}.", name);
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

    /// <summary>The number of rows that their lengths tell.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="lengths">How many lengths there are.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static int Samples(string program, string name, int lengths) =>
        lengths > 0 ? lengths : throw new ArgumentException($"{program}: expected the length of at least one row, but {name} is empty.", name);

    /// <summary>The number of steps that an input over time has.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="length">Elements it has.</param>
    /// <param name="perStep">Elements of one step.</param>
    /// <param name="rows">Rows that the inputs have.</param>
    /// <exception cref="ArgumentException">The length is zero or no whole number of steps.</exception>
    public static int Steps(string program, string name, int length, int perStep, int rows)
    {
        var perTime = (long)rows * perStep;
        if (length == 0 || length % perTime != 0)
            throw new ArgumentException($"{program}: expected a multiple of {English.Count(perTime, "element")} ({English.Count(rows, "row")} of the same number of steps, {perStep} each), but {name} has {length}.", name);
        return (int)(length / perTime);
    }

    /// <summary>Checks a further input over the same time.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="length">Elements it has.</param>
    /// <param name="perStep">Elements of one step.</param>
    /// <param name="rows">Rows that the inputs have.</param>
    /// <param name="steps">Steps that the first input over this time has.</param>
    /// <exception cref="ArgumentException">The length is not rows times steps times perStep.</exception>
    public static void Steps(string program, string name, int length, int perStep, int rows, int steps)
    {
        if ((UInt128)length != (UInt128)rows * (UInt128)steps * (UInt128)perStep)
            throw new ArgumentException($"{program}: expected {English.Count((UInt128)rows * (UInt128)steps * (UInt128)perStep, "element")} ({English.Count(rows, "row")} of {English.Count(steps, "step")} of {perStep}), but {name} has {length}.", name);
    }

    /// <summary>Checks the lengths of rows.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="lengths">The live steps of each row.</param>
    /// <param name="steps">Steps that the input has for each row.</param>
    /// <param name="max">The most that was declared; 0 for no bound.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is less than 1, more than the steps or more than was declared: the message has its row and value.</exception>
    public static void Lengths(string program, string name, ReadOnlySpan<int> lengths, int steps, int max = 0)
    {
        var (most, why) = max > 0 && max < steps ? (max, "the most that was declared") : (steps, "the steps that there are");
        for (var row = 0; row < lengths.Length; row++)
        {
            if (lengths[row] < 1 || lengths[row] > most)
                throw new ArgumentOutOfRangeException(name, lengths[row], $"{program}: expected lengths from 1 to {most}, {why}, but {name}[{row}] is {lengths[row]}.");
        }
    }

    /// <summary>Checks that live tokens, or labels of live steps, are classes. What pads a row is not looked at.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="tokens">Each from 0 to classes − 1.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="perStep">Tokens of one step.</param>
    /// <param name="lengths">The live steps of each row.</param>
    /// <param name="steps">Steps of every row.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token is not: the message has its row, step and value.</exception>
    public static void Tokens(string program, string name, ReadOnlySpan<int> tokens, int classes, int perStep, ReadOnlySpan<int> lengths, int steps)
    {
        for (var row = 0; row < lengths.Length; row++)
        {
            var live = tokens.Slice(row * steps * perStep, lengths[row] * perStep);
            for (var i = 0; i < live.Length; i++)
            {
                if ((uint)live[i] >= (uint)classes)
                    throw new ArgumentOutOfRangeException(name, live[i], $"{program}: expected tokens from 0 to {classes - 1}, but {name} has {live[i]} in row {row} at step {i / perStep}.");
            }
        }
    }

    /// <summary>Checks room for an output over time.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="length">Elements it has.</param>
    /// <param name="perStep">Elements of one step.</param>
    /// <param name="rows">Rows that the inputs have.</param>
    /// <param name="steps">Steps of every row.</param>
    /// <exception cref="ArgumentException">The length is not rows times steps times perStep.</exception>
    public static void Output(string program, string name, int length, int perStep, int rows, long steps)
    {
        if ((UInt128)length != (UInt128)rows * (UInt128)steps * (UInt128)perStep)
            throw new ArgumentException($"{program}: expected room for {English.Count((UInt128)rows * (UInt128)steps * (UInt128)perStep, "element")} ({English.Count(rows, "row")} of {English.Count(steps, "step")} of {perStep}), but {name} has {length}.", name);
    }

    /// <summary>Checks that each row has a state.</summary>
    /// <param name="program">The method.</param>
    /// <param name="rows">Rows that the inputs have.</param>
    /// <param name="batch">Rows that there are states of.</param>
    /// <exception cref="ArgumentException">There are more rows.</exception>
    public static void States(string program, int rows, int batch)
    {
        if (rows > batch) throw new ArgumentException($"{program}: expected at most {English.Count(batch, "row")}, the batch that there are states of, but {rows} came.", nameof(rows));
    }

    /// <summary>Checks that sequences are what a program takes.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="data">At least one sequence.</param>
    /// <param name="features">Values of a frame; 0 for tokens.</param>
    /// <param name="vocabulary">The most different tokens there can be; 0 for frames.</param>
    /// <param name="labels">What must be said of each sequence.</param>
    /// <param name="classes">The most classes there can be; 0 without labels.</param>
    /// <param name="max">The most steps that were declared; 0 for no bound.</param>
    /// <exception cref="ArgumentNullException">There is no set.</exception>
    /// <exception cref="ArgumentException">It does not fit: the message says what was expected and what came.</exception>
    public static void Sequences(string program, string name, SequenceSet data, int features, int vocabulary, SequenceLabels labels, int classes, int max)
    {
        ArgumentNullException.ThrowIfNull(data, name);
        if (data.Count == 0) throw Unfit("at least one sequence", "it is empty");
        if (data.Features != features) throw Unfit(Kind(features), Kind(data.Features) + " came");
        if (data.Vocabulary > vocabulary) throw Unfit($"a vocabulary of at most {vocabulary}", $"that of the set is {data.Vocabulary}");
        if (max > 0 && data.Longest > max) throw Unfit($"at most {English.Count(max, "step")}, as declared", $"the longest sequence has {data.Longest}");
        // No label is too many where none is asked for.
        if (labels == SequenceLabels.None) return;
        if (data.LabelKind != labels) throw Unfit($"labels of the kind {labels}", $"those of the set are {data.LabelKind}");
        if (data.Classes > classes) throw Unfit($"at most {English.Count(classes, "class")}", $"the set has {data.Classes}");

        static string Kind(int features) => features == 0 ? "sequences of tokens" : $"frames of {English.Count(features, "feature")}";

        ArgumentException Unfit(string expected, string came) => new($"{program}: expected {expected} in {name}, but {came}.", name);
    }

    /// <summary>Checks that streams are what a program takes.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="data">The streams.</param>
    /// <param name="vocabulary">The most different tokens there can be.</param>
    /// <param name="batch">The most streams there can be.</param>
    /// <param name="max">The most steps that were declared; 0 for no bound.</param>
    /// <exception cref="ArgumentNullException">There are none.</exception>
    /// <exception cref="ArgumentException">They do not fit: the message says what was expected and what came.</exception>
    public static void Streams(string program, string name, TokenStreams data, int vocabulary, int batch, int max)
    {
        ArgumentNullException.ThrowIfNull(data, name);
        if (data.Vocabulary > vocabulary) throw Unfit($"a vocabulary of at most {vocabulary}", $"{data.Vocabulary}");
        if (data.Batch > batch) throw Unfit($"at most {English.Count(batch, "stream")}, the batch of this training", $"{data.Batch}");
        if (max > 0 && data.Time > max) throw Unfit($"windows of at most {English.Count(max, "step")}, as declared", $"{data.Time}");

        ArgumentException Unfit(string expected, string came) => new($"{program}: expected {expected} in {name}, but {came} came.", name);
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
            throw new ArgumentException($"{program}: expected images of {English.Count(length, "pixel")}, but those of {name} have {images.Size} = {images.ImageLength}.", name);
        if (channels != 0 && images.Channels != channels)
            throw new ArgumentException($"{program}: expected images of {English.Count(channels, "channel")}, but those of {name} have {images.Size}.", name);
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
