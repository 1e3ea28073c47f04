using ILGPU;

namespace Kiln.Gpu.Kernels;

/// <summary>
/// A step of time of all rows, as <see cref="Kiln.Kernels.TimeSteps"/> has it. A sample's live steps are as many as its length, the others are dead. A thread writes an element.
/// </summary>
/// <remarks>
/// Where <c>known</c> is false all samples have <c>steps</c> live steps, and lengths are not read. Lengths count steps before <c>every</c>: every so many of them are steps of the value.
/// </remarks>
public static partial class TimeSteps
{
    // ---- The caller's steps: [row][step][element] ----

    /// <summary>A step into rows; dead ones repeat the last live step. Pads become zero.</summary>
    public static void ReadRows(ArrayView<float> source, ArrayView<int> lengths, ArrayView<float> y, int features, int stride, bool known, int rows, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= rows * stride) return;
        var row = i / stride;
        var feature = i - row * stride;
        var value = 0f;
        if (feature < features) value = source[At(lengths, features, known, steps, step, row) + feature];
        y[i] = value;
    }

    /// <summary>The same of labels, as floats.</summary>
    public static void ReadRows(ArrayView<int> source, ArrayView<int> lengths, ArrayView<float> y, int features, int stride, bool known, int rows, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= rows * stride) return;
        var row = i / stride;
        var feature = i - row * stride;
        var value = 0f;
        if (feature < features) value = source[At(lengths, features, known, steps, step, row) + feature];
        y[i] = value;
    }

    /// <summary>The same of bytes, as (byte − mean) · scale.</summary>
    public static void ReadRows(ArrayView<byte> source, ArrayView<int> lengths, ArrayView<float> y, int features, int stride, bool known, int rows, int steps, int step, float mean, float scale)
    {
        var i = Threads.Index;
        if (i >= rows * stride) return;
        var row = i / stride;
        var feature = i - row * stride;
        var value = 0f;
        if (feature < features) value = (source[At(lengths, features, known, steps, step, row) + feature] - mean) * scale;
        y[i] = value;
    }

    /// <summary>A step into Lanes; dead lanes repeat the last live sample.</summary>
    public static void ReadLanes(ArrayView<float> source, ArrayView<int> lengths, ArrayView<float> y, int features, bool known, int rows, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= Layouts.LaneFloats(rows, features)) return;
        y[i] = source[At(lengths, features, known, steps, step, Layouts.RowOfLane(i, features, rows)) + Layouts.FeatureOfLane(i, features)];
    }

    /// <summary>The same of labels, as floats.</summary>
    public static void ReadLanes(ArrayView<int> source, ArrayView<int> lengths, ArrayView<float> y, int features, bool known, int rows, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= Layouts.LaneFloats(rows, features)) return;
        y[i] = source[At(lengths, features, known, steps, step, Layouts.RowOfLane(i, features, rows)) + Layouts.FeatureOfLane(i, features)];
    }

    /// <summary>The same of bytes, as (byte − mean) · scale.</summary>
    public static void ReadLanes(ArrayView<byte> source, ArrayView<int> lengths, ArrayView<float> y, int features, bool known, int rows, int steps, int step, float mean, float scale)
    {
        var i = Threads.Index;
        if (i >= Layouts.LaneFloats(rows, features)) return;
        y[i] = (source[At(lengths, features, known, steps, step, Layouts.RowOfLane(i, features, rows)) + Layouts.FeatureOfLane(i, features)] - mean) * scale;
    }

    /// <summary>A step from rows to the caller; zeros where it is dead.</summary>
    public static void WriteRows(ArrayView<float> x, ArrayView<float> target, ArrayView<int> lengths, int features, int stride, int every, bool known, int rows, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= rows * features) return;
        var row = i / features;
        var feature = i - row * features;
        var value = 0f;
        if (step < Length(lengths, row, every, known, steps)) value = x[row * stride + feature];
        target[(row * steps + step) * features + feature] = value;
    }

    /// <summary>The same to whole numbers.</summary>
    public static void WriteRows(ArrayView<float> x, ArrayView<int> target, ArrayView<int> lengths, int features, int stride, int every, bool known, int rows, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= rows * features) return;
        var row = i / features;
        var feature = i - row * features;
        var value = 0;
        if (step < Length(lengths, row, every, known, steps)) value = (int)x[row * stride + feature];
        target[(row * steps + step) * features + feature] = value;
    }

    /// <summary>A step from Lanes to the caller; zeros where it is dead.</summary>
    public static void WriteLanes(ArrayView<float> x, ArrayView<float> target, ArrayView<int> lengths, int features, int every, bool known, int rows, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= rows * features) return;
        var row = i / features;
        var feature = i - row * features;
        var value = 0f;
        if (step < Length(lengths, row, every, known, steps)) value = x[Layouts.LaneIndex(row, feature, features)];
        target[(row * steps + step) * features + feature] = value;
    }

    /// <summary>The same to whole numbers.</summary>
    public static void WriteLanes(ArrayView<float> x, ArrayView<int> target, ArrayView<int> lengths, int features, int every, bool known, int rows, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= rows * features) return;
        var row = i / features;
        var feature = i - row * features;
        var value = 0;
        if (step < Length(lengths, row, every, known, steps)) value = (int)x[Layouts.LaneIndex(row, feature, features)];
        target[(row * steps + step) * features + feature] = value;
    }

    /// <summary>Lengths as numbers in rows.</summary>
    public static void LengthsToRows(ArrayView<int> lengths, ArrayView<float> y, int every, int stride, int rows)
    {
        var row = Threads.Index;
        if (row < rows) y[row * stride] = Length(lengths, row, every, true, 0);
    }

    /// <summary>Lengths as numbers in Lanes; dead lanes repeat the last live sample.</summary>
    public static void LengthsToLanes(ArrayView<int> lengths, ArrayView<float> y, int every, int rows)
    {
        var i = Threads.Index;
        if (i < Layouts.LaneFloats(rows, 1)) y[i] = Length(lengths, IntrinsicMath.Min(i, rows - 1), every, true, 0);
    }

    // ---- Rows by their numbers ----

    /// <summary>The rows of a matrix that labels name; pads become zero.</summary>
    /// <param name="table">Rows without gaps.</param>
    /// <param name="labels">A label as a float for each row.</param>
    /// <param name="y">Gets the rows.</param>
    /// <param name="columns">Floats of a row.</param>
    /// <param name="labelStride">From a label to the next.</param>
    /// <param name="stride">From a row of y to the next.</param>
    /// <param name="rows">How many.</param>
    public static void PickRows(ArrayView<float> table, ArrayView<float> labels, ArrayView<float> y, int columns, int labelStride, int stride, int rows)
    {
        var i = Threads.Index;
        if (i >= rows * stride) return;
        var row = i / stride;
        var column = i - row * stride;
        var value = 0f;
        if (column < columns) value = table[(int)labels[row * labelStride] * columns + column];
        y[i] = value;
    }

    // ---- Lengths ----

    private static int At(ArrayView<int> lengths, int features, bool known, int steps, int step, int row) =>
        (row * steps + IntrinsicMath.Min(step, Length(lengths, row, 1, known, steps) - 1)) * features;

    /// <summary>Live steps of a row.</summary>
    internal static int Length(ArrayView<int> lengths, int row, int every, bool known, int steps)
    {
        if (!known) return steps;
        return (lengths[row] + every - 1) / every;
    }
}
