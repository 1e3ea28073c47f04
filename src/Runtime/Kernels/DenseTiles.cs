using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// Matrix products: the layer itself, its data gradient (the same with the panels transposed) and its weight gradient.
/// Results depend on the operands alone, not on the register or on how the work is shared: k ascends in segments,
/// each a chain from zero, and segments are added in order.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static unsafe partial class DenseTiles
{
    private const int Panel = 32;

    /// <summary>Terms of a segment: a panel's share (32 KB) stays in the L1 cache.</summary>
    private const int Segment = 256;

    /// <summary>Few columns have few chains to run side by side, so their segments are shorter.</summary>
    private const int ShortSegment = 64;

    /// <summary>Rows of A whose segment stays in the L2 cache while all panels pass.</summary>
    private const int RowBlock = 384;

    /// <summary>Floats of a 4 KB page: addresses that far apart fall on the same lines of the L1 cache.</summary>
    private const int PageFloats = 1024;

    /// <summary>Elements of B (half a megabyte) from which on several threads are faster than one, however few the rows.</summary>
    private const int WorthSharing = 128 * 1024;

    /// <summary>Elements of B (8 MB) from which on even threads that sleep are woken.</summary>
    private const int WorthWaking = 2 * 1024 * 1024;

    /// <summary>C[r, m] = Σ_k A[r, k] · B[k, m], or max(0, that + bias[m]), or that + D[r, m].</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="a">A; its element (r, k) is at a + r · aRow + k · aColumn.</param>
    /// <param name="aRow">From a row of A to the next, in floats.</param>
    /// <param name="aColumn">From a column of A to the next, in floats.</param>
    /// <param name="b">B, depth × columns in Panels.</param>
    /// <param name="c">C in Rows; its pad columns are written too and become zero.</param>
    /// <param name="cRow">From a row of C to the next: a multiple of 16.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="bias">Added to every row of the finished product, padded as a row of C is; null for nothing.</param>
    /// <param name="relu">With a bias: what is then below zero becomes zero.</param>
    /// <param name="backward">Whether a single row meets B from its end to its beginning: good for every second call. The result is the same.</param>
    /// <param name="added">D, added to the finished product; null for nothing. Its pad columns are read.</param>
    /// <param name="addedRow">From a row of D to the next.</param>
    public static void Multiply<V>(float* a, nint aRow, nint aColumn, float* b, float* c, nint cRow, int rows, int depth, int columns, float* bias = null, bool relu = false, bool backward = false, float* added = null, nint addedRow = 0) where V : struct, IVector<V>
    {
        var product = new Product { A = a, ARow = aRow, AColumn = aColumn, B = b, C = c, CRow = cRow, Rows = rows, Depth = depth, Columns = columns, Bias = bias, Relu = relu, Added = added, AddedRow = addedRow };
        var panels = Ceiling(columns, Panel);
        var size = (long)depth * columns;
        if (size < WorthSharing || !Workers.TryShare(backward ? &MultiplyBackward<V> : &Multiply<V>, &product, panels, isLong: size >= WorthWaking)) Multiply<V>(product, 0, panels, backward);
    }

    private static void Multiply<V>(void* product, int firstPanel, int lastPanel) where V : struct, IVector<V> => Multiply<V>(*(Product*)product, firstPanel, lastPanel, backward: false);

    private static void MultiplyBackward<V>(void* product, int firstPanel, int lastPanel) where V : struct, IVector<V> => Multiply<V>(*(Product*)product, firstPanel, lastPanel, backward: true);

    /// <summary>A product for some panels of B.</summary>
    private static void Multiply<V>(Product p, int firstPanel, int lastPanel, bool backward) where V : struct, IVector<V>
    {
        var segment = p.Columns <= Panel ? ShortSegment : Segment;
        var column = firstPanel * Panel;
        p.Columns = Math.Min(p.Columns, lastPanel * Panel) - column;
        p.B += (nint)column * p.Depth;
        p.C += column;
        if (p.Bias != null) p.Bias += column;
        if (p.Added != null) p.Added += column;
        if (p.Bias != null)
        {
            p.Added = p.Bias;
            p.AddedRow = 0;
        }
        if (p.Rows == 1)
        {
            MultiplyRow<V>(p, segment, backward);
            return;
        }
        // Rows that lie whole pages apart share few lines of the cache.
        var block = p.ARow % PageFloats == 0 ? RowBlock / 4 : RowBlock;
        for (var row = 0; row < p.Rows; row += block)
            for (var k = 0; k < p.Depth; k += segment)
                Columns<V>(p, row, Math.Min(block, p.Rows - row), k, Math.Min(segment, p.Depth - k));
    }

    /// <summary>One segment of some rows, all panels.</summary>
    private static void Columns<V>(in Product p, int row, int rows, int k, int terms) where V : struct, IVector<V>
    {
        for (var column = 0; column < p.Columns; column += Panel)
        {
            var width = p.Columns - column <= 16 ? 16 : Panel;
            var operands = new Operands
            {
                ARow = p.ARow,
                AColumn = p.AColumn,
                BRow = width,
                CRow = p.CRow,
                Depth = terms,
                Run = terms,
                Next = Next(p, column, k, terms),
                Adds = p.Added != null && k + terms == p.Depth,
                Relu = p.Relu && k + terms == p.Depth,
                DRow = p.AddedRow,
            };
            Column<V>(operands, p.A + row * p.ARow + k * p.AColumn, p.B + (nint)column * p.Depth + (nint)k * width, p.C + row * p.CRow + column, p.Added + row * p.AddedRow + column, rows, width, k == 0);
        }
    }

    /// <summary>Where B goes on after this segment of a panel.</summary>
    private static float* Next(in Product p, int column, int k, int terms) =>
        column + Panel < p.Columns ? p.B + (nint)(column + Panel) * p.Depth + (nint)k * Panel
        : k + terms < p.Depth ? p.B + (nint)(k + terms) * Panel
        : p.B;

    /// <summary>The operands of C = A · B.</summary>
    private struct Product
    {
        public float* A, B, C, Bias, Added;
        public nint ARow, AColumn, CRow, AddedRow;
        public int Rows, Depth, Columns;
        public bool Relu;
    }

    /// <summary>All row tiles of one panel, a pair of registers after the other.</summary>
    private static void Column<V>(Operands s, float* a, float* b, float* c, float* d, int rows, int width, bool first) where V : struct, IVector<V>
    {
        if (V.Count == 16 && width == 16)
        {
            Column<V256>(s, a, b, c, d, rows, width, first);
            return;
        }
        for (var column = 0; column < width; column += 2 * V.Count, b += 2 * V.Count, c += 2 * V.Count, d += 2 * V.Count)
        {
            var row = 0;
            if (V.Count == 16)
            {
                // 16 are two tiles of 8: one of 4 rows has too few chains to keep the units busy.
                var tiles = rows % 12 == 4 && rows >= 16 ? rows / 12 - 1 : rows / 12;
                Tiles<V>(&Tile12<V>, 12, tiles, ref s, a, b, c, d, rows, first);
                row = 12 * tiles;
                Tiles<V>(&Tile8<V>, 8, (rows - row) / 8, ref s, a + row * s.ARow, b, c + row * s.CRow, d + row * s.DRow, rows, first);
                row += (rows - row) / 8 * 8;
            }
            else
            {
                Tiles<V>(&Tile6<V>, 6, rows / 6, ref s, a, b, c, d, rows, first);
                row = rows / 6 * 6;
            }
            for (; rows - row >= 4; row += 4) Tile4<V>(s, a + row * s.ARow, b, c + row * s.CRow, d + row * s.DRow, 1, first);
            for (; rows - row >= 2; row += 2) Tile2<V>(s, a + row * s.ARow, b, c + row * s.CRow, d + row * s.DRow, 1, first);
            if (row < rows) Tile1<V>(s, a + row * s.ARow, b, c + row * s.CRow, d + row * s.DRow, 1, first);
        }
    }

    /// <summary>Tiles of that many rows, one below the other. Together the tiles of a panel fetch the next one, each as much as it has rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tiles<V>(delegate*<in Operands, float*, float*, float*, float*, nint, bool, void> tile, int tileRows, int tiles, ref Operands s, float* a, float* b, float* c, float* d, int rows, bool first) where V : struct, IVector<V>
    {
        if (tiles == 0) return;
        if (s.Next != null) s.NextStep = Math.Max(1, tileRows * 2 * V.Count / rows);
        tile(s, a, b, c, d, tiles, first);
        if (s.Next != null) s.Next += tiles * s.Depth * s.NextStep;
    }

    private static int Ceiling(int count, int of) => (count + of - 1) / of;
}
