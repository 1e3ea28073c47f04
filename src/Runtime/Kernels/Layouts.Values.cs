namespace Kiln.Kernels;

// Copies and labels. Inside kernels a label is a float, so that one kind of register serves all.
public static unsafe partial class Layouts
{
    /// <summary>Copies floats.</summary>
    /// <param name="from">Source.</param>
    /// <param name="to">Target; must not overlap the source.</param>
    /// <param name="floats">How many.</param>
    public static void Copy(float* from, float* to, nint floats) => Buffer.MemoryCopy(from, to, floats * sizeof(float), floats * sizeof(float));

    /// <summary>Copies the live part of rows of one stride to rows of another.</summary>
    /// <param name="from">Source rows.</param>
    /// <param name="fromStride">Floats between source rows.</param>
    /// <param name="to">Target rows.</param>
    /// <param name="toStride">Floats between target rows.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="features">Floats of a row.</param>
    public static void RowsToRows(float* from, nint fromStride, float* to, nint toStride, int rows, int features)
    {
        if (fromStride == features && toStride == features)
        {
            Copy(from, to, (nint)rows * features);
            return;
        }
        for (nint row = 0; row < rows; row++) Copy(from + row * fromStride, to + row * toStride, features);
    }

    /// <summary>Labels of one block of 16 samples, as floats in Lanes; dead lanes repeat the last live sample.</summary>
    /// <param name="labels">[sample][label], the block's first sample first.</param>
    /// <param name="perSample">Labels per sample.</param>
    /// <param name="live">Live samples, 1 to 16.</param>
    /// <param name="lanes">[label][16].</param>
    public static void ReadLabels(int* labels, int perSample, int live, float* lanes)
    {
        for (nint label = 0; label < perSample; label++)
            for (var lane = 0; lane < 16; lane++)
                lanes[label * 16 + lane] = labels[Math.Min(lane, live - 1) * perSample + label];
    }

    /// <summary>Labels of one block of 16 samples, from floats in Lanes to the caller's integers.</summary>
    /// <param name="lanes">[label][16].</param>
    /// <param name="perSample">Labels per sample.</param>
    /// <param name="live">Live samples, 1 to 16.</param>
    /// <param name="labels">[sample][label].</param>
    public static void WriteLabels(float* lanes, int perSample, int live, int* labels)
    {
        for (nint label = 0; label < perSample; label++)
            for (var lane = 0; lane < live; lane++)
                labels[lane * perSample + label] = (int)lanes[label * 16 + lane];
    }

    /// <summary>Labels that are the same for every sample.</summary>
    /// <param name="values">Labels as floats.</param>
    /// <param name="labels">Target.</param>
    /// <param name="count">How many.</param>
    public static void WriteLabels(float* values, int* labels, int count)
    {
        for (var i = 0; i < count; i++) labels[i] = (int)values[i];
    }

    /// <summary>
    /// Sets the lanes beyond the live rows to zero, so that a sum over all lanes is a sum over live rows. Threads may do so at the
    /// same time.
    /// </summary>
    /// <param name="lanes">[block][feature][16].</param>
    /// <param name="features">Elements per sample.</param>
    /// <param name="rows">Live rows.</param>
    public static void ClearDeadLanes(float* lanes, int features, int rows)
    {
        if (rows % 16 == 0) return;
        var last = lanes + (nint)(rows / 16) * 16 * features;
        for (nint feature = 0; feature < features; feature++)
            for (var lane = rows % 16; lane < 16; lane++) last[feature * 16 + lane] = 0;
    }
}
