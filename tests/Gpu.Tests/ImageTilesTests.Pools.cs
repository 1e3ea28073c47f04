using ILGPU;
using Kiln.Kernels;
using Xunit;
using Cpu = Kiln.Kernels.ImageTiles;
using ImageTiles = Kiln.Gpu.Kernels.ImageTiles;

namespace Gpu.Tests;

public unsafe partial class ImageTilesTests
{
    /// <inheritdoc cref="Kernels"/>
    public static class Pools
    {
        public static void MaxPool(ArrayView<float> x, ArrayView<float> y, ArrayView<int> n, int samples) => ImageTiles.MaxPool(x, y, Kernels.Places(n, 18), Kernels.Places(n, 21), Kernels.Shape(n), samples);

        public static void MaxPoolGather(ArrayView<float> x, ArrayView<float> v, ArrayView<float> y, ArrayView<int> n, int samples) =>
            ImageTiles.MaxPoolGather(x, v, y, Kernels.Places(n, 18), Kernels.Places(n, 21), Kernels.Shape(n), samples);

        public static void MaxPoolGradient(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx, ArrayView<int> n, int samples) =>
            ImageTiles.MaxPoolGradient(x, dy, dx, Kernels.Places(n, 18), Kernels.Places(n, 21), Kernels.Shape(n), samples);

        public static void AveragePool(ArrayView<float> x, ArrayView<float> y, ArrayView<int> n, int samples) => ImageTiles.AveragePool(x, y, Kernels.Places(n, 18), Kernels.Places(n, 21), Kernels.Shape(n), samples);

        public static void AveragePoolGradient(ArrayView<float> dy, ArrayView<float> dx, ArrayView<int> n, int samples) =>
            ImageTiles.AveragePoolGradient(dy, dx, Kernels.Places(n, 18), Kernels.Places(n, 21), Kernels.Shape(n), samples);
    }

    private static readonly ImageShape[] PoolShapes =
    [
        new(5, 8, 6, 5, 4, 3, 2, 2, 2, 2), // a partition
        new(18, 7, 9, 18, 4, 5, 3, 3, 2, 2, 1, 1, bottom: 1, right: 1), // windows overlap
        new(3, 7, 9, 3, 4, 5, 3, 3, 2, 2, 1, 1, bottom: 1, right: 1, divisor: PoolDivisor.Inside),
        new(17, 9, 10, 17, 3, 4, 3, 2, 3, 3, dilationY: 1, dilationX: 2), // gaps between windows, and taps two apart
        new(4, 19, 17, 4, 1, 1, 19, 17), // segments
        new(6, 10, 7, 6, 3, 2, 0, 0), // windows share the image
        new(5, 12, 10, 5, 2, 1, 0, 0), // large ones, none of which overlap
        new(6, 10, 7, 6, 1, 1, 0, 0, divisor: PoolDivisor.One),
        new(2, 4, 4, 2, 3, 3, 2, 2, 2, 2, 1, 1, bottom: 1, right: 1, divisor: PoolDivisor.Inside),
    ];

    [DeviceTheory]
    [InlineData(0, 3)]
    [InlineData(1, 18)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 17)]
    [InlineData(5, 3)]
    [InlineData(6, 3)]
    [InlineData(7, 3)]
    [InlineData(8, 3)]
    public void Pools_have_the_bits_of_the_CPU(int number, int samples)
    {
        ref readonly var s = ref PoolShapes[number];
        foreach (var kind in new[] { Kind.Lanes, Kind.Channels })
        {
            var inChannels = kind == Kind.Channels;
            Images x = new(kind, samples, s.Channels, s.Height * s.Width, 1), v = new(kind, samples, s.Channels, s.Height * s.Width, 2), dy = new(kind, samples, s.Channels, s.OutHeight * s.OutWidth, 3);
            // Equal numbers, of which the first one counts, and what is no number.
            for (var i = 0; i < x.Numbers.Length; i++) x.Numbers[i] = i % 97 == 96 ? float.NaN : MathF.Round(x.Numbers[i] * 4) / 4;
            var numbers = Numbers(s, x, dy);
            int threads = DeviceWork.Pool(s, x.Samples, inChannels), gradientThreads = DeviceWork.PoolGradient(s, x.Samples, inChannels);

            Images y = dy.Empty(), yThere = dy.Empty(), picked = dy.Empty(), pickedThere = dy.Empty(), mean = dy.Empty(), meanThere = dy.Empty();
            Images dx = x.Empty(), dxThere = x.Empty(), dmean = x.Empty(), dmeanThere = x.Empty();
            fixed (float* px = x.Numbers, pv = v.Numbers, pdy = dy.Numbers, py = y.Numbers, pp = picked.Numbers, pm = mean.Numbers, pdx = dx.Numbers, pdm = dmean.Numbers)
                for (var i = 0; i < x.Pieces; i++)
                    if (inChannels)
                    {
                        ChannelTiles.MaxPool<V128>(x.At(px, i), y.At(py, i), s);
                        ChannelTiles.MaxPoolGather<V128>(x.At(px, i), x.At(pv, i), y.At(pp, i), s);
                        ChannelTiles.MaxPoolGradient<V128>(x.At(px, i), y.At(pdy, i), x.At(pdx, i), s);
                        ChannelTiles.AveragePool<V128>(x.At(pv, i), y.At(pm, i), s);
                        ChannelTiles.AveragePoolGradient<V128>(y.At(pdy, i), x.At(pdm, i), s);
                    }
                    else
                    {
                        Cpu.MaxPool<V128>(x.At(px, i), y.At(py, i), s);
                        Cpu.MaxPoolGather<V128>(x.At(px, i), x.At(pv, i), y.At(pp, i), s);
                        Cpu.MaxPoolGradient<V128>(x.At(px, i), y.At(pdy, i), x.At(pdx, i), s);
                        Cpu.AveragePool<V128>(x.At(pv, i), y.At(pm, i), s);
                        Cpu.AveragePoolGradient<V128>(y.At(pdy, i), x.At(pdm, i), s);
                    }
            Bench.Run(typeof(Pools), "MaxPool", threads, x.Numbers, yThere.Numbers, numbers, x.Samples);
            Same.Bits(y.Numbers, yThere.Numbers, $"{kind}, maximum");
            Bench.Run(typeof(Pools), "MaxPoolGather", threads, x.Numbers, v.Numbers, pickedThere.Numbers, numbers, x.Samples);
            Same.Bits(picked.Numbers, pickedThere.Numbers, $"{kind}, at the maximum");
            Bench.Run(typeof(Pools), "MaxPoolGradient", gradientThreads, x.Numbers, dy.Numbers, dxThere.Numbers, numbers, x.Samples);
            Same.Bits(dx.Numbers, dxThere.Numbers, $"{kind}, gradient of the maximum");
            Bench.Run(typeof(Pools), "AveragePool", threads, v.Numbers, meanThere.Numbers, numbers, x.Samples);
            Same.Bits(mean.Numbers, meanThere.Numbers, $"{kind}, mean");
            Bench.Run(typeof(Pools), "AveragePoolGradient", gradientThreads, dy.Numbers, dmeanThere.Numbers, numbers, x.Samples);
            Same.Bits(dmean.Numbers, dmeanThere.Numbers, $"{kind}, gradient of the mean");
        }
    }
}
