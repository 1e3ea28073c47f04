using Kiln.Kernels;
using Xunit;
using static Kiln.Runtime.Tests.Reference;

namespace Kiln.Runtime.Tests;

/// <summary>Images in Channels give the bits of images in Lanes, whose sums <see cref="ImageTilesTests"/> writes out.</summary>
public unsafe class ChannelTilesTests
{
    private const int Lanes = 16;

    /// <summary>channels, height, width, channels out, kernel, strides, padding, dilation, groups, samples.</summary>
    public static TheoryData<int[]> Shapes => new()
    {
        new int[] { 3, 9, 12, 6, 5, 5, 1, 1, 2, 2, 1, 1, 1, 1 },
        new int[] { 6, 7, 9, 16, 5, 5, 1, 1, 0, 0, 1, 1, 1, 3 },
        new int[] { 17, 8, 21, 37, 3, 3, 1, 1, 1, 1, 1, 1, 1, 18 },
        new int[] { 32, 9, 10, 70, 3, 3, 2, 2, 1, 1, 1, 1, 1, 5 },
        new int[] { 64, 11, 13, 64, 3, 2, 3, 2, 1, 0, 1, 1, 2, 2 },
        new int[] { 64, 10, 8, 96, 3, 3, 1, 1, 2, 2, 2, 2, 1, 1 },
        new int[] { 130, 5, 6, 34, 1, 1, 1, 1, 0, 0, 1, 1, 1, 33 },
        new int[] { 20, 9, 9, 48, 1, 1, 2, 3, 0, 0, 1, 1, 1, 2 },
        new int[] { 40, 2, 2, 50, 3, 3, 1, 1, 1, 1, 1, 1, 1, 40 },
        new int[] { 30, 7, 6, 2, 5, 3, 2, 3, 2, 1, 1, 1, 1, 7 },
        new int[] { 2, 3, 20, 1, 1, 7, 1, 2, 0, 3, 1, 1, 1, 1 },
        new int[] { 3, 4, 3, 4, 3, 3, 1, 1, 3, 4, 1, 1, 1, 20 },
        new int[] { 2, 40, 9, 5, 11, 9, 1, 1, 5, 4, 1, 1, 1, 1 },
        new int[] { 64, 4, 4, 128, 3, 3, 2, 2, 1, 1, 2, 3, 2, 17 },
        new int[] { 2, 5, 300, 3, 2, 1, 3, 1, 0, 0, 2, 1, 1, 1 },
        new int[] { 64, 40, 40, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_convolution_has_the_bits_of_Lanes(int[] numbers)
    {
        var (s, samples) = Shape(numbers);
        using var images = new Images(s.Channels, s.Height * s.Width, samples, 1);
        using var w = new Floats(PanelFloats(Depth(s), s.OutChannels), 2);
        ClearPads(w, Depth(s), s.OutChannels);
        using var expected = new Images(s.OutChannels, s.OutHeight * s.OutWidth, samples);
        for (var b = 0; b < images.Blocks; b++) ImageTiles.Convolve<V256>(images.Block(b), w, expected.Block(b), s);
        Check<V512>();
        Check<V256>();
        Check<V128>();

        void Check<V>() where V : struct, IVector<V>
        {
            using var y = new Floats(samples * expected.Sample);
            for (var n = 0; n < samples; n++) ChannelTiles.Convolve<V>(images.Channels + n * images.Sample, w, y.Pointer + n * expected.Sample, s);
            expected.Same(y, $"{typeof(V).Name} y");

            using var shared = new Floats(samples * expected.Sample);
            var items = ChannelTiles.ConvolveItems(s, samples);
            for (var (item, step) = (0, 1); item < items; item += step++)
                ChannelTiles.Convolve<V>(images.Channels, images.Sample, w, shared, expected.Sample, samples, s, item, Math.Min(items, item + step));
            expected.Same(shared, $"{typeof(V).Name} y of all");

            using var planes = images.InPlanes();
            ChannelTiles.Convolve<V>(planes, s.Channels * s.Height * s.Width, w, shared, expected.Sample, samples, s, 0, items, planes: true);
            expected.Same(shared, $"{typeof(V).Name} y of planes");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_data_gradient_has_the_bits_of_Lanes(int[] numbers)
    {
        var (s, samples) = Shape(numbers);
        using var images = new Images(s.OutChannels, s.OutHeight * s.OutWidth, samples, 3);
        using var w = new Floats(PanelFloats(Depth(s), s.OutChannels), 4);
        using var wt = new Floats(PanelFloats(s.KernelHeight * s.KernelWidth * s.OutChannels / s.Groups, s.Channels));
        ImageTiles.TransposeKernel(w, wt, s);
        using var expected = new Images(s.Channels, s.Height * s.Width, samples);
        for (var b = 0; b < images.Blocks; b++) ImageTiles.DataGradient<V256>(images.Block(b), wt, expected.Block(b), s);
        Check<V512>();
        Check<V256>();
        Check<V128>();

        void Check<V>() where V : struct, IVector<V>
        {
            using var dx = new Floats(samples * expected.Sample);
            for (var n = 0; n < samples; n++) ChannelTiles.DataGradient<V>(images.Channels + n * images.Sample, wt, dx.Pointer + n * expected.Sample, s);
            expected.Same(dx, $"{typeof(V).Name} dx");

            using var shared = new Floats(samples * expected.Sample);
            var items = ChannelTiles.DataGradientItems(s, samples);
            for (var (item, step) = (0, 1); item < items; item += step++)
                ChannelTiles.DataGradient<V>(images.Channels, images.Sample, wt, shared, expected.Sample, samples, s, item, Math.Min(items, item + step));
            expected.Same(shared, $"{typeof(V).Name} dx of all");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_weight_gradient_has_the_bits_of_Lanes(int[] numbers)
    {
        var (s, samples) = Shape(numbers);
        using var x = new Images(s.Channels, s.Height * s.Width, samples, 5);
        using var dy = new Images(s.OutChannels, s.OutHeight * s.OutWidth, samples, 6);
        Layouts.ClearDeadLanes(dy.Lanes, s.OutChannels * s.OutHeight * s.OutWidth, samples);
        using var expected = new Floats(PanelFloats(Depth(s), s.OutChannels));
        ImageTiles.WeightGradient<V256>(x.Lanes, x.BlockFloats, dy.Lanes, dy.BlockFloats, x.Blocks, expected, s, 0, ImageTiles.WeightGradientItems(s));
        Check<V512>();
        Check<V256>();
        Check<V128>();

        void Check<V>() where V : struct, IVector<V>
        {
            using var dw = new Floats(PanelFloats(Depth(s), s.OutChannels));
            var items = ChannelTiles.WeightGradientItems(s);
            for (var (item, step) = (0, 1); item < items; item += step++)
                ChannelTiles.WeightGradient<V>(x.Channels, x.Sample, dy.Channels, dy.Sample, samples, dw, s, item, Math.Min(items, item + step));
            for (var i = 0; i < dw.Span.Length; i++) Reference.Same(expected[i], dw[i], $"{typeof(V).Name} dw[{i}]");
            dw.CheckGuard();

            using var planes = x.InPlanes();
            ChannelTiles.WeightGradient<V>(planes, s.Channels * s.Height * s.Width, dy.Channels, dy.Sample, samples, dw, s, 0, items, planes: true);
            for (var i = 0; i < dw.Span.Length; i++) Reference.Same(expected[i], dw[i], $"{typeof(V).Name} dw[{i}] of planes");
        }
    }

    [Theory]
    [InlineData(3, 5, 7, 1)]
    [InlineData(16, 4, 4, 16)]
    [InlineData(37, 6, 9, 18)]
    public void Pools_have_the_bits_of_Lanes(int channels, int height, int width, int samples)
    {
        foreach (var s in new[] { new ImageShape(channels, height, width, channels, height / 2, width / 2, 2, 2, 2, 2), new ImageShape(channels, height, width, channels, (height + 1) / 2, width, 3, 3, 2, 1, top: 1, left: 1) })
        {
            using var x = new Images(channels, height * width, samples, 1);
            using var v = new Images(channels, height * width, samples, 2);
            using var dy = new Images(channels, s.OutHeight * s.OutWidth, samples, 3);
            using var y = new Images(channels, s.OutHeight * s.OutWidth, samples);
            using var dx = new Images(channels, height * width, samples);
            Check("MaxPool", y, b => ImageTiles.MaxPool<V256>(x.Block(b), y.Block(b), s), (n, to) => ChannelTiles.MaxPool<V512>(x.Channels + n * x.Sample, to, s));
            Check("MaxPoolGradient", dx, b => ImageTiles.MaxPoolGradient<V256>(x.Block(b), dy.Block(b), dx.Block(b), s), (n, to) => ChannelTiles.MaxPoolGradient<V256>(x.Channels + n * x.Sample, dy.Channels + n * dy.Sample, to, s));
            Check("MaxPoolGather", y, b => ImageTiles.MaxPoolGather<V256>(x.Block(b), v.Block(b), y.Block(b), s), (n, to) => ChannelTiles.MaxPoolGather<V128>(x.Channels + n * x.Sample, v.Channels + n * v.Sample, to, s));
            Check("AveragePool", y, b => ImageTiles.AveragePool<V256>(x.Block(b), y.Block(b), s), (n, to) => ChannelTiles.AveragePool<V256>(x.Channels + n * x.Sample, to, s));
            Check("AveragePoolGradient", dx, b => ImageTiles.AveragePoolGradient<V256>(dy.Block(b), dx.Block(b), s), (n, to) => ChannelTiles.AveragePoolGradient<V512>(dy.Channels + n * dy.Sample, to, s));

            void Check(string what, Images expected, Action<int> inLanes, InChannels inChannels)
            {
                for (var b = 0; b < expected.Blocks; b++) inLanes(b);
                using var actual = new Floats(samples * expected.Sample);
                for (var n = 0; n < samples; n++) inChannels(n, actual.Pointer + n * expected.Sample);
                expected.Same(actual, what);
            }
        }
    }

    private delegate void InChannels(int sample, float* to);

    [Theory]
    [InlineData(3, 5, 1)]
    [InlineData(16, 16, 16)]
    [InlineData(37, 50, 21)]
    public void Moves_lead_there_and_back(int channels, int pixels, int samples)
    {
        using var images = new Images(channels, pixels, samples, 1);
        var features = channels * pixels;
        using var rows = new Floats(samples * features);
        using var there = new Floats(samples * images.Sample);
        for (var n = 0; n < samples; n++)
        {
            Layouts.ChannelsToRow(images.Channels + n * images.Sample, channels, pixels, rows.Pointer + n * features);
            Layouts.RowToChannels(rows.Pointer + n * features, channels, pixels, there.Pointer + n * images.Sample);
        }
        rows.CheckGuard();
        images.Same(there, "rows");
        for (var i = 0; i < there.Span.Length; i++)
            if (i % images.Sample % Layouts.PixelFloats(channels) >= channels) Assert.Equal(0, there[i]);

        using var lanes = new Floats(images.Blocks * (int)images.BlockFloats);
        using var back = new Floats(samples * images.Sample);
        for (var b = 0; b < images.Blocks; b++)
        {
            var live = Math.Min(16, samples - 16 * b);
            Layouts.ChannelsToLanes(images.Channels + 16 * b * images.Sample, images.Sample, channels, pixels, live, lanes.Pointer + b * images.BlockFloats);
            Layouts.LanesToChannels(lanes.Pointer + b * images.BlockFloats, channels, pixels, back.Pointer + 16 * b * images.Sample, images.Sample, live);
        }
        for (var i = 0; i < lanes.Span.Length; i++) Reference.Same(images.Lanes[i], lanes[i], $"lanes[{i}]");
        lanes.CheckGuard();
        images.Same(back, "lanes");
        for (var i = 0; i < back.Span.Length; i++)
            if (i % images.Sample % Layouts.PixelFloats(channels) >= channels) Assert.Equal(0, back[i]);
    }

    /// <summary>Sums over the batch do not depend on how the rows lie.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(53)]
    public void Sums_over_rows_have_the_bits_of_sums_over_lanes(int rows)
    {
        const int features = 21, stride = 32;
        var blocks = (rows + 15) / 16;
        using var x = new Floats(rows * stride, 1);
        using var lanes = new Floats(blocks * features * Lanes, 2);
        for (var b = 0; b < blocks; b++) Layouts.RowsToLanes(x.Pointer + 16 * b * stride, stride, Math.Min(16, rows - 16 * b), features, lanes.Pointer + b * features * Lanes);
        using var expected = new Floats(features);
        Sums.OfLanes<V256>(lanes, features, rows, expected, 0, features);
        Check<V512>();
        Check<V256>();
        Check<V128>();

        void Check<V>() where V : struct, IVector<V>
        {
            using var y = new Floats(stride);
            Sums.OfRows<V>(x, stride, features, rows, y, 0, 2);
            for (var f = 0; f < stride; f++) Reference.Same(f < features ? expected[f] : 0, y[f], $"{typeof(V).Name} y[{f}]");
            y.CheckGuard();
        }
    }

    [Fact]
    public void The_epilogue_scales_and_shifts_then_adds_the_residual_and_cuts_below_zero()
    {
        var s = new ImageShape(20, 6, 7, 40, 6, 7, 3, 3, top: 1, left: 1);
        const int pixels = 42, sample = pixels * 48;
        using var x = new Floats(pixels * 32, 1);
        using var w = new Floats(PanelFloats(180, 40), 2);
        using var scale = new Floats(48, 5);
        using var shift = new Floats(48, 3);
        using var residual = new Floats(sample, 4);
        using var plain = new Floats(sample);
        using var y = new Floats(sample);
        foreach (var (withScale, withShift, withResidual, relu) in new[] { (false, true, false, false), (true, true, false, true), (true, true, true, true), (false, true, true, true), (false, false, true, false), (false, false, false, true) })
        {
            ChannelTiles.Convolve<V256>(x, w, plain, s);
            ChannelTiles.Convolve<V256>(x, w, y, s, withScale ? scale.Pointer : null, withShift ? shift.Pointer : null, withResidual ? residual.Pointer : null, relu);
            for (var i = 0; i < sample; i++)
            {
                var expected = plain[i];
                if (withScale) expected = MathF.FusedMultiplyAdd(expected, scale[i % 48], shift[i % 48]);
                else if (withShift) expected += shift[i % 48];
                if (withResidual) expected += residual[i];
                if (relu) expected = expected < 0 ? 0 : expected;
                Reference.Same(expected, y[i], $"y[{i}]");
            }
        }
    }

    /// <summary>One sample is large enough that the idle helpers of its stage take a part.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Helpers_share_a_single_sample(int threads)
    {
        var s = new ImageShape(70, 20, 20, 100, 20, 20, 3, 3, top: 1, left: 1);
        using var x = new Floats(400 * 80, 1);
        using var w = new Floats(PanelFloats(630, 100), 2);
        using var wt = new Floats(PanelFloats(900, 70));
        ImageTiles.TransposeKernel(w, wt, s);
        using var expected = new Floats(400 * 112);
        using var expectedBack = new Floats(400 * 80);
        using var y = new Floats(400 * 112);
        using var dx = new Floats(400 * 80);
        ChannelTiles.Convolve<V256>(x, w, expected, s);
        ChannelTiles.DataGradient<V256>(expected, wt, expectedBack, s);
        using var workers = new Workers(threads);
        var arguments = new Shared { X = x, W = w, Wt = wt, Y = y, Dx = dx, Shape = &s };
        for (var i = 0; i < 20; i++) workers.Run(&OneSample, &arguments, 1);
        for (var i = 0; i < expected.Span.Length; i++) Reference.Same(expected[i], y[i], $"y[{i}]");
        for (var i = 0; i < expectedBack.Span.Length; i++) Reference.Same(expectedBack[i], dx[i], $"dx[{i}]");
    }

    private struct Shared
    {
        public float* X, W, Wt, Y, Dx;
        public ImageShape* Shape;
    }

    private static void OneSample(void* arguments, int first, int end)
    {
        var s = *(Shared*)arguments;
        ChannelTiles.Convolve<V256>(s.X, s.W, s.Y, *s.Shape);
        ChannelTiles.DataGradient<V256>(s.Y, s.Wt, s.Dx, *s.Shape);
    }

    private static (ImageShape Shape, int Samples) Shape(int[] n)
    {
        int Out(int size, int kernel, int stride, int padding, int dilation) => (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
        return (new ImageShape(n[0], n[1], n[2], n[3], Out(n[1], n[4], n[6], n[8], n[10]), Out(n[2], n[5], n[7], n[9], n[11]), n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11], n[12]), n[13]);
    }

    private static int Depth(in ImageShape s) => s.KernelHeight * s.KernelWidth * s.Channels / s.Groups;

    private static void ClearPads(Floats w, int depth, int columns)
    {
        for (var k = 0; k < depth; k++)
            for (var m = columns; m % 16 != 0; m++) w[InPanels(k, m, depth, columns)] = 0;
    }

    /// <summary>The same images in Lanes and in Channels. Dead lanes repeat the last sample; pads of channels hold NaN.</summary>
    private sealed class Images : IDisposable
    {
        private readonly int _channels, _pixels, _samples;
        private readonly Floats _lanes, _rows;

        public Images(int channels, int pixels, int samples, int seed = 0)
        {
            (_channels, _pixels, _samples) = (channels, pixels, samples);
            Blocks = (samples + 15) / 16;
            Sample = pixels * Layouts.PixelFloats(channels);
            _lanes = new Floats(Blocks * (int)BlockFloats, seed);
            _rows = new Floats(samples * Sample);
            for (var n = 0; n < Blocks * Lanes_; n++)
                for (var c = 0; c < channels; c++)
                    for (var p = 0; p < pixels; p++)
                    {
                        if (n < samples) _rows[n * Sample + InSample(p, c)] = _lanes[InLanes(n, c, p)];
                        else _lanes[InLanes(n, c, p)] = _lanes[InLanes(samples - 1, c, p)];
                    }
        }

        private const int Lanes_ = ChannelTilesTests.Lanes;

        public int Blocks { get; }
        public int Sample { get; }
        public nint BlockFloats => (nint)_channels * _pixels * Lanes_;
        public float* Lanes => _lanes;
        public float* Channels => _rows;
        public float* Block(int block) => Lanes + block * BlockFloats;

        public void Same(Floats actual, string what)
        {
            for (var n = 0; n < _samples; n++)
                for (var c = 0; c < _channels; c++)
                    for (var p = 0; p < _pixels; p++) Reference.Same(_lanes[InLanes(n, c, p)], actual[n * Sample + InSample(p, c)], $"{what}[{n}, {p}, {c}]");
            actual.CheckGuard();
        }

        /// <summary>The samples as [channels][pixels].</summary>
        public Floats InPlanes()
        {
            var planes = new Floats(_samples * _channels * _pixels);
            for (var n = 0; n < _samples; n++) Layouts.ChannelsToRow(Channels + n * Sample, _channels, _pixels, planes.Pointer + n * _channels * _pixels);
            return planes;
        }

        public void Dispose()
        {
            _lanes.Dispose();
            _rows.Dispose();
        }

        private int InLanes(int n, int c, int p) => (n / Lanes_ * _channels * _pixels + c * _pixels + p) * Lanes_ + n % Lanes_;

        private int InSample(int p, int c) => p * Layouts.PixelFloats(_channels) + c;
    }
}
