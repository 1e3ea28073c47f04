using ILGPU;
using Kiln.Gpu.Kernels;
using Kiln.Kernels;
using Xunit;
using Cpu = Kiln.Kernels.ImageTiles;
using ImageTiles = Kiln.Gpu.Kernels.ImageTiles;

namespace Gpu.Tests;

/// <summary>Convolutions and pools on a device: the bits of the CPU's, in every layout.</summary>
public unsafe partial class ImageTilesTests
{
    private enum Kind { Lanes, Channels, Planes }

    /// <summary>The kernels read the geometry from memory, so that one serves all.</summary>
    public static class Kernels
    {
        public static void Convolve(ArrayView<float> x, ArrayView<float> w, ArrayView<float> y, ArrayView<int> n, int samples) =>
            ImageTiles.Convolve<Float32>(x, w, y, Places(n, 18), Places(n, 21), Shape(n), samples);

        public static void ConvolveFused(ArrayView<float> x, ArrayView<float> w, ArrayView<float> y, ArrayView<float> scale, ArrayView<float> shift, ArrayView<float> residual, ArrayView<int> n, int samples, int hasScale, int hasShift, int hasResidual, int relu) =>
            ImageTiles.ConvolveFused<Float32>(x, w, y, scale, shift, residual, Places(n, 18), Places(n, 21), Shape(n), samples, hasScale != 0, hasShift != 0, hasResidual != 0, relu != 0);

        public static void DataGradient(ArrayView<float> dy, ArrayView<float> wt, ArrayView<float> dx, ArrayView<int> n, int samples) =>
            ImageTiles.DataGradient<Float32>(dy, wt, dx, Places(n, 21), Places(n, 18), Shape(n), samples);

        public static void WeightGradient(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw, ArrayView<int> n, int samples) =>
            ImageTiles.WeightGradient<Float32>(x, dy, dw, Places(n, 18), Places(n, 21), Shape(n), samples);

        public static void TransposeKernel(ArrayView<float> w, ArrayView<float> wt, ArrayView<int> n) => ImageTiles.TransposeKernel(w, wt, Shape(n));

        internal static ImageShape Shape(ArrayView<int> n) =>
            new(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11], n[12], n[13], n[14], n[15], n[16], (PoolDivisor)n[17]);

        internal static ImagePlaces Places(ArrayView<int> n, int at)
        {
            if (n[at] == 0) return ImagePlaces.Lanes(n[at + 1], n[at + 2]);
            return n[at] == 1 ? ImagePlaces.Channels(n[at + 1], n[at + 2]) : ImagePlaces.Planes(n[at + 1], n[at + 2]);
        }
    }

    private static readonly ImageShape[] Shapes =
    [
        Of(3, 7, 9, 8, 3, 3, padding: 1),
        Of(1, 12, 20, 6, 5, 5),
        Of(20, 6, 5, 40, 3, 3, stride: 2, padding: 1),
        Of(70, 4, 4, 33, 3, 3, padding: 1), // two segments
        Of(5, 6, 7, 18, 1, 1),
        Of(16, 5, 18, 7, 4, 2, padding: 1, dilation: 2),
        Of(8, 9, 6, 12, 3, 3, padding: 1, groups: 4),
        Of(64, 6, 4, 96, 3, 2, stride: 2, padding: 1, groups: 2),
        Of(9, 40, 25, 24, 3, 3, padding: 1), // large tiles
    ];

    private static ImageShape Of(int channels, int height, int width, int outChannels, int kernelHeight, int kernelWidth, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) => new(
        channels, height, width, outChannels, (height + 2 * padding - (kernelHeight - 1) * dilation - 1) / stride + 1, (width + 2 * padding - (kernelWidth - 1) * dilation - 1) / stride + 1,
        kernelHeight, kernelWidth, stride, stride, padding, padding, dilation, dilation, groups, padding, padding);

    [DeviceTheory]
    [InlineData(0, 1)]
    [InlineData(0, 19)]
    [InlineData(1, 5)]
    [InlineData(2, 18)]
    [InlineData(3, 2)]
    [InlineData(4, 17)]
    [InlineData(5, 3)]
    [InlineData(6, 18)]
    [InlineData(7, 3)]
    [InlineData(8, 32)]
    public void Convolutions_have_the_bits_of_the_CPU(int number, int samples) => Convolutions(typeof(Kernels), numbers => numbers, number, samples);

    /// <param name="kernels">Has the kernels.</param>
    /// <param name="operand">What the kernels of products do with their operands first.</param>
    private static void Convolutions(Type kernels, Func<float[], float[]> operand, int number, int samples)
    {
        ref readonly var s = ref Shapes[number];
        int inputs = s.Channels / s.Groups, outputs = s.OutChannels / s.Groups, taps = s.KernelHeight * s.KernelWidth;
        var w = DenseTilesTests.Weight(taps * inputs, s.OutChannels, 1);
        float[] wt = Same.Untouched(taps * outputs * Padded(s.Channels)), wtThere = Same.Untouched(wt.Length);
        fixed (float* pw = w, pwt = wt) Cpu.TransposeKernel(pw, pwt, s);
        Bench.Run(typeof(Kernels), "TransposeKernel", DeviceWork.TransposeKernel(s), w, wtThere, Numbers(s, default, default));
        Same.Bits(wt, wtThere, "transposed kernel");

        foreach (var kind in new[] { Kind.Lanes, Kind.Channels, Kind.Planes })
        {
            if (s.Groups > 1 && (kind == Kind.Planes || kind == Kind.Channels && outputs % 32 != 0)) continue;
            if (kind == Kind.Planes && (s.StrideX > 1 || s.OutWidth < 16)) continue;
            Images x = new(kind, samples, s.Channels, s.Height * s.Width, 2), dy = new(kind, samples, s.OutChannels, s.OutHeight * s.OutWidth, 3);
            if (kind == Kind.Lanes)
                fixed (float* pdy = dy.Numbers) Kiln.Kernels.Layouts.ClearDeadLanes(pdy, dy.Features, samples);
            var numbers = Numbers(s, x, dy);

            Images y = dy.Empty(), yThere = dy.Empty();
            fixed (float* px = operand(x.Numbers), pw = operand(w), py = y.Numbers)
                for (var i = 0; i < x.Pieces; i++)
                    if (kind == Kind.Lanes) Cpu.Convolve<V128>(x.At(px, i), pw, y.At(py, i), s);
                    else if (kind == Kind.Channels) ChannelTiles.Convolve<V128>(x.At(px, i), pw, y.At(py, i), s);
                    else Cpu.ConvolveRows<V128>(x.At(px, i), pw, y.At(py, i), s);
            Bench.Run(kernels, "Convolve", DeviceWork.Convolve(s, x.Samples, kind == Kind.Channels), x.Numbers, w, yThere.Numbers, numbers, x.Samples);
            Same.Bits(y.Numbers, yThere.Numbers, $"{kind}");
            if (kind == Kind.Planes) continue;

            Images dx = x.Empty(), dxThere = x.Empty();
            fixed (float* pdy = operand(dy.Numbers), pwt = operand(wt), pdx = dx.Numbers)
                for (var i = 0; i < x.Pieces; i++)
                    if (kind == Kind.Lanes) Cpu.DataGradient<V128>(dy.At(pdy, i), pwt, dx.At(pdx, i), s);
                    else ChannelTiles.DataGradient<V128>(dy.At(pdy, i), pwt, dx.At(pdx, i), s);
            Bench.Run(kernels, "DataGradient", DeviceWork.DataGradient(s, x.Samples, kind == Kind.Channels), dy.Numbers, wt, dxThere.Numbers, numbers, x.Samples);
            Same.Bits(dx.Numbers, dxThere.Numbers, $"{kind}, data gradient");

            float[] dw = Same.Untouched(w.Length), dwThere = Same.Untouched(w.Length);
            fixed (float* px = operand(x.Numbers), pdy = operand(dy.Numbers), pdw = dw)
                if (kind == Kind.Lanes) Cpu.WeightGradient<V128>(px, 16 * x.Features, pdy, 16 * dy.Features, x.Pieces, pdw, s, 0, Cpu.WeightGradientItems(s));
                else ChannelTiles.WeightGradient<V128>(px, x.Sample, pdy, dy.Sample, samples, pdw, s, 0, ChannelTiles.WeightGradientItems(s));
            Bench.Run(kernels, "WeightGradient", DeviceWork.WeightGradient(s), x.Numbers, dy.Numbers, dwThere, numbers, x.Samples);
            Same.Bits(dw, dwThere, $"{kind}, weight gradient");
        }
    }

    [DeviceTheory]
    [InlineData(0, true, true, true, true, false)]
    [InlineData(2, false, true, false, true, true)]
    [InlineData(3, true, true, false, false, false)]
    [InlineData(4, false, false, true, false, true)]
    public void Epilogues_have_the_bits_of_the_CPU(int number, bool hasScale, bool hasShift, bool hasResidual, bool relu, bool inPart)
    {
        const int samples = 5;
        ref readonly var s = ref Shapes[number];
        var w = DenseTilesTests.Weight(s.KernelHeight * s.KernelWidth * s.Channels, s.OutChannels, 1);
        Images x = new(Kind.Channels, samples, s.Channels, s.Height * s.Width, 2), residual = new(Kind.Channels, samples, Padded(s.OutChannels) + (inPart ? 32 : 0), s.OutHeight * s.OutWidth, 3);
        float[] scale = Same.Random(Padded(s.OutChannels), 4), shift = Same.Random(Padded(s.OutChannels), 5);
        Images y = residual.Empty(), yThere = residual.Empty();
        fixed (float* px = x.Numbers, pw = w, py = y.Numbers, pscale = scale, pshift = shift, pr = residual.Numbers)
            for (var i = 0; i < x.Pieces; i++)
                ChannelTiles.Convolve<V128>(x.At(px, i), pw, y.At(py, i), s, hasScale ? pscale : null, hasShift ? pshift : null, hasResidual ? residual.At(pr, i) : null, relu, residual.Pixel);
        Bench.Run(typeof(Kernels), "ConvolveFused", DeviceWork.Convolve(s, samples, true), x.Numbers, w, yThere.Numbers, scale, shift, residual.Numbers, Numbers(s, x, residual), samples, hasScale ? 1 : 0, hasShift ? 1 : 0, hasResidual ? 1 : 0, relu ? 1 : 0);
        Same.Bits(y.Numbers, yThere.Numbers, "fused");
    }

    private static int Padded(int count) => (count + 15) & -16;

    /// <summary>The geometry and where images lie, as the kernels read them.</summary>
    private static int[] Numbers(in ImageShape s, Images? x, Images? y) =>
    [
        s.Channels, s.Height, s.Width, s.OutChannels, s.OutHeight, s.OutWidth, s.KernelHeight, s.KernelWidth, s.StrideY, s.StrideX, s.Top, s.Left, s.DilationY, s.DilationX, s.Groups, s.Bottom, s.Right, (int)s.Divisor,
        .. x?.Places ?? [], .. y?.Places ?? [],
    ];

    /// <summary>Images of random numbers in a layout; in Lanes, whole blocks.</summary>
    private sealed class Images
    {
        private readonly Kind _kind;
        private readonly int _pixels;

        public Images(Kind kind, int samples, int channels, int pixels, int seed)
        {
            (_kind, _pixels, Features, Pixel) = (kind, pixels, channels * pixels, Kiln.Kernels.Layouts.PixelFloats(channels));
            Samples = kind == Kind.Lanes ? Padded(samples) : samples;
            Pieces = kind == Kind.Lanes ? Samples / 16 : samples;
            Sample = kind == Kind.Lanes ? 16 * Features : kind == Kind.Channels ? pixels * Pixel : Padded(Features);
            Places = kind == Kind.Lanes ? [0, channels, pixels] : kind == Kind.Channels ? [1, Sample, Pixel] : [2, Sample, pixels];
            Numbers = Same.Random(Pieces * Sample, seed);
        }

        private Images(Images like)
        {
            (_kind, _pixels, Features, Pixel, Samples, Pieces, Sample, Places) = (like._kind, like._pixels, like.Features, like.Pixel, like.Samples, like.Pieces, like.Sample, like.Places);
            Numbers = Same.Untouched(like.Numbers.Length);
        }

        public float[] Numbers { get; }

        /// <summary>Elements of a sample.</summary>
        public int Features { get; }

        /// <summary>In Channels, from a pixel to the next.</summary>
        public int Pixel { get; }

        /// <summary>Samples, dead lanes included.</summary>
        public int Samples { get; }

        /// <summary>What the CPU computes at a time: blocks or samples.</summary>
        public int Pieces { get; }

        /// <summary>From a piece to the next.</summary>
        public int Sample { get; }

        public int[] Places { get; }

        public Images Empty() => new(this);

        public float* At(float* numbers, int piece) => numbers + piece * Sample;
    }
}
