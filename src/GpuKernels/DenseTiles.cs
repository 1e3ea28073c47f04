using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>Matrix products: the layer itself, its data gradient (the same with the panels transposed) and its weight gradient. The sums are those of Kiln.Kernels.DenseTiles.</summary>
/// <remarks>Element (n, k) of x is at n / 16 · xBlock + n % 16 · xRow + k · xColumn, which is Rows and Lanes.</remarks>
public static partial class DenseTiles
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>y[n, m] = Σ_k x[n, k] · w[k, m].</summary>
    /// <typeparam name="TPrecision">What products are computed with.</typeparam>
    /// <param name="x">x.</param>
    /// <param name="w">w, depth × columns in Panels.</param>
    /// <param name="y">y in Rows; its pad columns are written too and become zero.</param>
    /// <param name="xBlock">From 16 rows of x to the next 16.</param>
    /// <param name="xRow">From a row of x to the next, within 16.</param>
    /// <param name="xColumn">From a feature of x to the next.</param>
    /// <param name="yRow">From a row of y to the next.</param>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="depth">Features of x.</param>
    /// <param name="columns">Features of y.</param>
    [MethodImpl(Inline)]
    public static void Multiply<TPrecision>(ArrayView<float> x, ArrayView<float> w, ArrayView<float> y, int xBlock, int xRow, int xColumn, int yRow, int rows, int depth, int columns) where TPrecision : struct, IPrecision =>
        Multiply<TPrecision>(x, w, new DenseResult(y, yRow, y, 0, false, false, false), xBlock, xRow, xColumn, rows, depth, columns);

    /// <summary>y[n, m] = Σ_k x[n, k] · w[k, m] + bias[m], or max(0, that).</summary>
    /// <inheritdoc cref="Multiply{TPrecision}(ArrayView{float}, ArrayView{float}, ArrayView{float}, int, int, int, int, int, int, int)"/>
    /// <remarks>The bias is padded as a row of y is.</remarks>
    [MethodImpl(Inline)]
    public static void MultiplyBias<TPrecision>(ArrayView<float> x, ArrayView<float> w, ArrayView<float> bias, ArrayView<float> y, int xBlock, int xRow, int xColumn, int yRow, int rows, int depth, int columns, bool relu) where TPrecision : struct, IPrecision =>
        Multiply<TPrecision>(x, w, new DenseResult(y, yRow, bias, 0, true, false, relu), xBlock, xRow, xColumn, rows, depth, columns);

    /// <summary>y[n, m] = Σ_k x[n, k] · w[k, m] + added[n, m].</summary>
    /// <inheritdoc cref="Multiply{TPrecision}(ArrayView{float}, ArrayView{float}, ArrayView{float}, int, int, int, int, int, int, int)"/>
    /// <remarks>What is added is in Rows.</remarks>
    [MethodImpl(Inline)]
    public static void MultiplyAdded<TPrecision>(ArrayView<float> x, ArrayView<float> w, ArrayView<float> added, ArrayView<float> y, int xBlock, int xRow, int xColumn, int yRow, int rows, int depth, int columns, int addedRow) where TPrecision : struct, IPrecision =>
        Multiply<TPrecision>(x, w, new DenseResult(y, yRow, added, addedRow, false, true, false), xBlock, xRow, xColumn, rows, depth, columns);

    [MethodImpl(Inline)]
    private static void Multiply<TPrecision>(ArrayView<float> x, ArrayView<float> w, DenseResult result, int xBlock, int xRow, int xColumn, int rows, int depth, int columns) where TPrecision : struct, IPrecision
    {
        var segment = DeviceWork.DenseSegment(columns);
        TPrecision.Multiply(new DenseRows(x, xBlock, xRow, xColumn, rows), new PanelColumns(w, depth, columns, 0, Panels.Padded(columns)), result, Grid.IdxX, rows, Panels.Padded(columns), depth, segment, depth);
    }

    /// <summary>Panels of the transpose of a matrix in Panels.</summary>
    /// <param name="from">The depth × columns matrix.</param>
    /// <param name="to">Gets the columns × depth matrix, zero-padded.</param>
    /// <param name="depth">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    [MethodImpl(Inline)]
    public static void TransposePanels(ArrayView<float> from, ArrayView<float> to, int depth, int columns)
    {
        var padded = Panels.Padded(depth);
        int row = Threads.Index / padded, column = Threads.Index % padded;
        if (row >= columns) return;
        var value = Lane.Zero;
        if (column < depth) value = Lane.Load(from, Panels.At(column, row, depth, columns));
        value.Store(to, Panels.At(row, column, columns, depth));
    }

    /// <summary>Rows of x.</summary>
    private readonly struct DenseRows(ArrayView<float> x, int block, int row, int column, int rows) : IOperand
    {
        public bool LinesFirst => column != 1;

        [MethodImpl(Inline)]
        public Key Line(int line) => new(Place(line, block, row), line, 0);

        [MethodImpl(Inline)]
        public Key Term(int term) => new(term * column, 0, 0);

        [MethodImpl(Inline)]
        public Lane At(Key line, Key term)
        {
            var value = Lane.Zero;
            if (line.Row < rows) value = Lane.Load(x, line.Place + term.Place);
            return value;
        }
    }

    [MethodImpl(Inline)]
    private static int Place(int n, int block, int row) => block == 16 * row ? n * row : n / 16 * block + n % 16 * row;

    /// <summary>Rows of y, with a bias or another value that is added.</summary>
    private readonly struct DenseResult(ArrayView<float> y, int yRow, ArrayView<float> added, int addedRow, bool isBias, bool isAdded, bool relu) : IResult
    {
        public bool RowsFirst => false;

        [MethodImpl(Inline)]
        public void Put(int row, int column, Lane sum)
        {
            if (isAdded) sum += Lane.Load(added, row * addedRow + column);
            if (isBias) sum += Lane.Load(added, column);
            if (relu) sum = Lane.Max(Lane.Zero, sum);
            sum.Store(y, row * yRow + column);
        }
    }
}
