using System.Diagnostics;
using Kiln.Kernels;

namespace Kiln.Tiles;

/// <summary>
/// The contractions of a training step of ResNet-50, 224×224 pixels, four images, one thread: each shape once, by the calls of the generated code.
/// Terms are those that are computed: taps outside the image are none. All values are in Channels, without epilogues, as training with
/// batch statistics has them; transposing the kernels for the data gradients is a line of its own.
/// </summary>
internal static unsafe class ResNet50
{
    private const int Samples = 4, Rounds = 7;

    /// <summary>Shapes, how often the network has them, and whether the generated code computes all samples at once or one after the other.</summary>
    private static readonly (ImageShape Shape, int Count, bool AllAtOnce)[] Convolutions =
    [
        (Square(3, 224, 64, 7, 2), 1, false),
        (Square(64, 56, 64, 1), 1, false), (Square(64, 56, 64, 3), 3, false), (Square(64, 56, 256, 1), 4, false), (Square(256, 56, 64, 1), 2, false),
        (Square(256, 56, 128, 1), 1, false), (Square(128, 56, 128, 3, 2), 1, false), (Square(256, 56, 512, 1, 2), 1, false),
        (Square(128, 28, 128, 3), 3, true), (Square(128, 28, 512, 1), 4, false), (Square(512, 28, 128, 1), 3, false),
        (Square(512, 28, 256, 1), 1, false), (Square(256, 28, 256, 3, 2), 1, true), (Square(512, 28, 1024, 1, 2), 1, true),
        (Square(256, 14, 256, 3), 5, true), (Square(256, 14, 1024, 1), 6, true), (Square(1024, 14, 256, 1), 5, true),
        (Square(1024, 14, 512, 1), 1, true), (Square(512, 14, 512, 3, 2), 1, true), (Square(1024, 14, 2048, 1, 2), 1, true),
        (Square(512, 7, 512, 3), 2, true), (Square(512, 7, 2048, 1), 3, true), (Square(2048, 7, 512, 1), 2, true),
    ];

    private static ImageShape Square(int inputs, int size, int outputs, int kernel, int stride = 1) =>
        new(inputs, size, size, outputs, size / stride, size / stride, kernel, kernel, stride, stride, kernel / 2, kernel / 2);

    private sealed class Total
    {
        public double Operations { get; private set; }

        public double Seconds { get; private set; }

        /// <summary>Seconds at the peaks that were measured beside each contraction.</summary>
        public double AtPeak { get; private set; }

        public void Add(double operations, double seconds, double peak)
        {
            Operations += operations;
            Seconds += seconds;
            AtPeak += operations / peak;
        }

        public override string ToString() => Seconds == 0 ? $"{"",17}" : $"{Operations / Seconds / 1e9,6:F0} GFLOP/s {AtPeak / Seconds,4:P0}";
    }

    public static void Run<V>() where V : struct, IVector<V>
    {
        Console.WriteLine($"  ResNet-50, {Samples} images: medians of {Rounds} rounds, in turns with the peak");
        Console.WriteLine($"  {"convolution",-26} {"count",5} {"ms of a step",13} {"forward",19} {"data gradient",19} {"weight gradient",19}   all three");
        var sums = new[] { new Total(), new Total(), new Total() };
        var (all, transposing) = (new Total(), 0.0);
        foreach (var (shape, count, allAtOnce) in Convolutions)
        {
            var side = shape.KernelHeight == 1 ? "1×1" : $"{shape.KernelHeight}×{shape.KernelWidth}";
            Row($"{shape.Channels,4} → {shape.OutChannels,-4} {side}{(shape.StrideY > 1 ? "/2" : "  ")} {shape.Height,3}²", count, Convolution<V>(shape, allAtOnce));
        }
        Row("2048 → 1000 dense", 1, Dense<V>(2048, 1000));
        Console.WriteLine($"  {"all",-26} {"",5} {all.Seconds * 1e3,13:F1} {string.Join(' ', sums.Select(sum => $"{sum,19}"))}   {all}");
        Console.WriteLine($"  kernels transposed for the data gradients: {transposing * 1e3:F1} ms a step");

        void Row(string name, int count, (double Terms, Action?[] Actions, Action? Transpose) work)
        {
            var row = new Total();
            var cells = new List<string>();
            for (var i = 0; i < work.Actions.Length; i++)
            {
                var cell = new Total();
                if (work.Actions[i] is { } action)
                {
                    var (seconds, peak) = Medians<V>(action);
                    foreach (var total in new[] { cell, row, sums[i], all })
                        total.Add(count * 2 * work.Terms, count * seconds, peak);
                }
                cells.Add($"{cell,19}");
            }
            if (work.Transpose is not null)
                transposing += count * Medians<V>(work.Transpose).Seconds;
            Console.WriteLine($"  {name,-26} {count,4}× {row.Seconds * 1e3,13:F1} {string.Join(' ', cells)}   {row}");
        }
    }

    private static (double Terms, Action?[] Actions, Action? Transpose) Convolution<V>(ImageShape s, bool allAtOnce) where V : struct, IVector<V>
    {
        // What has too few channels to fill a register is read in planes, as inputs lie; nobody asks for its gradient.
        var planes = s.Channels < 16;
        int taps = s.KernelHeight * s.KernelWidth, xPixel = planes ? s.Channels : Layouts.PixelFloats(s.Channels), yPixel = Layouts.PixelFloats(s.OutChannels);
        int xSample = s.Height * s.Width * xPixel, ySample = s.OutHeight * s.OutWidth * yPixel;
        float* x = Measure.Floats(xSample * Samples), y = Measure.Floats(ySample * Samples), dy = Measure.Floats(ySample * Samples);
        float* w = Measure.Floats(taps * s.Channels * s.OutChannels), dw = Measure.Floats(taps * s.Channels * s.OutChannels);
        var items = ChannelTiles.WeightGradientItems(s);
        var terms = Images.Meets(s.OutHeight, s.Height, s.KernelHeight, s.StrideY, s.Top) * (double)Images.Meets(s.OutWidth, s.Width, s.KernelWidth, s.StrideX, s.Left) * s.Channels * s.OutChannels * Samples;
        Action forward = allAtOnce
            ? () => ChannelTiles.Convolve<V>(x, xSample, w, y, ySample, Samples, s, 0, ChannelTiles.ConvolveItems(s, Samples))
            : () =>
            {
                for (var n = 0; n < Samples; n++)
                    ChannelTiles.Convolve<V>(x + n * xSample, w, y + n * ySample, s, planes: planes);
            };
        Action weightGradient = () => ChannelTiles.WeightGradient<V>(x, xSample, dy, ySample, Samples, dw, s, 0, items, planes: planes);
        if (planes)
            return (terms, [forward, null, weightGradient], null);
        float* wt = Measure.Floats(taps * s.Channels * s.OutChannels), dx = Measure.Floats(xSample * Samples);
        Action dataGradient = allAtOnce
            ? () => ChannelTiles.DataGradient<V>(dy, ySample, wt, dx, xSample, Samples, s, 0, ChannelTiles.DataGradientItems(s, Samples))
            : () =>
            {
                for (var n = 0; n < Samples; n++)
                    ChannelTiles.DataGradient<V>(dy + n * ySample, wt, dx + n * xSample, s);
            };
        return (terms, [forward, dataGradient, weightGradient], () => ImageTiles.TransposeKernel(w, wt, s));
    }

    private static (double Terms, Action?[] Actions, Action? Transpose) Dense<V>(int depth, int columns) where V : struct, IVector<V>
    {
        var padded = (columns + 15) & -16;
        float* x = Measure.Floats(16 * depth), y = Measure.Floats(16 * padded), dy = Measure.Floats(16 * padded), dx = Measure.Floats(16 * depth);
        float* w = Measure.Floats(depth * padded), wt = Measure.Floats(depth * padded), dw = Measure.Floats(depth * padded);
        return ((double)Samples * depth * columns,
            [
                () => DenseTiles.Multiply<V>(x, depth, 1, w, y, padded, Samples, depth, columns),
                () => DenseTiles.Multiply<V>(dy, padded, 1, wt, dx, depth, Samples, columns, depth),
                () => DenseTiles.WeightGradient<V>([new(x, 16 * depth, depth, 1, dw, depth)], dy, padded, Samples, columns, 0, DenseTiles.WeightGradientItems(depth, columns)),
            ],
            () => DenseTiles.TransposePanels(w, wt, depth, columns));
    }

    /// <summary>Seconds of a call, and the peak in operations a second: medians, since a best moment of the peak would be set against ordinary ones of the call.</summary>
    private static (double Seconds, double Peak) Medians<V>(Action action) where V : struct, IVector<V>
    {
        var (operations, work) = Measure.PeakWork<V>();
        var (calls, peaks) = (new double[Rounds], new double[Rounds]);
        action();
        for (var round = 0; round < Rounds; round++)
        {
            peaks[round] = Seconds(work);
            calls[round] = Seconds(action);
        }
        Array.Sort(calls);
        Array.Sort(peaks);
        return (calls[Rounds / 2], operations / peaks[Rounds / 2]);
    }

    /// <summary>Seconds of a call; of short ones, as many as take 5 ms.</summary>
    private static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        var calls = 0;
        do
        {
            action();
            calls++;
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 5e-3);
        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }
}
