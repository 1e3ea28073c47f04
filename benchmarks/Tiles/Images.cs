using Kiln.Kernels;

namespace Kiln.Tiles;

/// <summary>Convolutions and pools in Lanes.</summary>
internal static unsafe class Images
{
    public static void Run<V>(double peak) where V : struct, IVector<V>
    {
        var step = Convolution<V>("LeNet-5 conv1 1 → 6 5×5 28²", peak, 64, new(1, 28, 28, 6, 28, 28, 5, 5, top: 2, left: 2), dataGradient: false);
        step += Convolution<V>("LeNet-5 conv2 6 → 16 5×5 14²", peak, 64, new(6, 14, 14, 16, 10, 10, 5, 5), dataGradient: true);
        Console.WriteLine($"  LeNet-5 convolutions of a step of 64: {step * 1e6:F0} µs");
        Pool<V>("LeNet-5 pool1 6 2×2 28²", 64, new(6, 28, 28, 6, 14, 14, 2, 2, 2, 2));
        Convolution<V>("3 → 16 3×3 32²", peak, 16, new(3, 32, 32, 16, 32, 32, 3, 3, top: 1, left: 1), dataGradient: true);
        Convolution<V>("16 → 16 3×3 32²", peak, 16, new(16, 32, 32, 16, 32, 32, 3, 3, top: 1, left: 1), dataGradient: true);
        Convolution<V>("16 → 32 3×3/2 32²", peak, 16, new(16, 32, 32, 32, 16, 16, 3, 3, 2, 2, top: 1, left: 1), dataGradient: true);
        Convolution<V>("64 → 64 3×3 8²", peak, 16, new(64, 8, 8, 64, 8, 8, 3, 3, top: 1, left: 1), dataGradient: true);
        Convolution<V>("64 → 64 3×3 56²", peak, 16, new(64, 56, 56, 64, 56, 56, 3, 3, top: 1, left: 1), dataGradient: true);
        Convolution<V>("64 → 64 1×1 14²", peak, 16, new(64, 14, 14, 64, 14, 14, 1, 1), dataGradient: true);
        Convolution<V>("depthwise 64 3×3 14²", peak, 16, new(64, 14, 14, 64, 14, 14, 3, 3, top: 1, left: 1, groups: 64), dataGradient: true);
    }

    private static double Convolution<V>(string name, double peak, int samples, ImageShape s, bool dataGradient) where V : struct, IVector<V>
    {
        var blocks = samples / 16;
        int inputs = s.Channels / s.Groups, taps = s.KernelHeight * s.KernelWidth;
        nint xBlock = s.Channels * s.Height * s.Width * 16, yBlock = s.OutChannels * s.OutHeight * s.OutWidth * 16;
        float* x = Measure.Floats((int)xBlock * blocks), y = Measure.Floats((int)yBlock * blocks), dx = Measure.Floats((int)xBlock * blocks);
        float* w = Measure.Floats(taps * inputs * ((s.OutChannels + 31) & -32)), wt = Measure.Floats(taps * s.OutChannels / s.Groups * ((s.Channels + 31) & -32));
        // Taps that meet the image: what must be computed.
        double terms = Meets(s.OutHeight, s.Height, s.KernelHeight, s.StrideY, s.Top) * (double)Meets(s.OutWidth, s.Width, s.KernelWidth, s.StrideX, s.Left) * inputs * s.OutChannels * samples;
        var total = Line("forward", Measure.Seconds(() =>
        {
            for (var b = 0; b < blocks; b++) ImageTiles.Convolve<V>(x + b * xBlock, w, y + b * yBlock, s);
        }));
        if (dataGradient)
        {
            total += Line("data gradient", Measure.Seconds(() =>
            {
                ImageTiles.TransposeKernel(w, wt, s);
                for (var b = 0; b < blocks; b++) ImageTiles.DataGradient<V>(y + b * yBlock, wt, dx + b * xBlock, s);
            }));
        }
        var items = ImageTiles.WeightGradientItems(s);
        total += Line("weight gradient", Measure.Seconds(() => ImageTiles.WeightGradient<V>(x, xBlock, y, yBlock, blocks, w, s, 0, items)));
        return total;

        double Line(string what, double seconds)
        {
            Console.WriteLine($"  {name,-28} {what,-16} {seconds * 1e6,9:F1} µs {2 * terms / seconds / 1e9,6:F0} GFLOP/s {2 * terms / seconds / peak,5:P0}");
            return seconds;
        }
    }

    /// <summary>Pairs of an output and a tap along an axis that meet the image.</summary>
    public static int Meets(int outputs, int size, int kernel, int stride, int padding)
    {
        var count = 0;
        for (var i = 0; i < outputs; i++)
            for (var u = 0; u < kernel; u++)
                if (i * stride + u - padding >= 0 && i * stride + u - padding < size) count++;
        return count;
    }

    private static void Pool<V>(string name, int samples, ImageShape s) where V : struct, IVector<V>
    {
        var blocks = samples / 16;
        nint xBlock = s.Channels * s.Height * s.Width * 16, yBlock = s.OutChannels * s.OutHeight * s.OutWidth * 16;
        float* x = Measure.Floats((int)xBlock * blocks), y = Measure.Floats((int)yBlock * blocks), dx = Measure.Floats((int)xBlock * blocks);
        Line("MaxPool", Measure.Seconds(() => { for (var b = 0; b < blocks; b++) ImageTiles.MaxPool<V>(x + b * xBlock, y + b * yBlock, s); }));
        Line("MaxPoolGradient", Measure.Seconds(() => { for (var b = 0; b < blocks; b++) ImageTiles.MaxPoolGradient<V>(x + b * xBlock, y + b * yBlock, dx + b * xBlock, s); }));
        Line("AveragePool", Measure.Seconds(() => { for (var b = 0; b < blocks; b++) ImageTiles.AveragePool<V>(x + b * xBlock, y + b * yBlock, s); }));
        Line("AveragePoolGradient", Measure.Seconds(() => { for (var b = 0; b < blocks; b++) ImageTiles.AveragePoolGradient<V>(y + b * yBlock, dx + b * xBlock, s); }));

        void Line(string what, double seconds) => Console.WriteLine($"  {name,-28} {what,-19} {seconds * 1e6,6:F1} µs {4.0 * xBlock * blocks / seconds / 1e9,6:F0} GB/s of x");
    }

    /// <summary>Moves between Rows and Lanes of 64 samples of 784 features.</summary>
    public static void Layouts()
    {
        const int features = 784;
        float* rows = Measure.Floats(64 * features), lanes = Measure.Floats(64 * features);
        Line("RowsToLanes", Measure.Seconds(() => { for (var b = 0; b < 4; b++) Kernels.Layouts.RowsToLanes(rows + b * 16 * features, features, 16, features, lanes + b * 16 * features); }));
        Line("LanesToRows", Measure.Seconds(() => { for (var b = 0; b < 4; b++) Kernels.Layouts.LanesToRows(lanes + b * 16 * features, features, rows + b * 16 * features, features, 16); }));
        Line("BytesToLanes", Measure.Seconds(() => { for (var b = 0; b < 4; b++) Kernels.Layouts.BytesToLanes((byte*)rows + b * 16 * features, features, 16, features, 1, 2, lanes + b * 16 * features); }));

        static void Line(string what, double seconds) => Console.WriteLine($"  {what,-14} 64 × {features}: {seconds * 1e6:F1} µs, {4.0 * 64 * features / seconds / 1e9:F0} GB/s of floats");
    }
}
