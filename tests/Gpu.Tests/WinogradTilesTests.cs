using ILGPU;
using Kiln.Kernels;
using Xunit;
using Cpu = Kiln.Kernels.WinogradTiles;
using WinogradTiles = Kiln.Gpu.Kernels.WinogradTiles;

namespace Gpu.Tests;

/// <summary>Winograd's algorithm on a device: the bits of the CPU's.</summary>
public unsafe class WinogradTilesTests
{
    /// <summary>The kernels read the geometry from memory; the size of a tile is a constant, as in networks.</summary>
    public static class Kernels
    {
        public static void Kernel2(ArrayView<float> w, ArrayView<float> u, int inputs, int outputs, int flipped) => WinogradTiles.Kernel(w, u, inputs, outputs, 2, flipped != 0);

        public static void Kernel4(ArrayView<float> w, ArrayView<float> u, int inputs, int outputs, int flipped) => WinogradTiles.Kernel(w, u, inputs, outputs, 4, flipped != 0);

        public static void Convolve2(ArrayView<float> x, ArrayView<float> u, ArrayView<float> y, ArrayView<float> scale, ArrayView<float> shift, ArrayView<float> residual, ArrayView<int> n, int xSample, int ySample, int yPixel, int samples, int epilogue) =>
            WinogradTiles.Convolve(x, u, y, scale, shift, residual, xSample, ySample, yPixel, ImageTilesTests.Kernels.Shape(n), 2, samples, (epilogue & 1) != 0, (epilogue & 2) != 0, (epilogue & 4) != 0, (epilogue & 8) != 0);

        public static void Convolve4(ArrayView<float> x, ArrayView<float> u, ArrayView<float> y, ArrayView<float> scale, ArrayView<float> shift, ArrayView<float> residual, ArrayView<int> n, int xSample, int ySample, int yPixel, int samples, int epilogue) =>
            WinogradTiles.Convolve(x, u, y, scale, shift, residual, xSample, ySample, yPixel, ImageTilesTests.Kernels.Shape(n), 4, samples, (epilogue & 1) != 0, (epilogue & 2) != 0, (epilogue & 4) != 0, (epilogue & 8) != 0);

        public static void Gradient2(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> sums, ArrayView<int> n, int xSample, int dySample, int groups, int samples) =>
            WinogradTiles.Gradient(x, dy, sums, xSample, dySample, ImageTilesTests.Kernels.Shape(n), 2, groups, samples);

        public static void Gradient4(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> sums, ArrayView<int> n, int xSample, int dySample, int groups, int samples) =>
            WinogradTiles.Gradient(x, dy, sums, xSample, dySample, ImageTilesTests.Kernels.Shape(n), 4, groups, samples);

        public static void JoinGradient2(ArrayView<float> sums, ArrayView<float> dw, int inputs, int outputs, int groups) => WinogradTiles.JoinGradient(sums, dw, inputs, outputs, 2, groups);

        public static void JoinGradient4(ArrayView<float> sums, ArrayView<float> dw, int inputs, int outputs, int groups) => WinogradTiles.JoinGradient(sums, dw, inputs, outputs, 4, groups);
    }

    [DeviceTheory]
    [InlineData(2, 5, 7, 6, 9, 3, 2, 0, 1)]
    [InlineData(4, 19, 9, 10, 40, 2, 3, 3, 1)]
    [InlineData(2, 290, 4, 4, 18, 3, 2, 15, 1)] // two segments of channels
    [InlineData(4, 300, 5, 7, 20, 2, 1, 14, 0)]
    [InlineData(4, 16, 13, 12, 16, 9, 4, 8, 1)] // several blocks of tiles
    public void Everything_has_the_bits_of_the_CPU(int size, int channels, int height, int width, int outChannels, int samples, int groups, int epilogue, int padding)
    {
        int outHeight = height + 2 * padding - 2, outWidth = width + 2 * padding - 2, depth = (channels + 15) & -16, columns = (outChannels + 15) & -16, places = (size + 2) * (size + 2);
        var s = new ImageShape(channels, height, width, outChannels, outHeight, outWidth, 3, 3, top: padding, left: padding);
        int[] n = [s.Channels, s.Height, s.Width, s.OutChannels, s.OutHeight, s.OutWidth, 3, 3, 1, 1, s.Top, s.Left, 1, 1, 1, 0, 0, 0];
        var w = DenseTilesTests.Weight(9 * channels, outChannels, 1);
        float[] u = [], uThere = [];
        for (var flipped = 1; flipped >= 0; flipped--)
        {
            (u, uThere) = (Same.Untouched(places * depth * columns), Same.Untouched(places * depth * columns));
            fixed (float* pw = w, pu = u) Cpu.Kernel<V128>(pw, pu, channels, outChannels, size, flipped == 1, 0, Cpu.KernelItems(channels, outChannels));
            Bench.Run(typeof(Kernels), $"Kernel{size}", DeviceWork.WinogradKernel(channels, outChannels), w, uThere, channels, outChannels, flipped);
            Same.Bits(u, uThere, $"kernel, flipped: {flipped}");
        }

        int pixel = Layouts.PixelFloats(channels), dyPixel = Layouts.PixelFloats(outChannels), xSample = height * width * pixel, ySample = outHeight * outWidth * dyPixel;
        float[] x = Same.Random(samples * xSample, 2), dy = Same.Random(samples * ySample, 3), scale = Same.Random(columns, 4), shift = Same.Random(columns, 5);
        float[] y = Same.Untouched(dy.Length), yThere = Same.Untouched(dy.Length);
        fixed (float* px = x, pu = u, py = y, pscale = scale, pshift = shift, pr = dy)
            Cpu.Convolve<V128>(px, xSample, pu, py, ySample, samples, s, size, 0, Cpu.Items(s, size, samples), (epilogue & 1) != 0 ? pscale : null, (epilogue & 2) != 0 ? pshift : null, (epilogue & 4) != 0 ? pr : null, (epilogue & 8) != 0);
        Bench.Run(typeof(Kernels), $"Convolve{size}", DeviceWork.Winograd(s, size, samples), x, u, yThere, scale, shift, dy, n, xSample, ySample, dyPixel, samples, epilogue);
        Same.Bits(y, yThere, "convolution");

        float[] sums = new float[groups * places * depth * columns], sumsThere = new float[sums.Length], dw = Same.Untouched(w.Length), dwThere = Same.Untouched(w.Length);
        fixed (float* px = x, pdy = dy, psums = sums, pdw = dw)
        {
            Cpu.Gradient<V128>(px, xSample, pdy, ySample, samples, psums, s, size, groups, 0, Cpu.GradientItems(s, groups));
            Cpu.JoinGradient<V128>(psums, pdw, channels, outChannels, size, groups, 0, Cpu.KernelItems(channels, outChannels));
        }
        Bench.Run(typeof(Kernels), $"Gradient{size}", DeviceWork.WinogradGradient(s, groups), x, dy, sumsThere, n, xSample, ySample, groups, samples);
        Bench.Run(typeof(Kernels), $"JoinGradient{size}", DeviceWork.WinogradKernel(channels, outChannels), sumsThere, dwThere, channels, outChannels, groups);
        Same.Bits(dw, dwThere, "gradient");
    }
}
