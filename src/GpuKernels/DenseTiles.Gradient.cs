using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>The gradients of weights: sums over the batch of products with the gradient of a layer's output, and that of its bias.</summary>
public static partial class DenseTiles
{
    /// <summary>Rows of a segment.</summary>
    private const int GradientSegment = 256;

    /// <summary>dw[k, m] = Σ_n x[n, k] · dy[n, m].</summary>
    /// <typeparam name="TPrecision">What products are computed with.</typeparam>
    /// <param name="x">x.</param>
    /// <param name="dy">dy in Rows; its pad columns may hold anything.</param>
    /// <param name="dw">Gets dw, depth × columns in Panels; pad columns become zero.</param>
    /// <param name="xBlock">From 16 rows of x to the next 16.</param>
    /// <param name="xRow">From a row of x to the next, within 16.</param>
    /// <param name="xColumn">From a feature of x to the next.</param>
    /// <param name="dyRow">From a row of dy to the next.</param>
    /// <param name="rows">Rows of x and dy.</param>
    /// <param name="depth">Features of x.</param>
    /// <param name="columns">Features of dy.</param>
    [MethodImpl(Inline)]
    public static void WeightGradient<TPrecision>(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw, int xBlock, int xRow, int xColumn, int dyRow, int rows, int depth, int columns) where TPrecision : struct, IPrecision =>
        TPrecision.Multiply(new DenseFeatures(x, xBlock, xRow, xColumn, depth), new GradientColumns(dy, dyRow, columns), new WeightResult(dw, depth, columns), Grid.IdxX, depth, Panels.Padded(columns), rows, GradientSegment, 0);

    /// <summary>dw[k, m] = Σ_n x[n, k] · dy[n, m], and bias[m] = Σ_n dy[n, m] as Kiln.Kernels.Sums.OfRows has it.</summary>
    /// <inheritdoc cref="WeightGradient{TPrecision}"/>
    /// <remarks>Pads of the bias become zero.</remarks>
    [MethodImpl(Inline)]
    public static void WeightGradientBias<TPrecision>(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw, ArrayView<float> bias, int xBlock, int xRow, int xColumn, int dyRow, int rows, int depth, int columns) where TPrecision : struct, IPrecision
    {
        // The first groups have the bias.
        var group = Grid.IdxX - DeviceWork.BiasGroups(columns);
        if (group < 0) BiasGradient(dy, bias, dyRow, rows, columns);
        else TPrecision.Multiply(new DenseFeatures(x, xBlock, xRow, xColumn, depth), new GradientColumns(dy, dyRow, columns), new WeightResult(dw, depth, columns), group, depth, Panels.Padded(columns), rows, GradientSegment, 0);
    }

    /// <summary>Eight columns for a group, each with 16 chains side by side: chain l over the rows n ≡ l (mod 16), then the tree.</summary>
    [MethodImpl(Inline)]
    private static void BiasGradient(ArrayView<float> dy, ArrayView<float> bias, int dyRow, int rows, int columns)
    {
        var shared = SharedMemory.Allocate<float>(Threads.Group);
        int own = Group.IdxX % 8, chain = Group.IdxX / 8, column = Grid.IdxX * 8 + own;
        var sum = Lane.Zero;
        if (column < columns)
            for (var n = chain; n < rows; n += 16) sum += Lane.Load(dy, n * dyRow + column);
        sum.Store(shared, Group.IdxX);
        Group.Barrier();
        if (chain == 0) bias[column] = Sums.Tree(shared, Group.IdxX, 8);
    }

    /// <summary>Columns of x.</summary>
    private readonly struct DenseFeatures(ArrayView<float> x, int block, int row, int column, int depth) : IOperand
    {
        public bool LinesFirst => column == 1;

        [MethodImpl(Inline)]
        public Key Line(int line) => new(line * column, line, 0);

        [MethodImpl(Inline)]
        public Key Term(int term) => new(Place(term, block, row), 0, 0);

        [MethodImpl(Inline)]
        public Lane At(Key line, Key term)
        {
            var value = Lane.Zero;
            if (line.Row < depth) value = Lane.Load(x, line.Place + term.Place);
            return value;
        }
    }

    /// <summary>Columns of dy.</summary>
    private readonly struct GradientColumns(ArrayView<float> dy, int row, int columns) : IOperand
    {
        public bool LinesFirst => true;

        [MethodImpl(Inline)]
        public Key Line(int line) => new(line, 0, 0);

        [MethodImpl(Inline)]
        public Key Term(int term) => new(term * row, 0, 0);

        [MethodImpl(Inline)]
        public Lane At(Key line, Key term)
        {
            var value = Lane.Zero;
            if (line.Place < columns) value = Lane.Load(dy, line.Place + term.Place);
            return value;
        }
    }

    /// <summary>A weight's gradient in Panels.</summary>
    private readonly struct WeightResult(ArrayView<float> dw, int depth, int columns) : IResult
    {
        public bool RowsFirst => false;

        [MethodImpl(Inline)]
        public void Put(int row, int column, Lane sum) => sum.Store(dw, Panels.At(row, column, depth, columns));
    }
}
