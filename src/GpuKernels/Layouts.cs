using ILGPU;

namespace Kiln.Gpu.Kernels;

/// <summary>Moves between the storages of batched values: Rows, Lanes and Channels, of all rows. Dead lanes repeat the last live row. A thread, whose number is <c>i</c>, writes an element.</summary>
public static partial class Layouts
{
    private const int Block = 16;

    /// <summary>Rows, features side by side, to blocks of 16 samples side by side.</summary>
    public static void RowsToLanes(int i, ArrayView<float> from, ArrayView<float> to, int stride, int features, int rows)
    {
        if (i >= LaneFloats(rows, features)) return;
        to[i] = from[RowOfLane(i, features, rows) * stride + FeatureOfLane(i, features)];
    }

    /// <summary>Blocks of 16 samples side by side to rows; nothing beyond their features is written.</summary>
    public static void LanesToRows(int i, ArrayView<float> from, ArrayView<float> to, int stride, int features, int rows)
    {
        if (i >= rows * features) return;
        var row = RowOfLive(i, features, rows);
        var feature = ElementOfLive(i, features, rows);
        to[row * stride + feature] = from[LaneIndex(row, feature, features)];
    }

    /// <summary>Blocks of 16 samples side by side to their channels side by side; pads become zero.</summary>
    /// <param name="i">The thread's number.</param>
    /// <param name="from">[block][channels][pixels][16].</param>
    /// <param name="to">[row][pixels][channels, padded to 16].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="rows">Live rows.</param>
    public static void LanesToChannels(int i, ArrayView<float> from, ArrayView<float> to, int channels, int pixels, int stride, int rows)
    {
        var padded = Padded(channels);
        if (i >= rows * pixels * padded) return;
        var row = RowOfLive(i, pixels * padded, rows);
        var element = ElementOfLive(i, pixels * padded, rows);
        var pixel = element / padded;
        var channel = element - pixel * padded;
        var value = 0f;
        if (channel < channels) value = from[LaneIndex(row, channel * pixels + pixel, channels * pixels)];
        to[row * stride + pixel * PixelFloats(channels) + channel] = value;
    }

    /// <summary>Channels side by side to blocks of 16 samples side by side.</summary>
    /// <param name="i">The thread's number.</param>
    /// <param name="from">[row][pixels][channels, padded to 16].</param>
    /// <param name="to">[block][channels][pixels][16].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="rows">Live rows.</param>
    public static void ChannelsToLanes(int i, ArrayView<float> from, ArrayView<float> to, int channels, int pixels, int stride, int rows)
    {
        var features = channels * pixels;
        if (i >= LaneFloats(rows, features)) return;
        // Channel by channel, as they lie in the image.
        var element = FeatureOfLane(i, features);
        var pixel = element / channels;
        var channel = element - pixel * channels;
        to[i / (Block * features) * Block * features + (channel * pixels + pixel) * Block + i % Block] = from[RowOfLane(i, features, rows) * stride + pixel * PixelFloats(channels) + channel];
    }

    /// <summary>Rows [channels][pixels] to their channels side by side; pads become zero.</summary>
    public static void RowsToChannels(int i, ArrayView<float> from, ArrayView<float> to, int channels, int pixels, int fromStride, int toStride, int rows)
    {
        var padded = Padded(channels);
        if (i >= rows * pixels * padded) return;
        var channel = i % padded;
        var pixel = i / padded % pixels;
        var row = i / padded / pixels;
        var value = 0f;
        if (channel < channels) value = from[row * fromStride + channel * pixels + pixel];
        to[row * toStride + pixel * PixelFloats(channels) + channel] = value;
    }

    /// <summary>Channels side by side to rows [channels][pixels]; nothing else is written.</summary>
    public static void ChannelsToRows(int i, ArrayView<float> from, ArrayView<float> to, int channels, int pixels, int fromStride, int toStride, int rows)
    {
        var features = channels * pixels;
        if (i >= rows * features) return;
        var row = i / features;
        var feature = i - row * features;
        to[row * toStride + feature] = from[row * fromStride + feature % pixels * PixelFloats(channels) + feature / pixels];
    }

    /// <summary>The live part of rows of one stride to rows of another.</summary>
    public static void RowsToRows(int i, ArrayView<float> from, ArrayView<float> to, int fromStride, int toStride, int features, int rows)
    {
        if (i >= rows * features) return;
        var row = i / features;
        var feature = i - row * features;
        to[row * toStride + feature] = from[row * fromStride + feature];
    }

    /// <summary>Copies floats.</summary>
    public static void Copy(int i, ArrayView<float> from, ArrayView<float> to, int floats)
    {
        if (i < floats) to[i] = from[i];
    }

    /// <summary>Sets the lanes beyond the live rows to zero, in all steps of time.</summary>
    /// <param name="i">The thread's number.</param>
    /// <param name="lanes">[step][block][feature][16].</param>
    /// <param name="features">Elements of a sample.</param>
    /// <param name="rows">Live rows of a step.</param>
    /// <param name="steps">How many.</param>
    public static void ClearDeadLanes(int i, ArrayView<float> lanes, int features, int rows, int steps)
    {
        if (i >= steps * features * Block) return;
        var step = i / (features * Block);
        var element = i - step * features * Block;
        if (rows % Block != 0 && i % Block >= rows % Block) lanes[step * LaneFloats(rows, features) + rows / Block * Block * features + element] = 0;
    }

    // ---- Places ----

    /// <summary>Floats from a pixel to the next in Channels: see <see cref="Kiln.Kernels.Layouts.PixelFloats"/>.</summary>
    public static int PixelFloats(int channels)
    {
        var padded = Padded(channels);
        return padded % 1024 == 0 ? padded + Block : padded;
    }

    /// <summary>Floats of so many rows in Lanes.</summary>
    internal static int LaneFloats(int rows, int features) => (rows + Block - 1) / Block * Block * features;

    /// <summary>Where a row's feature is in Lanes.</summary>
    internal static int LaneIndex(int row, int feature, int features) => (row / Block * features + feature) * Block + row % Block;

    /// <summary>The row that the float at a place of Lanes is of; of a dead lane, the last live one.</summary>
    internal static int RowOfLane(int i, int features, int rows) => IntrinsicMath.Min(i / (Block * features) * Block + i % Block, rows - 1);

    /// <summary>The feature that the float at a place of Lanes is.</summary>
    internal static int FeatureOfLane(int i, int features) => i / Block % features;

    // Threads of live lanes alone, 16 samples side by side: what is read of Lanes, and written side by side for a sample, passes through the cache in whole lines.

    /// <summary>The row of a thread, of as many as there are rows and elements.</summary>
    private static int RowOfLive(int i, int elements, int rows)
    {
        var block = i / (Block * elements);
        return block * Block + (i - block * Block * elements) % LiveLanes(block, rows);
    }

    /// <summary>Its element.</summary>
    private static int ElementOfLive(int i, int elements, int rows)
    {
        var block = i / (Block * elements);
        return (i - block * Block * elements) / LiveLanes(block, rows);
    }

    private static int LiveLanes(int block, int rows) => IntrinsicMath.Min(Block, rows - block * Block);

    internal static int Padded(int channels) => (channels + Block - 1) / Block * Block;
}
