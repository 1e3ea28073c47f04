using Kiln.Kernels;
using Xunit;
using static Kiln.Runtime.Tests.Reference;

namespace Kiln.Runtime.Tests;

/// <summary>Every result is compared bit for bit with the loops and the order of sums written out, so the three registers agree, too.</summary>
public unsafe class ImageTilesTests
{
    private const int Lanes = 16;

    /// <summary>channels, height, width, channels out, kernel, strides, padding, dilation, groups.</summary>
    public static TheoryData<int[]> Shapes => new()
    {
        new int[] { 1, 9, 12, 6, 5, 5, 1, 1, 2, 2, 1, 1, 1 },
        new int[] { 6, 7, 9, 16, 5, 5, 1, 1, 0, 0, 1, 1, 1 },
        new int[] { 3, 8, 11, 7, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
        new int[] { 5, 9, 10, 13, 3, 3, 2, 2, 1, 1, 1, 1, 1 },
        new int[] { 4, 11, 13, 35, 3, 2, 3, 2, 1, 0, 1, 1, 1 },
        new int[] { 6, 10, 8, 12, 3, 3, 1, 1, 2, 2, 2, 2, 3 },
        new int[] { 7, 6, 9, 7, 3, 3, 2, 1, 1, 1, 1, 1, 7 },
        new int[] { 17, 5, 6, 34, 1, 1, 1, 1, 0, 0, 1, 1, 1 },
        new int[] { 2, 9, 9, 3, 2, 4, 3, 3, 0, 1, 1, 2, 1 },
        new int[] { 40, 5, 5, 50, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
        new int[] { 30, 7, 6, 2, 5, 3, 2, 3, 2, 1, 1, 1, 1 },
        new int[] { 2, 3, 20, 1, 1, 7, 1, 2, 0, 3, 1, 1, 1 },
        new int[] { 3, 4, 3, 4, 3, 3, 1, 1, 3, 4, 1, 1, 1 },
        new int[] { 2, 40, 9, 5, 11, 9, 1, 1, 5, 4, 1, 1, 1 },
        new int[] { 32, 4, 4, 64, 3, 3, 2, 2, 1, 1, 2, 3, 2 },
        new int[] { 2, 5, 1, 3, 2, 1, 3, 1, 0, 0, 2, 1, 1 },
    };

    private static ImageShape Shape(int[] n)
    {
        int Out(int size, int kernel, int stride, int padding, int dilation) => (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
        return new ImageShape(n[0], n[1], n[2], n[3], Out(n[1], n[4], n[6], n[8], n[10]), Out(n[2], n[5], n[7], n[9], n[11]), n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11], n[12]);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_convolution_is_the_segmented_sum(int[] numbers)
    {
        var s = Shape(numbers);
        int inputs = s.Channels / s.Groups, outputs = s.OutChannels / s.Groups, depth = s.KernelHeight * s.KernelWidth * inputs;
        using var x = new Floats(s.Channels * s.Height * s.Width * Lanes, 1);
        using var w = new Floats(PanelFloats(depth, s.OutChannels), 2);
        var expected = new float[s.OutChannels * s.OutHeight * s.OutWidth * Lanes];
        for (var o = 0; o < s.OutChannels; o++)
            for (var i = 0; i < s.OutHeight; i++)
                for (var j = 0; j < s.OutWidth; j++)
                    for (var l = 0; l < Lanes; l++)
                    {
                        expected[((o * s.OutHeight + i) * s.OutWidth + j) * Lanes + l] = TapSum(s.KernelHeight, s.KernelWidth, inputs, (u, v, c) =>
                        {
                            var (row, column) = (i * s.StrideY + u * s.DilationY - s.Top, j * s.StrideX + v * s.DilationX - s.Left);
                            if (row < 0 || row >= s.Height || column < 0 || column >= s.Width) return null;
                            return (w[InPanels((u * s.KernelWidth + v) * inputs + c, o, depth, s.OutChannels)], x[(((o / outputs * inputs + c) * s.Height + row) * s.Width + column) * Lanes + l]);
                        });
                    }
        Check<V512>();
        Check<V256>();
        Check<V128>();

        void Check<V>() where V : struct, IVector<V>
        {
            using var y = new Floats(expected.Length);
            ImageTiles.Convolve<V>(x, w, y, s);
            AllSame(expected, y, $"{typeof(V).Name} y");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_data_gradient_is_the_segmented_sum(int[] numbers)
    {
        var s = Shape(numbers);
        int inputs = s.Channels / s.Groups, outputs = s.OutChannels / s.Groups, depth = s.KernelHeight * s.KernelWidth * inputs;
        using var dy = new Floats(s.OutChannels * s.OutHeight * s.OutWidth * Lanes, 3);
        using var w = new Floats(PanelFloats(depth, s.OutChannels), 4);
        using var wt = new Floats(PanelFloats(s.KernelHeight * s.KernelWidth * outputs, s.Channels));
        ImageTiles.TransposeKernel(w, wt, s);
        wt.CheckGuard();
        for (var tap = 0; tap < s.KernelHeight * s.KernelWidth; tap++)
            for (var o = 0; o < outputs; o++)
                for (var c = s.Channels; c % 16 != 0; c++) Assert.Equal(0, wt[InPanels(tap * outputs + o, c, s.KernelHeight * s.KernelWidth * outputs, s.Channels)]);
        var expected = new float[s.Channels * s.Height * s.Width * Lanes];
        for (var c = 0; c < s.Channels; c++)
            for (var row = 0; row < s.Height; row++)
                for (var column = 0; column < s.Width; column++)
                    for (var l = 0; l < Lanes; l++)
                    {
                        expected[((c * s.Height + row) * s.Width + column) * Lanes + l] = TapSum(s.KernelHeight, s.KernelWidth, outputs, (u, v, o) =>
                        {
                            var (i, j) = (row + s.Top - u * s.DilationY, column + s.Left - v * s.DilationX);
                            if (i < 0 || j < 0 || i % s.StrideY != 0 || j % s.StrideX != 0 || i / s.StrideY >= s.OutHeight || j / s.StrideX >= s.OutWidth) return null;
                            o += c / inputs * outputs;
                            return (w[InPanels((u * s.KernelWidth + v) * inputs + c % inputs, o, depth, s.OutChannels)], dy[((o * s.OutHeight + i / s.StrideY) * s.OutWidth + j / s.StrideX) * Lanes + l]);
                        });
                    }
        Check<V512>();
        Check<V256>();
        Check<V128>();

        void Check<V>() where V : struct, IVector<V>
        {
            using var dx = new Floats(expected.Length);
            ImageTiles.DataGradient<V>(dy, wt, dx, s);
            AllSame(expected, dx, $"{typeof(V).Name} dx");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_weight_gradient_is_sixteen_chains_folded(int[] numbers)
    {
        var s = Shape(numbers);
        int inputs = s.Channels / s.Groups, outputs = s.OutChannels / s.Groups, depth = s.KernelHeight * s.KernelWidth * inputs;
        var blocks = 1 + 300 / (s.OutHeight * s.OutWidth);
        int xBlock = s.Channels * s.Height * s.Width * Lanes + 16, dyBlock = s.OutChannels * s.OutHeight * s.OutWidth * Lanes + 32;
        using var x = new Floats(blocks * xBlock, 5);
        using var dy = new Floats(blocks * dyBlock, 6);
        var segment = (255 + s.OutWidth) / s.OutWidth;
        var expected = new float[PanelFloats(depth, s.OutChannels)];
        var (sums, chains) = (new float[Lanes], new float[Lanes]);
        for (var o = 0; o < s.OutChannels; o++)
            for (var u = 0; u < s.KernelHeight; u++)
                for (var v = 0; v < s.KernelWidth; v++)
                    for (var c = 0; c < inputs; c++)
                    {
                        Array.Clear(sums);
                        Array.Clear(chains);
                        for (var g = 0; g < blocks * s.OutHeight; g++)
                        {
                            var (block, i) = (g / s.OutHeight, g % s.OutHeight);
                            for (var j = 0; j < s.OutWidth; j++)
                            {
                                var (row, column) = (i * s.StrideY + u * s.DilationY - s.Top, j * s.StrideX + v * s.DilationX - s.Left);
                                if (row < 0 || row >= s.Height || column < 0 || column >= s.Width) continue;
                                for (var l = 0; l < Lanes; l++)
                                {
                                    chains[l] = MathF.FusedMultiplyAdd(
                                        x[block * xBlock + (((o / outputs * inputs + c) * s.Height + row) * s.Width + column) * Lanes + l],
                                        dy[block * dyBlock + ((o * s.OutHeight + i) * s.OutWidth + j) * Lanes + l], chains[l]);
                                }
                            }
                            if ((g + 1) % segment != 0 && g + 1 < blocks * s.OutHeight) continue;
                            for (var l = 0; l < Lanes; l++) sums[l] = g < segment ? chains[l] : sums[l] + chains[l];
                            Array.Clear(chains);
                        }
                        for (var half = 8; half > 0; half /= 2)
                            for (var l = 0; l < half; l++) sums[l] += sums[l + half];
                        expected[InPanels((u * s.KernelWidth + v) * inputs + c, o, depth, s.OutChannels)] = sums[0];
                    }
        Check<V512>();
        Check<V256>();
        Check<V128>();

        void Check<V>() where V : struct, IVector<V>
        {
            using var dw = new Floats(expected.Length);
            var items = ImageTiles.WeightGradientItems(s);
            for (var (item, step) = (0, 1); item < items; item += step++)
                ImageTiles.WeightGradient<V>(x, xBlock, dy, dyBlock, blocks, dw, s, item, Math.Min(items, item + step));
            AllSame(expected, dw, $"{typeof(V).Name} dw");
        }
    }

    /// <summary>Sums over taps (row, column, channel) in segments of the fewest whole kernel rows of at least 256 terms, without taps outside.</summary>
    private static float TapSum(int rows, int columns, int channels, Func<int, int, int, (float, float)?> term)
    {
        var segment = (255 + columns * channels) / (columns * channels);
        var (sum, any) = (0f, false);
        for (var start = 0; start < rows; start += segment)
        {
            var (chain, some) = (0f, false);
            for (var u = start; u < Math.Min(rows, start + segment); u++)
                for (var v = 0; v < columns; v++)
                    for (var c = 0; c < channels; c++)
                    {
                        if (term(u, v, c) is not var (a, b)) continue;
                        chain = MathF.FusedMultiplyAdd(a, b, chain);
                        some = true;
                    }
            if (!some) continue;
            sum = any ? sum + chain : chain;
            any = true;
        }
        return sum;
    }

    private static void AllSame(float[] expected, Floats actual, string what)
    {
        for (var i = 0; i < expected.Length; i++) Same(expected[i], actual[i], $"{what}[{i}]");
        actual.CheckGuard();
    }
}
