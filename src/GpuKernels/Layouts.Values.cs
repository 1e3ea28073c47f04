using ILGPU;

namespace Kiln.Gpu.Kernels;

// Bytes and labels of the caller. Inside kernels a label is a float.
public static partial class Layouts
{
    /// <summary>Rows of bytes to Lanes of (byte − mean) · scale.</summary>
    public static void BytesToLanes(int i, ArrayView<byte> from, ArrayView<float> to, int features, int rows, float mean, float scale)
    {
        if (i >= LaneFloats(rows, features)) return;
        to[i] = (from[RowOfLane(i, features, rows) * features + FeatureOfLane(i, features)] - mean) * scale;
    }

    /// <summary>Rows of bytes to rows of (byte − mean) · scale.</summary>
    public static void BytesToRows(int i, ArrayView<byte> from, ArrayView<float> to, int features, int stride, int rows, float mean, float scale)
    {
        if (i >= rows * features) return;
        var row = i / features;
        to[row * stride + i - row * features] = (from[i] - mean) * scale;
    }

    /// <summary>Labels [row][label] to floats in Lanes.</summary>
    public static void ReadLabels(int i, ArrayView<int> from, ArrayView<float> to, int perSample, int rows)
    {
        if (i >= LaneFloats(rows, perSample)) return;
        to[i] = from[RowOfLane(i, perSample, rows) * perSample + FeatureOfLane(i, perSample)];
    }

    /// <summary>Labels [row][label] to floats in Rows, whose pads become zero.</summary>
    public static void LabelsToRows(int i, ArrayView<int> from, ArrayView<float> to, int perSample, int stride, int rows)
    {
        if (i >= rows * stride) return;
        var row = i / stride;
        var label = i - row * stride;
        var value = 0f;
        if (label < perSample) value = from[row * perSample + label];
        to[i] = value;
    }

    /// <summary>Floats in Lanes to the caller's integers [row][label].</summary>
    public static void WriteLabels(int i, ArrayView<float> from, ArrayView<int> to, int perSample, int rows)
    {
        if (i >= rows * perSample) return;
        var row = i / perSample;
        to[i] = (int)from[LaneIndex(row, i - row * perSample, perSample)];
    }

    /// <summary>Labels that are the same for every sample.</summary>
    public static void WriteLabels(int i, ArrayView<float> from, ArrayView<int> to, int count)
    {
        if (i < count) to[i] = (int)from[i];
    }
}
