using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// Values over time: steps that are read and written as the caller has them, [row][step][element]; neighbours and ends in time; sums over it. A sample's live
/// steps are as many as its length, the others are dead.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static unsafe class TimeSteps
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>Terms of a segment of a sum over time.</summary>
    private const int Segment = 256;

    // ---- The caller's steps ----

    /// <summary>A step of some rows, into rows; dead ones repeat the last live step.</summary>
    /// <param name="source">[row][step][element].</param>
    /// <param name="features">Elements of a step.</param>
    /// <param name="steps">Steps of every row, dead ones among them.</param>
    /// <param name="lengths">Live steps of every row; null: all are.</param>
    /// <param name="step">The step.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="y">The first row's target.</param>
    /// <param name="stride">From a row of it to the next.</param>
    [MethodImpl(Hot)]
    public static void ReadRows(float* source, int features, int steps, int* lengths, nint step, int row, int rows, float* y, int stride)
    {
        for (var r = row; r < row + rows; r++, y += stride)
        {
            Layouts.Copy(source + At(features, steps, lengths, step, r), y, features);
            Pad(y, features, stride);
        }
    }

    /// <summary>The same of labels, as floats.</summary>
    /// <inheritdoc cref="ReadRows(float*, int, int, int*, nint, int, int, float*, int)"/>
    [MethodImpl(Hot)]
    public static void ReadRows(int* source, int features, int steps, int* lengths, nint step, int row, int rows, float* y, int stride)
    {
        for (var r = row; r < row + rows; r++, y += stride)
        {
            var from = source + At(features, steps, lengths, step, r);
            for (var f = 0; f < features; f++) y[f] = from[f];
            Pad(y, features, stride);
        }
    }

    /// <summary>The same of bytes, as (byte − mean) · scale.</summary>
    /// <inheritdoc cref="ReadRows(float*, int, int, int*, nint, int, int, float*, int)"/>
    /// <param name="source">[row][step][element].</param>
    /// <param name="features">Elements of a step.</param>
    /// <param name="steps">Steps of every row.</param>
    /// <param name="lengths">Live steps of every row; null: all are.</param>
    /// <param name="step">The step.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="mean">Subtracted from every byte.</param>
    /// <param name="scale">Then multiplied with.</param>
    /// <param name="y">The first row's target.</param>
    /// <param name="stride">From a row of it to the next.</param>
    [MethodImpl(Hot)]
    public static void ReadRows(byte* source, int features, int steps, int* lengths, nint step, int row, int rows, float mean, float scale, float* y, int stride)
    {
        for (var r = row; r < row + rows; r++, y += stride)
        {
            var from = source + At(features, steps, lengths, step, r);
            for (var f = 0; f < features; f++) y[f] = (from[f] - mean) * scale;
            Pad(y, features, stride);
        }
    }

    /// <summary>A step of a block of 16 samples, into Lanes; dead lanes repeat the last live sample.</summary>
    /// <param name="source">[row][step][element].</param>
    /// <param name="features">Elements of a step.</param>
    /// <param name="steps">Steps of every row.</param>
    /// <param name="lengths">Live steps of every row; null: all are.</param>
    /// <param name="step">The step.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">Live rows, 1 to 16.</param>
    /// <param name="y">[element][16].</param>
    [MethodImpl(Hot)]
    public static void ReadLanes(float* source, int features, int steps, int* lengths, nint step, int row, int rows, float* y)
    {
        for (var lane = 0; lane < 16; lane++)
        {
            var from = source + At(features, steps, lengths, step, row + Math.Min(lane, rows - 1));
            for (var f = 0; f < features; f++) y[f * 16 + lane] = from[f];
        }
    }

    /// <summary>The same of labels, as floats.</summary>
    /// <inheritdoc cref="ReadLanes(float*, int, int, int*, nint, int, int, float*)"/>
    [MethodImpl(Hot)]
    public static void ReadLanes(int* source, int features, int steps, int* lengths, nint step, int row, int rows, float* y)
    {
        for (var lane = 0; lane < 16; lane++)
        {
            var from = source + At(features, steps, lengths, step, row + Math.Min(lane, rows - 1));
            for (var f = 0; f < features; f++) y[f * 16 + lane] = from[f];
        }
    }

    /// <summary>The same of bytes, as (byte − mean) · scale.</summary>
    /// <param name="source">[row][step][element].</param>
    /// <param name="features">Elements of a step.</param>
    /// <param name="steps">Steps of every row.</param>
    /// <param name="lengths">Live steps of every row; null: all are.</param>
    /// <param name="step">The step.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">Live rows, 1 to 16.</param>
    /// <param name="mean">Subtracted from every byte.</param>
    /// <param name="scale">Then multiplied with.</param>
    /// <param name="y">[element][16].</param>
    [MethodImpl(Hot)]
    public static void ReadLanes(byte* source, int features, int steps, int* lengths, nint step, int row, int rows, float mean, float scale, float* y)
    {
        for (var lane = 0; lane < 16; lane++)
        {
            var from = source + At(features, steps, lengths, step, row + Math.Min(lane, rows - 1));
            for (var f = 0; f < features; f++) y[f * 16 + lane] = (from[f] - mean) * scale;
        }
    }

    /// <summary>A step of some rows to the caller; zeros where it is dead.</summary>
    /// <param name="x">The first row.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="target">[row][step][element].</param>
    /// <param name="features">Elements of a step.</param>
    /// <param name="steps">Steps of every row.</param>
    /// <param name="lengths">Live steps of every row, before <paramref name="every"/>; null: all are.</param>
    /// <param name="every">The target has every so many steps of those that lengths count.</param>
    /// <param name="step">The step.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many.</param>
    [MethodImpl(Hot)]
    public static void WriteRows(float* x, nint stride, float* target, int features, int steps, int* lengths, int every, nint step, int row, int rows)
    {
        for (var r = row; r < row + rows; r++, x += stride)
        {
            var to = target + ((nint)r * steps + step) * features;
            if (step < Length(lengths, r, every, steps)) Layouts.Copy(x, to, features);
            else new Span<float>(to, features).Clear();
        }
    }

    /// <summary>The same to whole numbers.</summary>
    /// <inheritdoc cref="WriteRows(float*, nint, float*, int, int, int*, int, nint, int, int)"/>
    [MethodImpl(Hot)]
    public static void WriteRows(float* x, nint stride, int* target, int features, int steps, int* lengths, int every, nint step, int row, int rows)
    {
        for (var r = row; r < row + rows; r++, x += stride)
        {
            var to = target + ((nint)r * steps + step) * features;
            var isLive = step < Length(lengths, r, every, steps);
            for (var f = 0; f < features; f++) to[f] = isLive ? (int)x[f] : 0;
        }
    }

    /// <summary>A step of a block of 16 samples to the caller; zeros where it is dead.</summary>
    /// <param name="x">[element][16].</param>
    /// <param name="target">[row][step][element].</param>
    /// <param name="features">Elements of a step.</param>
    /// <param name="steps">Steps of every row.</param>
    /// <param name="lengths">Live steps of every row, before <paramref name="every"/>; null: all are.</param>
    /// <param name="every">The target has every so many steps of those that lengths count.</param>
    /// <param name="step">The step.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">Live rows, 1 to 16.</param>
    [MethodImpl(Hot)]
    public static void WriteLanes(float* x, float* target, int features, int steps, int* lengths, int every, nint step, int row, int rows)
    {
        for (var lane = 0; lane < rows; lane++)
        {
            var to = target + ((nint)(row + lane) * steps + step) * features;
            var isLive = step < Length(lengths, row + lane, every, steps);
            for (var f = 0; f < features; f++) to[f] = isLive ? x[f * 16 + lane] : 0;
        }
    }

    /// <summary>The same to whole numbers.</summary>
    /// <inheritdoc cref="WriteLanes(float*, float*, int, int, int*, int, nint, int, int)"/>
    [MethodImpl(Hot)]
    public static void WriteLanes(float* x, int* target, int features, int steps, int* lengths, int every, nint step, int row, int rows)
    {
        for (var lane = 0; lane < rows; lane++)
        {
            var to = target + ((nint)(row + lane) * steps + step) * features;
            var isLive = step < Length(lengths, row + lane, every, steps);
            for (var f = 0; f < features; f++) to[f] = isLive ? (int)x[f * 16 + lane] : 0;
        }
    }

    /// <summary>Lengths of some rows, as numbers in rows.</summary>
    /// <param name="lengths">Of the first row on.</param>
    /// <param name="every">Every so many steps count.</param>
    /// <param name="rows">How many.</param>
    /// <param name="y">The first row's target.</param>
    /// <param name="stride">From a row to the next.</param>
    public static void LengthsToRows(int* lengths, int every, int rows, float* y, int stride)
    {
        for (nint row = 0; row < rows; row++) y[row * stride] = Length(lengths, (int)row, every, 0);
    }

    /// <summary>Lengths of a block of 16 samples, as numbers in Lanes; dead lanes repeat the last live sample.</summary>
    /// <param name="lengths">Of the block's first sample on.</param>
    /// <param name="every">Every so many steps count.</param>
    /// <param name="rows">Live rows, 1 to 16.</param>
    /// <param name="y">16 numbers.</param>
    public static void LengthsToLanes(int* lengths, int every, int rows, float* y)
    {
        for (var lane = 0; lane < 16; lane++) y[lane] = Length(lengths, Math.Min(lane, rows - 1), every, 0);
    }

    // ---- Other steps ----

    /// <summary>y = x at step + distance, of some rows; zero where either is dead.</summary>
    /// <param name="x">Row 0 at step 0.</param>
    /// <param name="stepStride">From a step to the next.</param>
    /// <param name="y">Row 0 at the step.</param>
    /// <param name="rowStride">From a row to the next.</param>
    /// <param name="features">Elements.</param>
    /// <param name="lengths">Live steps of every row, before <paramref name="every"/>; null: all are.</param>
    /// <param name="every">Every so many steps count.</param>
    /// <param name="steps">Steps of the axis.</param>
    /// <param name="step">The step.</param>
    /// <param name="distance">How much later.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many.</param>
    [MethodImpl(Hot)]
    public static void Shift(float* x, nint stepStride, float* y, nint rowStride, int features, int* lengths, int every, int steps, nint step, int distance, int row, int rows)
    {
        for (nint r = row; r < row + rows; r++)
        {
            var length = Length(lengths, (int)r, every, steps);
            Put(x, stepStride, y, rowStride, features, r, step + distance, step < length && step + distance >= 0 && step + distance < length);
        }
    }

    /// <summary>y = x at length − 1 − step, of some rows; zero where the step is dead.</summary>
    /// <inheritdoc cref="Shift"/>
    [MethodImpl(Hot)]
    public static void Reverse(float* x, nint stepStride, float* y, nint rowStride, int features, int* lengths, int every, int steps, nint step, int distance, int row, int rows)
    {
        for (nint r = row; r < row + rows; r++)
        {
            var length = Length(lengths, (int)r, every, steps);
            Put(x, stepStride, y, rowStride, features, r, length - 1 - step, step < length);
        }
    }

    /// <summary>y = x at step · distance, of some rows.</summary>
    /// <inheritdoc cref="Shift"/>
    [MethodImpl(Hot)]
    public static void Every(float* x, nint stepStride, float* y, nint rowStride, int features, int* lengths, int every, int steps, nint step, int distance, int row, int rows)
    {
        for (nint r = row; r < row + rows; r++) Put(x, stepStride, y, rowStride, features, r, step * distance, step * distance < Length(lengths, (int)r, every, steps));
    }

    /// <summary>y = x at step / distance where that is whole, zero elsewhere, of some rows.</summary>
    /// <inheritdoc cref="Shift"/>
    [MethodImpl(Hot)]
    public static void Spread(float* x, nint stepStride, float* y, nint rowStride, int features, int* lengths, int every, int steps, nint step, int distance, int row, int rows)
    {
        for (nint r = row; r < row + rows; r++) Put(x, stepStride, y, rowStride, features, r, step / distance, step % distance == 0 && step < Length(lengths, (int)r, every, steps));
    }

    /// <summary>y = a step of x, whose first axis is time, of some rows.</summary>
    /// <param name="x">Row 0.</param>
    /// <param name="xStride">From a row of it to the next.</param>
    /// <param name="y">Row 0 at the step.</param>
    /// <param name="yStride">From a row of it to the next.</param>
    /// <param name="features">Elements of a step.</param>
    /// <param name="step">The step.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many.</param>
    [MethodImpl(Hot)]
    public static void OfAxis(float* x, nint xStride, float* y, nint yStride, int features, nint step, int row, int rows)
    {
        for (nint r = row; r < row + rows; r++)
        {
            Layouts.Copy(x + r * xStride + step * features, y + r * yStride, features);
            Pad(y + r * yStride, features, yStride);
        }
    }

    /// <summary>y, whose first axis is time, = all steps of x, of some rows.</summary>
    /// <param name="x">Row 0 at step 0.</param>
    /// <param name="stepStride">From a step to the next.</param>
    /// <param name="xStride">From a row of a step to the next.</param>
    /// <param name="features">Elements of a step.</param>
    /// <param name="steps">How many.</param>
    /// <param name="y">Row 0.</param>
    /// <param name="yStride">From a row of it to the next.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many.</param>
    [MethodImpl(Hot)]
    public static void ToAxis(float* x, nint stepStride, nint xStride, int features, int steps, float* y, nint yStride, int row, int rows)
    {
        for (nint r = row; r < row + rows; r++)
        {
            var to = y + r * yStride;
            for (nint step = 0; step < steps; step++) Layouts.Copy(x + step * stepStride + r * xStride, to + step * features, features);
            Pad(to, features * steps, yStride);
        }
    }

    /// <summary>y = Σ over the steps of x, in segments of 256 steps: elements side by side.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">The first step's elements.</param>
    /// <param name="stride">From a step to the next.</param>
    /// <param name="steps">How many.</param>
    /// <param name="y">The sums.</param>
    /// <param name="floats">Elements, a multiple of 16.</param>
    [MethodImpl(Hot)]
    public static void Sum<V>(float* x, nint stride, nint steps, float* y, nint floats) where V : struct, IVector<V>
    {
        for (nint i = 0; i < floats; i += V.Count)
        {
            var total = V.Zero;
            for (nint segment = 0; segment < steps; segment += Segment)
            {
                var sum = V.Zero;
                for (var step = segment; step < Math.Min(segment + Segment, steps); step++) sum += V.Load(x + step * stride + i);
                total += sum;
            }
            total.Store(y + i);
        }
    }

    /// <summary>y = max over the steps of x; NaN where one is among them.</summary>
    /// <inheritdoc cref="Sum"/>
    [MethodImpl(Hot)]
    public static void Max<V>(float* x, nint stride, nint steps, float* y, nint floats) where V : struct, IVector<V>
    {
        for (nint i = 0; i < floats; i += V.Count)
        {
            var best = V.Broadcast(float.NegativeInfinity);
            for (nint step = 0; step < steps; step++) best = VectorMath.Maximum(V.Load(x + step * stride + i), best);
            best.Store(y + i);
        }
    }

    // ---- Rows by their numbers ----

    /// <summary>The rows of a matrix that labels name.</summary>
    /// <param name="table">Rows without gaps.</param>
    /// <param name="columns">Floats of a row.</param>
    /// <param name="labels">A label as a float for each row.</param>
    /// <param name="labelStride">From a label to the next.</param>
    /// <param name="rows">How many.</param>
    /// <param name="y">The first row's target.</param>
    /// <param name="stride">From a row of it to the next.</param>
    [MethodImpl(Hot)]
    public static void PickRows(float* table, int columns, float* labels, nint labelStride, int rows, float* y, nint stride)
    {
        for (nint row = 0; row < rows; row++)
        {
            Layouts.Copy(table + (nint)labels[row * labelStride] * columns, y + row * stride, columns);
            Pad(y + row * stride, columns, stride);
        }
    }

    private static nint At(int features, int steps, int* lengths, nint step, int row) =>
        ((nint)row * steps + Math.Min(step, Length(lengths, row, 1, steps) - 1)) * features;

    private static int Length(int* lengths, int row, int every, int steps) => lengths == null ? steps : (lengths[row] + every - 1) / every;

    private static void Put(float* x, nint stepStride, float* y, nint rowStride, int features, nint row, nint from, bool isLive)
    {
        if (isLive) Layouts.Copy(x + from * stepStride + row * rowStride, y + row * rowStride, features);
        else new Span<float>(y + row * rowStride, features).Clear();
        Pad(y + row * rowStride, features, rowStride);
    }

    /// <summary>What fills a row up is zero.</summary>
    private static void Pad(float* y, int features, nint stride)
    {
        if (features < stride) new Span<float>(y + features, (int)stride - features).Clear();
    }
}
