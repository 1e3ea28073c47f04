using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

// Other steps of time than the one that is written, and sums over them.
public static partial class TimeSteps
{
    /// <summary>Terms of a segment of a sum over time.</summary>
    private const int Segment = 256;

    /// <summary>y = x at step + distance; zero where either is dead. Pads become zero.</summary>
    /// <param name="x">Row 0 at step 0.</param>
    /// <param name="y">Row 0 at the step.</param>
    /// <param name="lengths">Live steps of every row.</param>
    /// <param name="features">Elements.</param>
    /// <param name="rowStride">From a row to the next.</param>
    /// <param name="every">Every so many steps count.</param>
    /// <param name="known">Whether there are lengths.</param>
    /// <param name="distance">How much later.</param>
    /// <param name="rows">How many.</param>
    /// <param name="stepStride">From a step to the next.</param>
    /// <param name="steps">Steps of the axis.</param>
    /// <param name="step">The step.</param>
    public static void Shift(ArrayView<float> x, ArrayView<float> y, ArrayView<int> lengths, int features, int rowStride, int every, bool known, int distance, int rows, int stepStride, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= rows * rowStride) return;
        var length = Length(lengths, i / rowStride, every, known, steps);
        var from = step + distance;
        Put(x, y, features, rowStride, stepStride, i, from, step < length && from >= 0 && from < length);
    }

    /// <summary>y = x at length − 1 − step; zero where the step is dead.</summary>
    /// <inheritdoc cref="Shift"/>
    public static void Reverse(ArrayView<float> x, ArrayView<float> y, ArrayView<int> lengths, int features, int rowStride, int every, bool known, int distance, int rows, int stepStride, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= rows * rowStride) return;
        var length = Length(lengths, i / rowStride, every, known, steps);
        Put(x, y, features, rowStride, stepStride, i, length - 1 - step, step < length);
    }

    /// <summary>y = x at step · distance.</summary>
    /// <inheritdoc cref="Shift"/>
    public static void Every(ArrayView<float> x, ArrayView<float> y, ArrayView<int> lengths, int features, int rowStride, int every, bool known, int distance, int rows, int stepStride, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= rows * rowStride) return;
        Put(x, y, features, rowStride, stepStride, i, step * distance, step * distance < Length(lengths, i / rowStride, every, known, steps));
    }

    /// <summary>y = x at step / distance where that is whole, zero elsewhere.</summary>
    /// <inheritdoc cref="Shift"/>
    public static void Spread(ArrayView<float> x, ArrayView<float> y, ArrayView<int> lengths, int features, int rowStride, int every, bool known, int distance, int rows, int stepStride, int steps, int step)
    {
        var i = Threads.Index;
        if (i >= rows * rowStride) return;
        Put(x, y, features, rowStride, stepStride, i, step / distance, step % distance == 0 && step < Length(lengths, i / rowStride, every, known, steps));
    }

    private static void Put(ArrayView<float> x, ArrayView<float> y, int features, int rowStride, int stepStride, int i, int from, bool isLive)
    {
        var value = 0f;
        if (isLive && i % rowStride < features) value = x[from * stepStride + i];
        y[i] = value;
    }

    /// <summary>y = a step of x, whose first axis is time. Pads become zero.</summary>
    public static void OfAxis(ArrayView<float> x, ArrayView<float> y, int xStride, int yStride, int features, int rows, int step)
    {
        var i = Threads.Index;
        if (i >= rows * yStride) return;
        var row = i / yStride;
        var feature = i - row * yStride;
        var value = 0f;
        if (feature < features) value = x[row * xStride + step * features + feature];
        y[i] = value;
    }

    /// <summary>y, whose first axis is time, = all steps of x. Pads become zero.</summary>
    public static void ToAxis(ArrayView<float> x, ArrayView<float> y, int xStride, int features, int yStride, int rows, int stepStride, int steps)
    {
        var i = Threads.Index;
        if (i >= rows * yStride) return;
        var row = i / yStride;
        var element = i - row * yStride;
        var step = element / features;
        var value = 0f;
        if (step < steps) value = x[step * stepStride + row * xStride + element - step * features];
        y[i] = value;
    }

    /// <summary>y = Σ over the steps of x, in segments of 256 steps.</summary>
    /// <param name="x">The first step's elements.</param>
    /// <param name="y">The sums.</param>
    /// <param name="stride">From a step to the next.</param>
    /// <param name="steps">How many.</param>
    /// <param name="floats">Elements.</param>
    public static void Sum(ArrayView<float> x, ArrayView<float> y, int stride, int steps, int floats)
    {
        var i = Threads.Index;
        if (i >= floats) return;
        var total = 0f;
        for (var segment = 0; segment < steps; segment += Segment)
        {
            var sum = 0f;
            var end = IntrinsicMath.Min(segment + Segment, steps);
            for (var step = segment; step < end; step++) sum += x[step * stride + i];
            total += sum;
        }
        y[i] = total;
    }

    /// <summary>y = max over the steps of x; NaN where one is among them.</summary>
    /// <inheritdoc cref="Sum"/>
    public static void Max(ArrayView<float> x, ArrayView<float> y, int stride, int steps, int floats)
    {
        var i = Threads.Index;
        if (i >= floats) return;
        var best = Lane.Broadcast(float.NegativeInfinity);
        for (var step = 0; step < steps; step++) best = VectorMath.Maximum(Lane.Load(x, step * stride + i), best);
        best.Store(y, i);
    }
}
