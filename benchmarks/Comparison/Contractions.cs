using Kiln.Kernels;
using Kiln.Tiles;

namespace Kiln.Comparison;

/// <summary>The three matrix products of a dense layer, on the register tiles alone: one thread.</summary>
internal static unsafe class Contractions
{
    private static readonly (int Rows, int Columns, int Depth)[] Sizes = [(64, 256, 784), (256, 256, 256), (512, 512, 512)];

    public static IEnumerable<Work> All()
    {
        foreach (var size in Sizes)
        {
            foreach (var bits in new[] { 512, 256 }.Where(bits => bits <= Processor.WidestVectorBits))
            {
                yield return Make("forward", size, bits, bits == 512 ? Forward<V512>(size) : Forward<V256>(size));
                yield return Make("data-gradient", size, bits, bits == 512 ? DataGradient<V512>(size) : DataGradient<V256>(size));
                yield return Make("weight-gradient", size, bits, bits == 512 ? WeightGradient<V512>(size) : WeightGradient<V256>(size));
            }
            yield return new Work($"transpose {size.Depth}x{size.Columns}", $"transpose {size.Rows} {size.Columns} {size.Depth}", 1, Processor.VectorBits, 0, 0, () => Transpose(size));
        }
    }

    private static Work Make(string product, (int Rows, int Columns, int Depth) size, int bits, Func<Action> prepare)
    {
        var name = $"{product} {size.Rows} {size.Columns} {size.Depth}";
        return new Work($"gemm {size.Rows}x{size.Columns}x{size.Depth} {product} {bits} bits", name, 1, bits, 2.0 * size.Rows * size.Columns * size.Depth, 0, () => prepare());
    }

    /// <summary>y = x · W.</summary>
    private static Func<Action> Forward<V>((int Rows, int Columns, int Depth) size) where V : struct, IVector<V> => () =>
    {
        var (rows, columns, depth) = size;
        float* x = Measure.Floats(rows * depth), w = Measure.Floats(depth * columns), y = Measure.Floats(rows * columns);
        return () => DenseTiles.Multiply<V>(x, depth, 1, w, y, columns, rows, depth, columns);
    };

    /// <summary>dx = dy · Wᵀ, with Wᵀ at hand: what transposing costs is a row of its own.</summary>
    private static Func<Action> DataGradient<V>((int Rows, int Columns, int Depth) size) where V : struct, IVector<V> => () =>
    {
        var (rows, columns, depth) = size;
        float* dy = Measure.Floats(rows * columns), transposed = Measure.Floats(depth * columns), dx = Measure.Floats(rows * depth);
        return () => DenseTiles.Multiply<V>(dy, columns, 1, transposed, dx, depth, rows, columns, depth);
    };

    private static Action Transpose((int Rows, int Columns, int Depth) size)
    {
        var (_, columns, depth) = size;
        float* w = Measure.Floats(depth * columns), transposed = Measure.Floats(depth * columns);
        return () => DenseTiles.TransposePanels(w, transposed, depth, columns);
    }

    /// <summary>dW = xᵀ · dy.</summary>
    private static Func<Action> WeightGradient<V>((int Rows, int Columns, int Depth) size) where V : struct, IVector<V> => () =>
    {
        var (rows, columns, depth) = size;
        float* x = Measure.Floats(rows * depth), dy = Measure.Floats(rows * columns), dw = Measure.Floats(depth * columns);
        var items = DenseTiles.WeightGradientItems(depth, columns);
        return () => DenseTiles.WeightGradient<V>([new(x, 16 * depth, depth, 1, dw, depth)], dy, columns, rows, columns, 0, items);
    };
}
