using static System.Math;

namespace Kiln.Generators.Tests.Operators;

// Words whose windows move along lines and over volumes, or stand in the result.
internal static partial class OperatorTable
{
    private static IEnumerable<Row> WindowRows =>
    [
        Line("MaxPool1D", 10, 3, i => (3 * i, 3 * i + 3), w => w.Max(), ("kernel", 3)),
        Line("MaxPool1D", 9, 4, i => (3 * i - 1, 3 * i + 1), w => w.Max(), ("kernel", 2), ("stride", 3), ("padding", new[] { 1, 0 }), ("ceiling", true)),
        Line("AveragePool1D", 5, 3, i => (2 * i, 2 * i + 2), w => w.Average(), ("kernel", 2), ("ceiling", true)),
        Line("AveragePool1D", 7, 4, i => (2 * i - 1, 2 * i + 2), w => w.Sum() / 3, ("kernel", 3), ("stride", 2), ("padding", 1)),
        Line("AveragePool1D", 7, 4, i => (2 * i - 1, 2 * i + 2), w => w.Average(), ("kernel", 3), ("stride", 2), ("padding", 1), ("countPadding", false)),
        Adaptive("AdaptiveAveragePool2D", 3, 3, w => w.Average()), Adaptive("AdaptiveMaxPool2D", 3, 3, w => w.Max()),
        Adaptive("AdaptiveAveragePool2D", 7, 2, w => w.Average()), Adaptive("AdaptiveMaxPool2D", 1, 9, w => w.Max()),
        Unary("GlobalAveragePool", [2, 3], x => [x[..3].Average(), x[3..].Average()]), Unary("GlobalMaxPool", [2, 1, 3, 1], x => [x[..3].Max(), x[3..].Max()]),

        new("Conv1D", [[2, 7], [4, 2, 3], [4]], (c, x) => Call(c, "Conv1D", x[0], ("channels", 4), ("kernel", 3), ("stride", 2), ("padding", 1), ("dilation", 2)),
            x => PerChannel(Correlate(x[0], x[1], 2, 1, 7, 4, 1, 3, (1, 2), (1, 2), 0, 1, 1, 3, 1), x[2]), Parameters: 2),
        new("Conv1D", [[4, 6], [2, 2, 2]], (c, x) => Call(c, "Conv1D", x[0], ("channels", 2), ("kernel", 2), ("padding", new[] { 0, 2 }), ("groups", 2), ("bias", false)),
            x => Correlate(x[0], x[1], 4, 1, 6, 2, 1, 2, (1, 1), (1, 1), 0, 0, 1, 7, 2), Parameters: 1),
        new("ConvTransposed1D", [[2, 3], [2, 3, 4], [3]], (c, x) => Call(c, "ConvTransposed1D", x[0], ("channels", 3), ("kernel", 4), ("stride", 3), ("padding", new[] { 1, 0 }), ("outputPadding", 2)),
            x => PerChannel(Scatter(x[0], x[1], 2, 1, 3, 3, 1, 4, (1, 3), (1, 1), 0, 1, 1, 11, 1), x[2]), Parameters: 2),
        new("ConvTransposed2D", [[3, 4, 3], [3, 2, 3, 2], [2]], (c, x) => Call(c, "ConvTransposed2D", x[0], ("channels", 2), ("kernel", (3, 2)), ("stride", (2, 1)), ("padding", (1, 0)), ("outputPaddingHeight", 1), ("dilation", (1, 2))),
            x => PerChannel(Scatter(x[0], x[1], 3, 4, 3, 2, 3, 2, (2, 1), (1, 2), 1, 0, 8, 5, 1), x[2]), Parameters: 2),
        new("ConvTransposed2D", [[4, 2, 3], [4, 1, 3, 3]], (c, x) => Call(c, "ConvTransposed2D", x[0], ("channels", 2), ("stride", 2), ("padding", -1), ("groups", 2), ("bias", false)),
            x => Scatter(x[0], x[1], 4, 2, 3, 2, 3, 3, (2, 2), (1, 1), 0, 0, 4, 6, 2), Parameters: 1),
        new("ConvTransposed2D", [[1, 2, 2], [1, 1, 1, 1]], (c, x) => Call(c, "ConvTransposed2D", x[0], ("channels", 1), ("kernel", 1), ("stride", 3), ("padding", -1), ("bias", false)),
            x => Scatter(x[0], x[1], 1, 2, 2, 1, 1, 1, (3, 3), (1, 1), 0, 0, 6, 6, 1), Parameters: 1),
        new("Conv3D", [[2, 4, 3, 5], [2, 2, 2, 3, 2], [2]], (c, x) => Call(c, "Conv3D", x[0], ("channels", 2), ("kernel", new[] { 2, 3, 2 }), ("stride", new[] { 2, 1, 2 }), ("padding", new[] { 1, 1, 0 }), ("dilationDepth", 2)),
            x => PerChannel(Correlate3(x[0], x[1], 2, [4, 3, 5], 2, [2, 3, 2], [2, 1, 2], [2, 1, 1], [1, 1, 0], [2, 3, 2], 1), x[2]), Parameters: 2),
        new("Conv3D", [[2, 2, 3, 2], [4, 1, 2, 2, 2]], (c, x) => Call(c, "Conv3D", x[0], ("channels", 4), ("kernel", 2), ("padding", new[] { 0, 1, 0, 1, 0, 1 }), ("groups", 2), ("bias", false)),
            x => Correlate3(x[0], x[1], 2, [2, 3, 2], 4, [2, 2, 2], [1, 1, 1], [1, 1, 1], [0, 1, 0], [2, 3, 2], 2), Parameters: 1),
        new("LocallyConnected2D", [[2, 4, 5], [3, 2, 2, 2, 3, 2], [3, 2, 2]], (c, x) => Call(c, "LocallyConnected2D", x[0], ("channels", 3), ("kernel", (3, 2)), ("stride", (2, 3)), ("padding", new[] { 1, 0, 0, 1 })),
            x => [.. Local(x[0], x[1], 2, 4, 5, 3, 3, 2, (2, 3), (1, 1), 1, 0, 2, 2).Zip(x[2], (y, b) => y + b)], Parameters: 2),
        new("LocallyConnected2D", [[1, 4, 3], [2, 2, 3, 1, 2, 1]], (c, x) => Call(c, "LocallyConnected2D", x[0], ("channels", 2), ("kernel", (2, 1)), ("dilationHeight", 2), ("bias", false)),
            x => Local(x[0], x[1], 1, 4, 3, 2, 2, 1, (1, 1), (2, 1), 0, 0, 2, 3), Parameters: 1),
        new("WeightedAveragePool2D", [[2, 5, 4], [2, 2, 3]], (c, x) => Call(c, "WeightedAveragePool2D", x[0], ("kernel", (2, 3)), ("stride", (2, 1)), ("padding", (0, 1)), ("ceiling", true)),
            x => Correlate(x[0], [.. Softmax(x[1][..6]), .. Softmax(x[1][6..])], 2, 5, 4, 2, 2, 3, (2, 1), (1, 1), 0, 1, 3, 4, 2), Parameters: 1),

        Unary("Upsample2D", [1, 2, 2], x => [x[0], x[0], x[0], x[1], x[1], x[1], x[0], x[0], x[0], x[1], x[1], x[1], x[2], x[2], x[2], x[3], x[3], x[3], x[2], x[2], x[2], x[3], x[3], x[3]], -1, 1, ("factor", (2, 3))),
        Bilinear(3, 2, 2, 3), Bilinear(1, 3, 4, 1), Bilinear(2, 4, 1, 2),
    ];

    /// <summary>A pool of two channels of so many elements; a window counts what lies inside.</summary>
    private static Row Line(string word, int length, int windows, Func<int, (int From, int To)> window, Func<double[], double> f, params (string, object)[] arguments) =>
        new(word, [[2, length]], (c, x) => Call(c, word, x[0], arguments), x => Windowed(x[0], 2, 1, length, 1, windows, _ => (0, 1), window, (w, _) => f(w)));

    private static Row Adaptive(string word, int oh, int ow, Func<double[], double> f) =>
        new(word, [[2, 7, 4]], (c, x) => Call(c, word, x[0], ("size", (oh, ow))),
            x => Windowed(x[0], 2, 7, 4, oh, ow, i => (i * 7 / oh, (int)Ceiling((i + 1.0) * 7 / oh)), j => (j * 4 / ow, (int)Ceiling((j + 1.0) * 4 / ow)), (w, _) => f(w)));

    /// <summary>Where each new pixel's centre lies in the old image, between which two old ones, none of them beyond its edge.</summary>
    private static Row Bilinear(int height, int width, int fy, int fx) => Unary("Upsample2D", [2, height, width], x =>
    {
        (int, int, double) Between(int at, int factor, int size)
        {
            var place = Clamp((at + 0.5) / factor - 0.5, 0, size - 1);
            return ((int)place, Min((int)place + 1, size - 1), place - (int)place);
        }
        return [.. from c in Enumerable.Range(0, 2)
                   from i in Enumerable.Range(0, height * fy)
                   from j in Enumerable.Range(0, width * fx)
                   let r = Between(i, fy, height)
                   let s = Between(j, fx, width)
                   let at = (Func<int, int, double>)((row, column) => x[(c * height + row) * width + column])
                   select (1 - r.Item3) * ((1 - s.Item3) * at(r.Item1, s.Item1) + s.Item3 * at(r.Item1, s.Item2)) + r.Item3 * ((1 - s.Item3) * at(r.Item2, s.Item1) + s.Item3 * at(r.Item2, s.Item2))];
    }, -1, 1, ("factor", (fy, fx)), ("mode", Generators.Operators.Interpolation.Bilinear));

    private static double[] PerChannel(double[] y, double[] bias) => [.. y.Select((v, i) => v + bias[i / (y.Length / bias.Length)])];

    /// <summary>Every pixel of x puts its kernel into the result.</summary>
    private static double[] Scatter(double[] x, double[] w, int inputs, int height, int width, int output, int kh, int kw, (int Y, int X) stride, (int Y, int X) dilation, int top, int left, int oh, int ow, int groups)
    {
        var y = new double[output * oh * ow];
        for (var c = 0; c < inputs; c++)
            for (var p = 0; p < height * width; p++)
                for (var o = 0; o < output / groups; o++)
                    for (var t = 0; t < kh * kw; t++)
                    {
                        var (r, s) = (p / width * stride.Y + t / kw * dilation.Y - top, p % width * stride.X + t % kw * dilation.X - left);
                        if (r >= 0 && r < oh && s >= 0 && s < ow) y[((c / (inputs / groups) * (output / groups) + o) * oh + r) * ow + s] += x[c * height * width + p] * w[(c * (output / groups) + o) * kh * kw + t];
                    }

        return y;
    }

    /// <summary>A kernel per place: w is [output, oh, ow, channels, kh, kw].</summary>
    private static double[] Local(double[] x, double[] w, int channels, int height, int width, int output, int kh, int kw, (int Y, int X) stride, (int Y, int X) dilation, int top, int left, int oh, int ow)
    {
        var y = new double[output * oh * ow];
        for (var at = 0; at < y.Length; at++)
            for (var c = 0; c < channels; c++)
                for (var t = 0; t < kh * kw; t++)
                {
                    var (r, s) = (at / ow % oh * stride.Y + t / kw * dilation.Y - top, at % ow * stride.X + t % kw * dilation.X - left);
                    if (r >= 0 && r < height && s >= 0 && s < width) y[at] += x[(c * height + r) * width + s] * w[(at * channels + c) * kh * kw + t];
                }

        return y;
    }

    private static double[] Correlate3(double[] x, double[] w, int channels, int[] size, int output, int[] kernel, int[] stride, int[] dilation, int[] before, int[] result, int groups)
    {
        var (places, taps) = (result[0] * result[1] * result[2], kernel[0] * kernel[1] * kernel[2]);
        var y = new double[output * places];
        for (var at = 0; at < y.Length; at++)
            for (var c = 0; c < channels / groups; c++)
                for (var t = 0; t < taps; t++)
                {
                    var (o, i, u) = (at / places, Split(at % places, result), Split(t, kernel));
                    int[] p = [.. Enumerable.Range(0, 3).Select(a => i[a] * stride[a] + u[a] * dilation[a] - before[a])];
                    if (Enumerable.Range(0, 3).All(a => p[a] >= 0 && p[a] < size[a]))
                        y[at] += x[(((o / (output / groups) * (channels / groups) + c) * size[0] + p[0]) * size[1] + p[1]) * size[2] + p[2]] * w[(o * (channels / groups) + c) * taps + t];
                }

        return y;

        static int[] Split(int flat, int[] sizes) => [flat / (sizes[1] * sizes[2]), flat / sizes[2] % sizes[1], flat % sizes[2]];
    }
}
