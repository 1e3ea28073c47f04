using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kiln.Kernels;

/// <summary>Moves between the storages of batched values: Rows and Lanes, one block of 16 samples at a time.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static unsafe partial class Layouts
{
    private const int Block = 16;

    /// <summary>A block of 16 rows, features side by side, to 16 samples side by side. Dead lanes repeat the last live row.</summary>
    /// <param name="rows">The first row of the block.</param>
    /// <param name="rowStride">From a row to the next, in floats.</param>
    /// <param name="live">Rows that exist, 1 to 16.</param>
    /// <param name="features">Features of a sample.</param>
    /// <param name="lanes">Gets [features][16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RowsToLanes(float* rows, nint rowStride, int live, int features, float* lanes)
    {
        for (var f = 0; f < features; f += Block)
            Transposes.Repeating(rows + f, rowStride, live, lanes + (nint)f * Block, Block, Math.Min(Block, features - f));
    }

    /// <summary>A block of 16 samples side by side to its live rows.</summary>
    /// <param name="lanes">[features][16].</param>
    /// <param name="features">Features of a sample.</param>
    /// <param name="rows">Gets the rows; nothing beyond the features and the live rows is written.</param>
    /// <param name="rowStride">From a row to the next, in floats.</param>
    /// <param name="live">Rows wanted, 1 to 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LanesToRows(float* lanes, int features, float* rows, nint rowStride, int live)
    {
        for (var f = 0; f < features; f += Block)
            Transposes.Exact(lanes + (nint)f * Block, Block, Math.Min(Block, features - f), rows + f, rowStride, live);
    }

    /// <summary>A block of 16 rows of bytes to lanes of (byte − mean) · scale. Dead lanes repeat the last live row.</summary>
    /// <param name="rows">The first row of the block.</param>
    /// <param name="rowStride">From a row to the next, in bytes.</param>
    /// <param name="live">Rows that exist, 1 to 16.</param>
    /// <param name="features">Features of a sample.</param>
    /// <param name="mean">Subtracted first.</param>
    /// <param name="scale">Multiplied by then.</param>
    /// <param name="lanes">Gets [features][16].</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void BytesToLanes(byte* rows, nint rowStride, int live, int features, float mean, float scale, float* lanes)
    {
        var block = stackalloc float[Block * Block];
        for (var f = 0; f < features; f += Block)
        {
            var columns = Math.Min(Block, features - f);
            for (var r = 0; r < live; r++) Convert(rows + r * rowStride + f, columns, mean, scale, block + r * Block);
            Transposes.Repeating(block, Block, live, lanes + (nint)f * Block, Block, columns);
        }
    }

    /// <summary>Rows of bytes to rows of (byte − mean) · scale.</summary>
    /// <param name="bytes">The first row.</param>
    /// <param name="byteStride">From a row of bytes to the next.</param>
    /// <param name="live">Rows.</param>
    /// <param name="features">Features of a sample.</param>
    /// <param name="mean">Subtracted first.</param>
    /// <param name="scale">Multiplied by then.</param>
    /// <param name="rows">Gets the rows.</param>
    /// <param name="rowStride">From a row of floats to the next.</param>
    public static void BytesToRows(byte* bytes, nint byteStride, int live, int features, float mean, float scale, float* rows, nint rowStride)
    {
        for (var r = 0; r < live; r++) Convert(bytes + r * byteStride, features, mean, scale, rows + r * rowStride);
    }

    /// <summary>A block of 16 samples' labels to [label][16]. Dead lanes repeat the last live sample.</summary>
    /// <param name="labels">The first sample's labels.</param>
    /// <param name="perSample">Labels of a sample.</param>
    /// <param name="live">Samples that exist, 1 to 16.</param>
    /// <param name="lanes">Gets [perSample][16].</param>
    public static void LabelsToLanes(int* labels, int perSample, int live, int* lanes)
    {
        if (live == Block || perSample >= Block)
        {
            RowsToLanes((float*)labels, perSample, live, perSample, (float*)lanes); // moves bits, whatever they mean
            return;
        }
        for (var i = 0; i < perSample; i++)
            for (var lane = 0; lane < Block; lane++) lanes[i * Block + lane] = labels[Math.Min(lane, live - 1) * perSample + i];
    }

    /// <summary>[label][16] to the live samples' labels.</summary>
    /// <param name="lanes">[perSample][16].</param>
    /// <param name="perSample">Labels of a sample.</param>
    /// <param name="labels">Gets the labels of the live samples.</param>
    /// <param name="live">Samples wanted, 1 to 16.</param>
    public static void LanesToLabels(int* lanes, int perSample, int* labels, int live) =>
        LanesToRows((float*)lanes, perSample, (float*)labels, perSample, live);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Convert(byte* from, int count, float mean, float scale, float* to)
    {
        var i = 0;
        Vector128<float> means = Vector128.Create(mean), scales = Vector128.Create(scale);
        for (; i <= count - 16; i += 16)
        {
            var (low, high) = Vector128.Widen(Vector128.Load(from + i));
            var (v0, v1) = Vector128.Widen(low);
            var (v2, v3) = Vector128.Widen(high);
            ((Vector128.ConvertToSingle(v0.AsInt32()) - means) * scales).Store(to + i);
            ((Vector128.ConvertToSingle(v1.AsInt32()) - means) * scales).Store(to + i + 4);
            ((Vector128.ConvertToSingle(v2.AsInt32()) - means) * scales).Store(to + i + 8);
            ((Vector128.ConvertToSingle(v3.AsInt32()) - means) * scales).Store(to + i + 12);
        }
        for (; i < count; i++) to[i] = (from[i] - mean) * scale;
    }
}
