using Kiln.Kernels;
using Xunit;
using static Kiln.Runtime.Tests.Reference;

namespace Kiln.Runtime.Tests;

/// <summary>Convolutions by Winograd's algorithm against the sum over taps in double precision.</summary>
public unsafe class WinogradTilesTests
{
    /// <summary>channels, height, width, channels out, top, left, rows and columns of padding after the image, samples.</summary>
    public static TheoryData<int[]> Shapes => new()
    {
        new int[] { 1, 4, 4, 1, 1, 1, 1, 1, 1 },
        new int[] { 3, 9, 12, 6, 1, 1, 1, 1, 3 },
        new int[] { 16, 8, 8, 16, 1, 1, 1, 1, 17 },
        new int[] { 17, 7, 21, 37, 0, 1, 2, 0, 5 },
        new int[] { 64, 13, 10, 70, 1, 1, 1, 1, 9 },
        new int[] { 300, 6, 5, 144, 2, 2, 2, 2, 7 },
        new int[] { 1024, 3, 4, 33, 0, 0, 0, 0, 2 },
        new int[] { 5, 3, 3, 20, -1, 3, 2, 2, 90 },
        new int[] { 32, 40, 40, 40, 1, 1, 1, 1, 2 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Tiles_of_four_pixels_are_the_sum_over_taps(int[] numbers) => Check(numbers, 4, 1e-6);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Tiles_of_two_pixels_are_the_sum_over_taps(int[] numbers) => Check(numbers, 2, 5e-7);

    /// <summary>Against double precision; the same bits at every width and in other shares.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_weight_gradient_is_the_sum_over_pixels(int[] numbers)
    {
        foreach (var size in new[] { 4, 2 })
            foreach (var groups in new[] { 1, 3 })
                CheckGradient(numbers, size, groups);
    }

    private static void CheckGradient(int[] numbers, int size, int groups)
    {
        int channels = numbers[0], height = numbers[1], width = numbers[2], outChannels = numbers[3], top = numbers[4], left = numbers[5], bottom = numbers[6], right = numbers[7], samples = numbers[8];
        var s = new ImageShape(channels, height, width, outChannels, height + top + bottom - 2, width + left + right - 2, 3, 3, top: top, left: left);
        int pixel = Layouts.PixelFloats(channels), outPixel = Layouts.PixelFloats(outChannels), sample = height * width * pixel, outSample = s.OutHeight * s.OutWidth * outPixel;
        using var x = new Floats(samples * sample, 1);
        using var dy = new Floats(samples * outSample, 2);
        for (var i = 0; i < samples * sample; i++)
            if (i % pixel >= channels) x[i] = float.NaN;
        for (var i = 0; i < samples * outSample; i++)
            if (i % outPixel >= outChannels) dy[i] = float.NaN;

        var dw = Gradient<V512>();
        for (var u = 0; u < 3; u++)
            for (var v = 0; v < 3; v++)
                for (var c = 0; c < channels; c += 1 + c % 5)
                    for (var o = 0; o < outChannels; o += 1 + o % 7)
                    {
                        var (sum, magnitude) = (0.0, 0.0);
                        for (var n = 0; n < samples; n++)
                            for (var i = 0; i < s.OutHeight; i++)
                                for (var j = 0; j < s.OutWidth; j++)
                                {
                                    int row = i + u - top, column = j + v - left;
                                    if (row < 0 || row >= height || column < 0 || column >= width) continue;
                                    var product = (double)x[n * sample + (row * width + column) * pixel + c] * dy[n * outSample + (i * s.OutWidth + j) * outPixel + o];
                                    sum += product;
                                    magnitude += Math.Abs(product);
                                }
                        var actual = dw[InPanels((u * 3 + v) * channels + c, o, 9 * channels, outChannels)];
                        Assert.True(Math.Abs(sum - actual) <= 1e-6 * (magnitude + 30), $"size {size}, {groups} groups, [{u}, {v}, {c}, {o}]: expected {sum}, got {actual}");
                    }
        for (var m = outChannels; m % 16 != 0; m++)
            for (var k = 0; k < 9 * channels; k++) Assert.Equal(0, dw[InPanels(k, m, 9 * channels, outChannels)]);
        Assert.Equal(dw, Gradient<V256>());
        Assert.Equal(dw, Gradient<V128>());

        float[] Gradient<V>() where V : struct, IVector<V>
        {
            var items = WinogradTiles.GradientItems(s, groups);
            using var sums = new Floats(groups * (size + 2) * (size + 2) * (channels + 15 & -16) * (outChannels + 15 & -16));
            using var result = new Floats(PanelFloats(9 * channels, outChannels));
            WinogradTiles.Gradient<V>(x, sample, dy, outSample, samples, sums, s, size, groups, 0, items);
            WinogradTiles.JoinGradient<V>(sums, result, channels, outChannels, size, groups, 0, WinogradTiles.KernelItems(channels, outChannels));
            sums.CheckGuard();
            result.CheckGuard();

            using var shared = new Floats(PanelFloats(9 * channels, outChannels));
            for (var (item, step) = (0, 1); item < items; item += step++)
                WinogradTiles.Gradient<V>(x, sample, dy, outSample, samples, sums, s, size, groups, item, Math.Min(items, item + step));
            for (var item = 0; item < WinogradTiles.KernelItems(channels, outChannels); item++)
                WinogradTiles.JoinGradient<V>(sums, shared, channels, outChannels, size, groups, item, item + 1);
            Assert.True(result.Span.SequenceEqual(shared.Span));
            return result.Span.ToArray();
        }
    }

    /// <param name="tolerance">Of the largest sum of absolute products.</param>
    private static void Check(int[] numbers, int size, double tolerance)
    {
        int channels = numbers[0], height = numbers[1], width = numbers[2], outChannels = numbers[3], top = numbers[4], left = numbers[5], bottom = numbers[6], right = numbers[7], samples = numbers[8];
        var s = new ImageShape(channels, height, width, outChannels, height + top + bottom - 2, width + left + right - 2, 3, 3, top: top, left: left);
        int pixel = Layouts.PixelFloats(channels), outPixel = Layouts.PixelFloats(outChannels), sample = height * width * pixel, outSample = s.OutHeight * s.OutWidth * outPixel;
        using var x = new Floats(samples * sample, 1);
        for (var i = 0; i < samples * sample; i++)
            if (i % pixel >= channels) x[i] = float.NaN;
        using var w = new Floats(PanelFloats(9 * channels, outChannels), 2);
        for (var k = 0; k < 9 * channels; k++)
            for (var m = outChannels; m % 16 != 0; m++) w[InPanels(k, m, 9 * channels, outChannels)] = 0;
        using var residual = new Floats(samples * outSample, 3);
        using var numbersPerChannel = new Floats(2 * outPixel, 4);
        float* scale = numbersPerChannel, shift = scale + outPixel;

        var y = Convolve<V512>();
        for (var n = 0; n < samples; n++)
            for (var i = 0; i < s.OutHeight; i++)
                for (var j = 0; j < s.OutWidth; j++)
                    for (var o = 0; o < outChannels; o += 1 + o % 3)
                    {
                        var (sum, size1) = (0.0, 0.0);
                        for (var u = 0; u < 3; u++)
                            for (var v = 0; v < 3; v++)
                            {
                                int row = i + u - top, column = j + v - left;
                                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                                for (var c = 0; c < channels; c++)
                                {
                                    var product = (double)x[n * sample + (row * width + column) * pixel + c] * w[InPanels((u * 3 + v) * channels + c, o, 9 * channels, outChannels)];
                                    sum += product;
                                    size1 += Math.Abs(product);
                                }
                            }
                        var at = n * outSample + (i * s.OutWidth + j) * outPixel + o;
                        var expected = Math.Max(0, sum * scale[o] + shift[o] + residual[at]);
                        Assert.True(Math.Abs(expected - y[at]) <= tolerance * (size1 + 3 * channels), $"[{n}, {i}, {j}, {o}]: expected {expected}, got {y[at]}");
                    }
        Assert.Equal(y, Convolve<V256>());
        Assert.Equal(y, Convolve<V128>());

        float[] Convolve<V>() where V : struct, IVector<V>
        {
            int depth = (size + 2) * (size + 2) * (channels + 15 & -16), kernelItems = WinogradTiles.KernelItems(channels, outChannels), items = WinogradTiles.Items(s, size, samples);
            using var u = new Floats(PanelFloats(depth, outChannels));
            for (var (item, step) = (0, 1); item < kernelItems; item += step++) WinogradTiles.Kernel<V>(w, u, channels, outChannels, size, false, item, Math.Min(kernelItems, item + step));
            u.CheckGuard();

            // The kernel turned around is that of the turned taps.
            using var turned = new Floats(PanelFloats(9 * channels, outChannels));
            for (var m = 0; m < (outChannels + 15 & -16); m++)
                for (var k = 0; k < 9 * channels; k++) turned[InPanels(k, m, 9 * channels, outChannels)] = w[InPanels((8 - k / channels) * channels + k % channels, m, 9 * channels, outChannels)];
            using var again = new Floats(PanelFloats(depth, outChannels));
            WinogradTiles.Kernel<V>(turned, again, channels, outChannels, size, true, 0, kernelItems);
            Assert.True(u.Span.SequenceEqual(again.Span));

            using var all = new Floats(samples * outSample, 5);
            WinogradTiles.Convolve<V>(x, sample, u, all, outSample, samples, s, size, 0, items, scale, shift, residual, relu: true);
            all.CheckGuard();
            // Sample by sample.
            using var each = new Floats(samples * outSample, 5);
            for (var n = 0; n < samples; n++)
                WinogradTiles.Convolve<V>(x.Pointer + n * sample, u, each.Pointer + n * outSample, s, size, scale, shift, residual.Pointer + n * outSample, relu: true);
            Assert.True(all.Span.SequenceEqual(each.Span));
            // In other shares, and without the epilogue.
            using var shared = new Floats(samples * outSample, 5);
            for (var (item, step) = (0, 1); item < items; item += step++)
                WinogradTiles.Convolve<V>(x, sample, u, shared, outSample, samples, s, size, item, Math.Min(items, item + step));
            shared.CheckGuard();
            for (var at = 0; at < samples * outSample; at++)
            {
                var o = at % outPixel;
                if (o < outChannels) Same(Math.Max(0, MathF.FusedMultiplyAdd(shared[at], scale[o], shift[o]) + residual[at]), all[at], $"y[{at}]");
                else all[at] = 0;
            }
            return all.Span.ToArray();
        }
    }
}
