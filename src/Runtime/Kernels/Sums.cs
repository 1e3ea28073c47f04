using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>Sums over the batch, in an order that neither threads nor vector widths change (docs/architecture.md).</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static unsafe class Sums
{
    /// <summary>Chains of a sum over rows.</summary>
    internal const int Chains = 16;

    /// <summary>Features whose chains are summed together: 16 of them take 8 KB.</summary>
    private const int ChainFeatures = 128;

    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>Lane i joins i + 8, then i + 4, i + 2, i + 1: the tree that ends every sum along 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tree(float* lanes)
    {
        float a0 = lanes[0] + lanes[8], a1 = lanes[1] + lanes[9], a2 = lanes[2] + lanes[10], a3 = lanes[3] + lanes[11];
        float a4 = lanes[4] + lanes[12], a5 = lanes[5] + lanes[13], a6 = lanes[6] + lanes[14], a7 = lanes[7] + lanes[15];
        return a0 + a4 + (a2 + a6) + (a1 + a5 + (a3 + a7));
    }

    /// <summary>y[f] = Σ over live rows of x[f], x in Lanes: a chain per lane over the blocks, dead lanes left out, then the tree.</summary>
    /// <param name="x">[block][features][16].</param>
    /// <param name="features">Elements per sample.</param>
    /// <param name="rows">Live rows.</param>
    /// <param name="y">One float per feature.</param>
    /// <param name="first">First feature to sum.</param>
    /// <param name="last">One past the last.</param>
    [MethodImpl(Hot)]
    public static void OfLanes<V>(float* x, int features, int rows, float* y, int first, int last) where V : struct, IVector<V>
    {
        var whole = rows / 16;
        var sums = stackalloc float[16];
        for (nint f = first; f < last; f++)
        {
            for (var lane = 0; lane < 16; lane += V.Count)
            {
                var sum = V.Zero;
                for (nint block = 0; block < whole; block++) sum += V.Load(x + (block * features + f) * 16 + lane);
                sum.Store(sums + lane);
            }
            for (var lane = 0; lane < rows - 16 * whole; lane++) sums[lane] += x[((nint)whole * features + f) * 16 + lane];
            y[f] = Tree(sums);
        }
    }

    /// <summary>y[f] = Σ over rows of x[row, f], x in Rows: chain l over the rows n ≡ l (mod 16), then the tree. Pads of y (features to the next multiple of 16) are set to zero.</summary>
    /// <param name="x">Rows of <paramref name="stride"/> floats.</param>
    /// <param name="stride">Floats between rows, a multiple of 16.</param>
    /// <param name="features">Elements per sample.</param>
    /// <param name="rows">Live rows.</param>
    /// <param name="y">Features rounded up to 16 floats.</param>
    /// <param name="first">First group of 16 features.</param>
    /// <param name="last">One past the last group.</param>
    [MethodImpl(Hot)]
    public static void OfRows<V>(float* x, nint stride, int features, int rows, float* y, int first, int last) where V : struct, IVector<V>
    {
        var chains = stackalloc float[Chains * ChainFeatures];
        nint end = 16 * (nint)last;
        for (nint f = 16 * (nint)first; f < end; f += ChainFeatures)
        {
            var width = (int)Math.Min(ChainFeatures, end - f);
            new Span<float>(chains, Chains * width).Clear();
            AddToChains<V>(x + f, stride, rows, chains, width);
            JoinChains<V>(chains, width, y + f);
        }
        for (var f = features; f < 16 * last; f++) y[f] = 0;
    }

    /// <summary>Adds row n to chain n mod 16, of so many features. Row after row, so that memory is read in its order; the chains stay in the L1 cache.</summary>
    [MethodImpl(Hot)]
    internal static void AddToChains<V>(float* x, nint stride, int rows, float* chains, int width) where V : struct, IVector<V>
    {
        for (var row = 0; row < rows; row++, x += stride)
        {
            var chain = chains + row % Chains * width;
            for (var f = 0; f < width; f += V.Count) (V.Load(chain + f) + V.Load(x + f)).Store(chain + f);
        }
    }

    /// <summary>The tree over the chains: chain i joins i + 8, then i + 4, i + 2, i + 1.</summary>
    [MethodImpl(Hot)]
    internal static void JoinChains<V>(float* chains, int width, float* y) where V : struct, IVector<V>
    {
        for (var half = Chains / 2 * width; half > width; half /= 2)
            for (var i = 0; i < half; i += V.Count) (V.Load(chains + i) + V.Load(chains + half + i)).Store(chains + i);
        for (var f = 0; f < width; f += V.Count) (V.Load(chains + f) + V.Load(chains + width + f)).Store(y + f);
    }

    /// <summary>
    /// y[label] = Σ over the rows of x with that label, rows ascending: the gradient of rows that were picked. Rows of y without a label are zero.
    /// </summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">Rows of <paramref name="stride"/> floats.</param>
    /// <param name="stride">Floats between rows, a multiple of 16.</param>
    /// <param name="labels">A label as a float for each row.</param>
    /// <param name="labelStride">From a label to the next.</param>
    /// <param name="rows">How many.</param>
    /// <param name="y">A matrix, rows without gaps, padded to 16 floats at its end.</param>
    /// <param name="labelCount">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="first">First group of 16 columns.</param>
    /// <param name="last">One past the last group.</param>
    [MethodImpl(Hot)]
    public static void AddRows<V>(float* x, nint stride, float* labels, nint labelStride, int rows, float* y, int labelCount, int columns, int first, int last) where V : struct, IVector<V>
    {
        nint begin = 16 * (nint)first, end = Math.Min(16 * (nint)last, columns), vectors = begin + (end - begin) / V.Count * V.Count;
        for (nint label = 0; label < labelCount; label++)
            for (var i = begin; i < end; i++) y[label * columns + i] = 0;
        if (last * 16 >= columns)
            for (var pad = (nint)labelCount * columns; pad % 16 != 0; pad++) y[pad] = 0;
        for (nint row = 0; row < rows; row++)
        {
            var from = x + row * stride;
            var to = y + (nint)labels[row * labelStride] * columns;
            var i = begin;
            for (; i < vectors; i += V.Count) (V.Load(to + i) + V.Load(from + i)).Store(to + i);
            for (; i < end; i++) to[i] += from[i];
        }
    }

    /// <summary>Sets the pad columns of a K×M matrix in panels to zero.</summary>
    [MethodImpl(Hot)]
    public static void ClearPads(float* panels, int k, int m)
    {
        var width = m % 32 is 0 or > 16 ? 32 : 16;
        var live = m % 32 == 0 ? 32 : m % 32;
        if (live == width) return;
        var last = panels + (nint)(m / 32) * k * 32;
        for (nint row = 0; row < k; row++)
            for (var column = live; column < width; column++) last[row * width + column] = 0;
    }
}
