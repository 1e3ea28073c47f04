using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>The gradients of weights: sums over the batch of products with the gradient of a layer's output, and that of its bias.</summary>
public static unsafe partial class DenseTiles
{
    /// <summary>How many rows ahead dy is fetched.</summary>
    private const int RowsAhead = 32;

    /// <summary>Rows of dW in an item.</summary>
    private const int ItemRows = 48;

    /// <summary>A weight, by what it is multiplied with: dW[k, m] = Σ_n x[n, k] · dy[n, m].</summary>
    /// <param name="x">x; its element (n, k) is at x + n / 16 · block + n % 16 · row + k · column, which is Rows and Lanes.</param>
    /// <param name="block">From 16 rows of x to the next 16.</param>
    /// <param name="row">From a row of x to the next, within 16.</param>
    /// <param name="column">From a feature of x to the next.</param>
    /// <param name="dw">dW, depth × columns in Panels; pad columns become zero.</param>
    /// <param name="depth">Features of x.</param>
    public readonly struct Weight(float* x, nint block, nint row, nint column, float* dw, int depth)
    {
        internal readonly float* X = x, Dw = dw;
        internal readonly nint Block = block, Row = row, Column = column;
        internal readonly int Depth = depth;
        internal int Items => Ceiling(Depth, ItemRows);
    }

    /// <summary>The items a dW is shared out by.</summary>
    /// <param name="depth">Rows of dW: features of x.</param>
    /// <param name="columns">Columns of dW: features of dy.</param>
    /// <returns>Their number.</returns>
    public static int WeightGradientItems(int depth, int columns) => Ceiling(columns, Panel) * Ceiling(depth, ItemRows);

    /// <summary>dW for a range of items, of one weight or of several that are multiplied with the same dy; and the sums of its columns.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="weights">The weights; each pass over dy serves all of them.</param>
    /// <param name="dy">dy in Rows; its pad columns may hold anything.</param>
    /// <param name="dyRow">From a row of dy to the next.</param>
    /// <param name="rows">Rows of each x and of dy.</param>
    /// <param name="columns">Features of dy.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most the sum of <see cref="WeightGradientItems"/> of all weights.</param>
    /// <param name="bias">Gets the sum of each column of dy, as <see cref="Sums.OfRows"/> has it; null where it is not wanted.</param>
    [SkipLocalsInit]
    public static void WeightGradient<V>(ReadOnlySpan<Weight> weights, float* dy, nint dyRow, int rows, int columns, int first, int last, float* bias = null) where V : struct, IVector<V>
    {
        var memory = stackalloc float[(Segment + Sums.Chains) * Panel + 16];
        var packed = (float*)(((nuint)memory + 63) & ~(nuint)63);
        var chains = packed + Segment * Panel;
        var perPanel = 0;
        foreach (ref readonly var weight in weights) perPanel += weight.Items;
        while (first < last)
        {
            // The items of one panel share its packed columns of dy.
            var panel = first / perPanel;
            var (from, to) = (first - panel * perPanel, Math.Min(last, (panel + 1) * perPanel) - panel * perPanel);
            first = (panel + 1) * perPanel;
            var column = panel * Panel;
            var width = columns - column <= 16 ? 16 : Panel;
            var sums = bias != null && from == 0;
            if (sums) new Span<float>(chains, Sums.Chains * width).Clear();
            for (var n = 0; n < rows; n += Segment)
            {
                var terms = Math.Min(Segment, rows - n);
                Pack<V>(dy + n * dyRow + column, dyRow, packed, terms, Math.Min(width, columns - column), width);
                if (sums) Sums.AddToChains<V>(packed, width, terms, chains, width);
                var item = 0;
                foreach (ref readonly var weight in weights)
                {
                    var (begin, end) = (Math.Max(0, from - item) * ItemRows, Math.Min(weight.Depth, (to - item) * ItemRows));
                    item += weight.Items;
                    if (begin >= end) continue;
                    var operands = new Operands
                    {
                        ARow = weight.Column,
                        AColumn = weight.Row,
                        BRow = width,
                        CRow = width,
                        Depth = terms,
                        Run = weight.Block == 16 * weight.Row ? Segment : 16,
                        Jump = weight.Block - 16 * weight.Row,
                    };
                    Column<V>(operands, weight.X + n / 16 * weight.Block + begin * weight.Column, packed, weight.Dw + (nint)column * weight.Depth + (nint)begin * width, null, end - begin, width, n == 0);
                }
            }
            if (sums) Sums.JoinChains<V>(chains, width, bias + column);
        }
    }

    /// <summary>Copies columns of dy side by side, so that power-of-two strides do not evict one another; zeros beyond the live ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack<V>(float* from, nint fromRow, float* to, int rows, int live, int width) where V : struct, IVector<V>
    {
        if (live == width)
        {
            for (var r = 0; r < rows; r++, from += fromRow, to += width)
            {
                // The rows lie too far apart for the processor to foresee them.
                Fetch(from + RowsAhead * fromRow);
                if (width > 16) Fetch(from + RowsAhead * fromRow + 16);
                for (var m = 0; m < width; m += V.Count) V.Load(from + m).Store(to + m);
            }
            return;
        }
        for (var r = 0; r < rows; r++, from += fromRow, to += width)
        {
            for (var m = 0; m < width; m += V.Count)
                V.SelectGreater(V.Broadcast(live - m), V.Iota, V.Load(from + m), V.Zero).Store(to + m);
        }
    }
}
