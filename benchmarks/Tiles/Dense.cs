using Kiln.Kernels;

namespace Kiln.Tiles;

/// <summary>Matrix products of a layer: forward, data gradient, weight gradient; the transposition of the weights apart.</summary>
internal static unsafe class Dense
{
    public static void Run<V>() where V : struct, IVector<V>
    {
        foreach (var (rows, depth, columns) in new[] { (64, 784, 256), (64, 256, 128), (64, 128, 10), (256, 256, 256), (512, 512, 512), (32, 256, 512), (96, 1024, 256), (32, 1024, 1024) })
        {
            var stride = (columns + 15) & -16;
            float* x = Measure.Floats(rows * depth + 16), w = Measure.Floats(depth * stride), y = Measure.Floats(rows * stride);
            float* wt = Measure.Floats(stride * ((depth + 15) & -16)), dx = Measure.Floats(rows * ((depth + 15) & -16));
            var items = DenseTiles.WeightGradientItems(depth, columns);
            Line("forward", () => DenseTiles.Multiply<V>(x, depth, 1, w, y, stride, rows, depth, columns));
            Line("data gradient", () => DenseTiles.Multiply<V>(y, stride, 1, wt, dx, depth, rows, columns, depth));
            Line("weight gradient", () => DenseTiles.WeightGradient<V>([new(x, 16 * depth, depth, 1, w, depth)], y, stride, rows, columns, 0, items));
            Line("… from Lanes", () => DenseTiles.WeightGradient<V>([new(x, 16 * depth, 1, 16, w, depth)], y, stride, rows, columns, 0, items));
            Console.WriteLine($"  {depth} × {columns} transposed {Measure.Seconds(() => DenseTiles.TransposePanels(w, wt, depth, columns)) * 1e6,9:F1} µs");

            void Line(string what, Action action)
            {
                var (seconds, peak) = Measure.WithPeak<V>(action);
                var rate = 2.0 * rows * depth * columns / seconds;
                Console.WriteLine($"  {rows} × {depth} × {columns} {what,-16} {seconds * 1e6,9:F1} µs {rate / 1e9,6:F0} GFLOP/s {rate / peak,5:P0}");
            }
        }
    }

    /// <summary>One sample through 784-256-128-10.</summary>
    public static void Row<V>() where V : struct, IVector<V>
    {
        int[] sizes = [784, 256, 128, 10];
        var floats = 0;
        var layers = new nint[3];
        for (var i = 0; i < 3; i++)
        {
            var count = sizes[i] * ((sizes[i + 1] + 15) & -16);
            layers[i] = (nint)Measure.Floats(count);
            floats += count;
        }
        float* a = Measure.Floats(784), b = Measure.Floats(784);
        var seconds = Measure.Seconds(() =>
        {
            DenseTiles.Multiply<V>(a, 784, 1, (float*)layers[0], b, 256, 1, 784, 256);
            DenseTiles.Multiply<V>(b, 256, 1, (float*)layers[1], a, 128, 1, 256, 128);
            DenseTiles.Multiply<V>(a, 128, 1, (float*)layers[2], b, 16, 1, 128, 10);
        });
        Console.WriteLine($"  one row through 784-256-128-10: {seconds * 1e6:F2} µs, {4.0 * floats / seconds / 1e9:F0} GB/s of weights");
        for (var i = 0; i < 3; i++)
        {
            var (layer, from, to) = (layers[i], sizes[i], sizes[i + 1]);
            Console.WriteLine($"    {from} → {to}: {1e6 * Measure.Seconds(() => DenseTiles.Multiply<V>(a, 784, 1, (float*)layer, b, 256, 1, from, to)):F2} µs");
        }
    }
}
