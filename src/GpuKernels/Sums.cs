using ILGPU;

namespace Kiln.Gpu.Kernels;

/// <summary>Sums in the order of <see cref="Kiln.Kernels.Sums"/>: 16 chains, each in a thread of its own, and the tree that joins them.</summary>
public static partial class Sums
{
    private const int Chains = 16;

    /// <summary>Sums that a group of threads computes side by side.</summary>
    private const int PerGroup = Threads.Group / Chains;

    /// <summary>y[f] = Σ over live rows of x[f], x in Lanes: a chain per lane over the blocks, dead lanes left out, then the tree.</summary>
    /// <param name="x">[block][features][16].</param>
    /// <param name="y">A float for each feature.</param>
    /// <param name="features">Elements of a sample.</param>
    /// <param name="rows">Live rows.</param>
    public static void OfLanes(ArrayView<float> x, ArrayView<float> y, int features, int rows)
    {
        var i = Threads.Index;
        var lane = i % Chains;
        var sum = 0f;
        if (i < Chains * features)
        {
            var blocks = (rows - lane + Chains - 1) / Chains;
            for (var block = 0; block < blocks; block++) sum += x[block * features * Chains + i];
        }
        var chains = SharedMemory.Allocate<float>(Threads.Group);
        chains[Group.IdxX] = sum;
        Group.Barrier();
        if (lane == 0 && i < Chains * features) y[i / Chains] = Tree(chains, Group.IdxX, 1);
    }

    /// <summary>y[f] = Σ over rows of x[row, f], x in Rows: chain l over the rows n ≡ l (mod 16), then the tree. Pads of y (features to the next multiple of 16) become zero.</summary>
    /// <param name="x">Rows of <paramref name="stride"/> floats.</param>
    /// <param name="y">Features rounded up to 16 floats.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="features">Elements of a sample.</param>
    /// <param name="rows">Live rows.</param>
    public static void OfRows(ArrayView<float> x, ArrayView<float> y, int stride, int features, int rows)
    {
        // Threads side by side read features side by side.
        var feature = Grid.IdxX * PerGroup + Group.IdxX % PerGroup;
        var sum = 0f;
        if (feature < features)
            for (var row = Group.IdxX / PerGroup; row < rows; row += Chains) sum += x[row * stride + feature];
        var chains = SharedMemory.Allocate<float>(Threads.Group);
        chains[Group.IdxX] = sum;
        Group.Barrier();
        if (Group.IdxX < PerGroup && feature < Layouts.Padded(features)) y[feature] = feature < features ? Tree(chains, Group.IdxX, PerGroup) : 0;
    }

    /// <summary>The tree over 16 chains: chain i joins i + 8, then i + 4, i + 2, i + 1.</summary>
    /// <param name="chains">Where they are.</param>
    /// <param name="first">The first one's place.</param>
    /// <param name="step">From a chain to the next.</param>
    public static float Tree(ArrayView<float> chains, int first, int step)
    {
        float a0 = Pair(chains, first, step), a1 = Pair(chains, first + step, step), a2 = Pair(chains, first + 2 * step, step), a3 = Pair(chains, first + 3 * step, step);
        float a4 = Pair(chains, first + 4 * step, step), a5 = Pair(chains, first + 5 * step, step), a6 = Pair(chains, first + 6 * step, step), a7 = Pair(chains, first + 7 * step, step);
        return a0 + a4 + (a2 + a6) + (a1 + a5 + (a3 + a7));
    }

    private static float Pair(ArrayView<float> chains, int chain, int step) => chains[chain] + chains[chain + 8 * step];

    /// <summary>
    /// y[label] = Σ over the rows of x with that label, rows ascending. Rows of y without a label are zero, and so are the pads to 16 floats at its end.
    /// </summary>
    /// <param name="x">Rows of <paramref name="stride"/> floats.</param>
    /// <param name="labels">A label as a float for each row.</param>
    /// <param name="y">A matrix, rows without gaps.</param>
    /// <param name="stride">From a row of x to the next.</param>
    /// <param name="labelStride">From a label to the next.</param>
    /// <param name="labelCount">Rows of y.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="rows">Rows of x.</param>
    public static void AddRows(ArrayView<float> x, ArrayView<float> labels, ArrayView<float> y, int stride, int labelStride, int labelCount, int columns, int rows)
    {
        var i = Threads.Index;
        if (i >= Layouts.Padded(labelCount * columns)) return;
        var label = i / columns;
        var column = i - label * columns;
        var sum = 0f;
        if (label < labelCount)
            for (var row = 0; row < rows; row++)
                if ((int)labels[row * labelStride] == label) sum += x[row * stride + column];
        y[i] = sum;
    }

    /// <summary>Sets the pad columns of a k × m matrix in panels to zero.</summary>
    public static void ClearPads(ArrayView<float> panels, int k, int m)
    {
        var i = Threads.Index;
        var pads = Layouts.Padded(m) - m;
        if (pads == 0 || i >= k * pads) return;
        panels[Layouts.PanelIndex(i / pads, m + i % pads, k, m)] = 0;
    }
}
