using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Tests.Reference;
using static System.Math;

namespace Kiln.Generators.Tests.Operators;

/// <summary>What a word computes for one sample, from its operands.</summary>
internal delegate double[] Formula(double[][] x);

/// <param name="Word">The word's name in the compiler.</param>
/// <param name="Shapes">Of one sample of each operand.</param>
/// <param name="Build">The application.</param>
/// <param name="Expected">The same by a formula in plain loops.</param>
internal sealed record Row(string Word, int[][] Shapes, Func<GradientCheck, Node[], Node> Build, Formula Expected, double Low = -1, double High = 1, int Parameters = 0);

/// <summary>One row (at least) for every word of the language.</summary>
internal static partial class OperatorTable
{
    public static IReadOnlyList<Row> Rows { get; } =
    [
        // C# operators
        Binary("op_Addition", (a, b) => a + b), Binary("op_Subtraction", (a, b) => a - b), Binary("op_Multiply", (a, b) => a * b),
        Binary("op_Division", (a, b) => a / b, 0.5, 2), Binary("op_GreaterThan", (a, b) => a > b ? 1 : 0), Binary("op_LessThan", (a, b) => a < b ? 1 : 0),
        Binary("op_GreaterThanOrEqual", (a, b) => a >= b ? 1 : 0), Binary("op_LessThanOrEqual", (a, b) => a <= b ? 1 : 0),
        new("op_UnaryNegation", [[5]], (c, x) => Call(c, "op_UnaryNegation", null, ("a", x[0])), x => [.. x[0].Select(v => -v)]),
        new("op_Subtraction", [[3]], (c, x) => Call(c, "op_Subtraction", null, ("a", 2.5), ("b", x[0])), x => [.. x[0].Select(v => 2.5 - v)]),
        new("op_Multiply", [[2, 1], [1, 3]], (c, x) => Call(c, "op_Multiply", null, ("a", x[0]), ("b", x[1])), x => [.. from a in x[0] from b in x[1] select a * b]),

        // pointwise
        Unary("Relu", v => Max(v, 0)), Unary("LeakyRelu", v => v > 0 ? v : 0.2f * v, -1, 1, ("slope", 0.2)), Unary("Relu6", v => Min(Max(v, 0), 6), -4, 10),
        Unary("Elu", v => v > 0 ? v : 1.5 * (Exp(v) - 1), -3, 3, ("alpha", 1.5)), Unary("Tanh", Tanh, -2, 2), Unary("Sigmoid", v => 1 / (1 + Exp(-v)), -4, 4),
        Unary("Silu", v => v / (1 + Exp(-v)), -4, 4), Unary("Softplus", v => Log(1 + Exp(v)), -4, 4), Unary("Step", v => v > 0 ? 1 : 0), Unary("Exp", Exp), Unary("Log", Log, 0.2, 3), Unary("Sqrt", Sqrt, 0.2, 3),
        Unary("Abs", Abs), Unary("Square", v => v * v), Unary("Sign", v => Sign(v)), Unary("Clamp", v => Clamp(v, -0.5f, 0.25f), -1, 1, ("low", -0.5), ("high", 0.25)),
        Unary("StopGradient", v => v), Unary("Identity", v => v), Unary("NoisyRelu", v => Max(v, 0)),
        Unary("Gelu", v => v / 2 * (1 + ScalarEvaluator.Erf(v / Sqrt(2))), -4, 4), Unary("Gelu", v => v / 2 * (1 + Tanh(Sqrt(2 / PI) * (v + 0.044715 * v * v * v))), -4, 4, ("approximate", true)),
        Unary("Selu", v => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * (Exp(v) - 1)), -3, 3), Unary("Mish", v => v * Tanh(Log(1 + Exp(v))), -4, 4), Unary("Softsign", v => v / (1 + Abs(v)), -4, 4),
        Unary("HardSigmoid", v => Clamp(v + 3, 0, 6) / 6, -5, 5), Unary("HardSwish", v => v * Clamp(v + 3, 0, 6) / 6, -5, 5), Unary("HardTanh", v => Clamp(v, -1, 1), -2, 2),
        new("ParametricRelu", [[4, 3], [4]], (c, x) => Call(c, "ParametricRelu", x[0]), x => [.. x[0].Select((v, i) => v > 0 ? v : v * x[1][i / 3])], Parameters: 1),
        new("ParametricRelu", [[4, 3], [1]], (c, x) => Call(c, "ParametricRelu", x[0], ("perChannel", false)), x => [.. x[0].Select(v => v > 0 ? v : v * x[1][0])], Parameters: 1),

        // normalisation within a sample
        new("LayerNorm", [[2, 3], [2, 3], [2, 3]], (c, x) => Call(c, "LayerNorm", x[0]), x => Affine(Normal(x[0], 6), x[1], x[2], 1), Parameters: 2),
        new("LayerNorm", [[2, 4, 3], [4, 3], [4, 3]], (c, x) => Call(c, "LayerNorm", x[0], ("lastAxes", 2), ("epsilon", 0.1)), x => Affine(Normal(x[0], 12, 0.1f), x[1], x[2], 1), Parameters: 2),
        Unary("LayerNorm", [3, 5], x => Normal(x, 5), -1, 1, ("lastAxes", 1), ("affine", false)),
        new("GroupNorm", [[6, 2, 3], [6], [6]], (c, x) => Call(c, "GroupNorm", x[0], ("groups", 3)), x => Affine(Normal(x[0], 12), x[1], x[2], 6), Parameters: 2),
        new("GroupNorm", [[6], [6], [6]], (c, x) => Call(c, "GroupNorm", x[0], ("groups", 2), ("epsilon", 0.01)), x => Affine(Normal(x[0], 3, 0.01f), x[1], x[2], 1), Parameters: 2),
        new("InstanceNorm", [[3, 4, 2], [3], [3]], (c, x) => Call(c, "InstanceNorm", x[0]), x => Affine(Normal(x[0], 8), x[1], x[2], 8), Parameters: 2),
        Unary("InstanceNorm", [2, 5], x => Normal(x, 5), -1, 1, ("affine", false)),
        Response(7, 5, 0.75, 2), Response(7, 4, 0.6, 0.5), Response(3, 20, 0.75, 1), Response(4, 1, 2, 1), Response(1, 5, 0.25, 1),

        // along axes
        Unary("Softmax", [7], x => Softmax(x), -3, 3), Unary("Softmax", [3, 4], x => Columns(x, 3, 4, c => Softmax([.. c.Select(v => v / 2)])), -3, 3, ("axis", 0), ("temperature", 2.0)),
        Unary("LogSoftmax", [7], LogSoftmax, -3, 3), Unary("LogSoftmax", [3, 4], x => Columns(x, 3, 4, LogSoftmax), -3, 3, ("axis", -2)),
        Unary("Sum", [2, 3], x => [x.Sum()]), Unary("Sum", [2, 3], x => [x[0] + x[3], x[1] + x[4], x[2] + x[5]], -1, 1, ("axes", new[] { 0 })),
        Unary("Mean", [2, 3], x => [x.Average()]), Unary("Mean", [2, 3], x => [x[..3].Average(), x[3..].Average()], -1, 1, ("axes", new[] { -1 })),
        Unary("Max", [2, 3], x => [x.Max()]), Unary("Max", [2, 3], x => [x[..3].Max(), x[3..].Max()], -1, 1, ("axes", new[] { 1 })),
        Unary("LogSumExp", [5], x => [Log(x.Sum(Exp))]), Unary("LogSumExp", [2, 3], x => [Log(Exp(x[0]) + Exp(x[3])), Log(Exp(x[1]) + Exp(x[4])), Log(Exp(x[2]) + Exp(x[5]))], -1, 1, ("axes", new[] { 0 })),

        // shape
        Unary("Flatten", [2, 3], x => x), Unary("Reshape", [2, 3], x => x, -1, 1, ("shape", new[] { 3, -1 })),
        Unary("Transpose", [2, 3], x => [x[0], x[3], x[1], x[4], x[2], x[5]]), Unary("Transpose", [2, 1, 3], x => [x[0], x[3], x[1], x[4], x[2], x[5]], -1, 1, ("axes", new[] { 2, 1, 0 })),
        Unary("Slice", [2, 3], x => [x[1], x[2], x[4], x[5]], -1, 1, ("axis", 1), ("start", 1), ("length", 2)), Unary("Pad", [2], x => [0, x[0], x[1], 0, 0], -1, 1, ("axis", 0), ("before", 1), ("after", 2)),
        new("Concat", [[2], [3]], (c, x) => Call(c, "Concat", x[0], ("others", new[] { x[1] })), x => [.. x[0], .. x[1]]),
        new("Concat", [[2, 1], [2, 2]], (c, x) => Call(c, "Concat", null, ("parts", x), ("axis", 1)), x => [x[0][0], x[1][0], x[1][1], x[0][1], x[1][2], x[1][3]]),
        new("Stack", [[2], [2]], (c, x) => Call(c, "Stack", null, ("parts", x), ("axis", 1)), x => [x[0][0], x[1][0], x[0][1], x[1][1]]),
        new("Split", [[6]], (c, x) => TestCall.Of<Node[]>(c.Graph, "Split", x[0], ("parts", 3))[1], x => x[0][2..4]),

        // layers and products
        new("Dense", [[3], [3, 4], [4]], (c, x) => Call(c, "Dense", x[0], ("units", 4)), x => Plus(Product(x[0], x[1], 3, 4), x[2]), Parameters: 2),
        new("Dense", [[2, 3], [3, 4]], (c, x) => Call(c, "Dense", x[0], ("units", 4), ("bias", false)), x => [.. Product(x[0][..3], x[1], 3, 4), .. Product(x[0][3..], x[1], 3, 4)], Parameters: 1),
        new("Dense", [[4], [3, 4]], (c, x) => Call(c, "Dense", x[0], ("tied", x[1]), ("bias", false)), x => [.. Enumerable.Range(0, 3).Select(i => x[0].Select((v, j) => v * x[1][i * 4 + j]).Sum())]),
        new("MatMul", [[3], [3, 2]], (c, x) => Call(c, "MatMul", x[0], ("right", x[1])), x => Product(x[0], x[1], 3, 2)),
        new("MatMul", [[2, 3], [3, 2]], (c, x) => Call(c, "MatMul", x[0], ("right", x[1])), x => [.. Product(x[0][..3], x[1], 3, 2), .. Product(x[0][3..], x[1], 3, 2)]),
        new("MatMul", [[2, 3], [3]], (c, x) => Call(c, "MatMul", x[0], ("right", x[1])), x => [.. Product(x[0][..3], x[1], 3, 1), .. Product(x[0][3..], x[1], 3, 1)]),
        new("MatMul", [[3], [3]], (c, x) => Call(c, "MatMul", x[0], ("right", x[1])), x => Product(x[0], x[1], 3, 1)),
        new("Outer", [[2], [3]], (c, x) => Call(c, "Outer", x[0], ("right", x[1])), x => [.. from a in x[0] from b in x[1] select a * b]),
        Convolution("Conv2D", 2, 5, 6, 3, 3, 3, 1, 0, 1, 1), Convolution("Conv2D", 2, 6, 5, 3, 2, 3, 2, -1, 1, 1), Convolution("Conv2D", 4, 4, 3, 4, 3, 3, 1, 1, 1, 2), Convolution("Conv2D", 1, 7, 6, 2, 3, 2, 1, 2, 2, 1),
        new("Conv2D", [[2, 7, 6], [3, 2, 3, 2], [3]], (c, x) => Call(c, "Conv2D", x[0], ("channels", 3), ("kernel", 3), ("kernelWidth", 2), ("stride", (2, 1)), ("padding", new[] { 2, 0, 1, 1 }), ("paddingLeft", 1), ("dilationHeight", 2)),
            x => [.. Correlate(x[0], x[1], 2, 7, 6, 3, 3, 2, (2, 1), (2, 1), 2, 1, 3, 7, 1).Select((v, i) => v + x[2][i / 21])], Parameters: 2),
        new("Convolve2D", [[2, 4, 4], [3, 2, 3, 3]], (c, x) => Call(c, "Convolve2D", x[0], ("kernel", c.Graph.Add(new Constant(Kernel, [3, 2, 3, 3]))), ("padding", -1)),
            x => Correlate(x[0], [.. Kernel.Select(v => (double)v)], 2, 4, 4, 3, 3, 3, (1, 1), (1, 1), 1, 1, 4, 4, 1)),
        Pool("MaxPool2D", 2, 0, 0, w => w.Max()), Pool("MaxPool2D", 3, 2, 1, w => w.Max()), Pool("AveragePool2D", 2, 0, 0, w => w.Sum() / 4), Pool("AveragePool2D", 3, 2, 1, w => w.Sum() / 9),
        Pool("MaxPool2D", 3, 2, -1, w => w.Max()), Pool("AveragePool2D", 3, 2, -1, w => w.Sum() / 9),
        Overhanging("MaxPool2D", false, (w, _) => w.Max()), Overhanging("MaxPool2D", true, (w, _) => w.Max()),
        Overhanging("AveragePool2D", false, (w, n) => w.Sum() / n), Overhanging("AveragePool2D", true, (w, n) => w.Sum() / n),
        Overhanging("AveragePool2D", true, (w, _) => w.Average(), ("countPadding", false)), Overhanging("LpPool2D", true, (w, _) => Pow(w.Sum(v => Pow(Abs(v), 3)), 1 / 3.0), ("p", 3.0)),
        Pool("LpPool2D", 2, 0, 0, w => Sqrt(w.Sum(v => v * v))), Pool("LpPool2D", 2, 0, 0, w => Pow(w.Sum(v => Pow(Abs(v), 3)), 1 / 3.0), ("p", 3.0)),
        Unary("GlobalAveragePool", [2, 2, 2], x => [x[..4].Average(), x[4..].Average()]), Unary("GlobalMaxPool", [2, 2, 2], x => [x[..4].Max(), x[4..].Max()]),
        Unary("MaxPoolChannels", [4, 2], x => [Max(x[0], x[2]), Max(x[1], x[3]), Max(x[4], x[6]), Max(x[5], x[7])], -1, 1, ("group", 2)),
        Unary("MaxPoolChannels", [6], x => [x[..3].Max(), x[3..].Max()], -1, 1, ("group", 3)),
        .. WindowRows,
        Unary("Dropout", [5], x => x, -1, 1, ("rate", 0.5)), Unary("SpatialDropout", [2, 3], x => x, -1, 1, ("rate", 0.5)),

        .. LossRows,

        // constants
        new("Constant", [[2]], (c, x) => c.Graph.Add(new Add(), x[0], Call(c, "Constant", null, ("values", new[] { 1f, 2f }))), x => [x[0][0] + 1, x[0][1] + 2]),
        new("Zeros", [[2]], (c, x) => c.Graph.Add(new Add(), x[0], Call(c, "Zeros", null, ("shape", new[] { 3, 1 }))), x => [.. x[0], .. x[0], .. x[0]]),
        new("Ones", [[2]], (c, x) => c.Graph.Add(new Add(), x[0], Call(c, "Ones", null, ("shape", new[] { 2 }))), x => [x[0][0] + 1, x[0][1] + 1]),
        new("Gradient", [[3]], (c, x) => Call(c, "Gradient", c.Graph.Sum(c.Graph.Add(new Tanh(), x[0]), [0]), ("x", x[0])), x => [.. x[0].Select(v => 1 - Tanh(v) * Tanh(v))]),
    ];

    /// <summary>Words that are not functions of one sample's numbers alone; <see cref="RandomTests"/>, <see cref="LabelTests"/>, <see cref="BatchNormTests"/>, <see cref="OverTimeTests"/> and <see cref="TimeGradientTests"/> test them.</summary>
    public static IReadOnlyList<string> Elsewhere { get; } =
        ["Normal", "Uniform", "NormalLike", "UniformLike", "Bernoulli", "Categorical", "ArgMax", "OneHot", "BatchMean", "BatchVariance", "BatchNorm",
            "Embed", "Embedding", "First", "Last", "LastState", "SumOverTime", "MeanOverTime", "MaxOverTime", "SoftmaxOverTime", "Reverse", "Shift", "Window", "CausalWindow", "ConvOverTime", "RepeatOver", "Rnn", "Lstm", "Gru", "Ctc", "AsSequence", "ToTensor"];

    private static readonly EquatableArray<float> Kernel = [.. Numbers.Draw(54, -1, 1, 3).Select(v => (float)v)];

    private static Node Call(GradientCheck check, string word, Node? receiver, params (string, object)[] arguments) => TestCall.Of(check.Graph, word, receiver, arguments);

    private static Row Unary(string word, Func<double, double> f, double low = -1, double high = 1, params (string, object)[] arguments) =>
        new(word, [[2, 3]], (c, x) => Call(c, word, x[0], arguments), x => [.. x[0].Select(f)], low, high);

    private static Row Unary(string word, int[] shape, Func<double[], double[]> f, double low = -1, double high = 1, params (string, object)[] arguments) =>
        new(word, [shape], (c, x) => Call(c, word, x[0], arguments), x => f(x[0]), low, high);

    private static Row Binary(string word, Func<double, double, double> f, double low = -1, double high = 1) =>
        new(word, [[2, 3], [3]], (c, x) => Call(c, word, null, ("a", x[0]), ("b", x[1])), x => [.. x[0].Select((a, i) => f(a, x[1][i % 3]))], low, high);

    private static Row Convolution(string word, int channels, int height, int width, int output, int kh, int kw, int stride, int padding, int dilation, int groups) =>
        new(word, [[channels, height, width], [output, channels / groups, kh, kw], [output]],
            (c, x) => Call(c, word, x[0], ("channels", output), ("kernel", (kh, kw)), ("stride", stride), ("padding", padding), ("dilation", dilation), ("groups", groups)),
            x =>
            {
                // padding Same: so that the output has ⌈size / stride⌉ pixels, the smaller half first
                int Out(int size, int k) => padding < 0 ? (size + stride - 1) / stride : (size + 2 * padding - dilation * (k - 1) - 1) / stride + 1;
                int Before(int size, int k) => padding < 0 ? Max(0, (Out(size, k) - 1) * stride + dilation * (k - 1) + 1 - size) / 2 : padding;
                var y = Correlate(x[0], x[1], channels, height, width, output, kh, kw, (stride, stride), (dilation, dilation), Before(height, kh), Before(width, kw), Out(height, kh), Out(width, kw), groups);
                return [.. y.Select((v, i) => v + x[2][i / (y.Length / output)])];
            }, Parameters: 2);

    private static double[] Correlate(double[] x, double[] w, int channels, int height, int width, int output, int kh, int kw, (int Y, int X) stride, (int Y, int X) dilation, int top, int left, int oh, int ow, int groups)
    {
        var y = new double[output * oh * ow];
        for (var o = 0; o < output; o++)
            for (var i = 0; i < oh; i++)
                for (var j = 0; j < ow; j++)
                    for (var c = 0; c < channels / groups; c++)
                        for (var u = 0; u < kh; u++)
                            for (var v = 0; v < kw; v++)
                            {
                                var (r, s) = (i * stride.Y + u * dilation.Y - top, j * stride.X + v * dilation.X - left);
                                if (r >= 0 && r < height && s >= 0 && s < width)
                                    y[(o * oh + i) * ow + j] += x[((o / (output / groups) * (channels / groups) + c) * height + r) * width + s] * w[((o * (channels / groups) + c) * kh + u) * kw + v];
                            }

        return y;
    }

    private static Row Pool(string word, int kernel, int stride, int padding, Func<double[], double> f, params (string, object)[] more) =>
        new(word, [[2, 5, 4]], (c, x) => Call(c, word, x[0], [("kernel", kernel), .. stride > 0 ? new (string, object)[] { ("stride", stride), ("padding", padding) } : [], .. more]), x =>
        {
            var step = stride == 0 ? kernel : stride;
            // padding Same: ⌈size / stride⌉ windows, the smaller half first
            int Out(int size) => padding < 0 ? (size + step - 1) / step : (size + 2 * padding - kernel) / step + 1;
            int Before(int size) => padding < 0 ? Max(0, (Out(size) - 1) * step + kernel - size) / 2 : padding;
            return Windowed(x[0], 2, 5, 4, Out(5), Out(4), i => (i * step - Before(5), i * step - Before(5) + kernel), j => (j * step - Before(4), j * step - Before(4) + kernel), (w, _) => f(w));
        });

    private static Row Response(int channels, int size, double beta, double k) =>
        Unary("LocalResponseNorm", [channels, 2, 3], x => [.. x.Select((v, i) =>
        {
            var (channel, sum) = (i / 6, 0.0);
            for (var c = Max(0, channel - size / 2); c <= Min(channels - 1, channel + (size - 1) / 2); c++) sum += x[c * 6 + i % 6] * x[c * 6 + i % 6];
            return v / Pow(k + 3.0 / size * sum, beta);
        })], -1, 1, ("size", size), ("alpha", 3.0), ("beta", beta), ("k", k));

    /// <summary>Every so many elements with mean 0 and variance 1.</summary>
    private static double[] Normal(double[] x, int together, float epsilon = 1e-5f) => [.. x.Chunk(together).SelectMany(part =>
    {
        var mean = part.Average();
        var deviation = Sqrt(part.Average(v => (v - mean) * (v - mean)) + epsilon);
        return part.Select(v => (v - mean) / deviation);
    })];

    /// <summary>x · weight + bias, each of which counts for so many elements.</summary>
    private static double[] Affine(double[] x, double[] weight, double[] bias, int each) => [.. x.Select((v, i) => v * weight[i / each % weight.Length] + bias[i / each % bias.Length])];

    /// <summary>7×6 pixels under windows of 3×2, 2 apart, with 1 row of padding above and 1 column on the right; with ceiling the last windows hang over.</summary>
    private static Row Overhanging(string word, bool ceiling, Func<double[], int, double> f, params (string, object)[] more) =>
        new(word, [[2, 7, 6]], (c, x) => Call(c, word, x[0], [("kernel", (3, 2)), ("stride", (2, 3)), ("padding", new[] { 1, 0, 0, 1 }), ("ceiling", ceiling), .. more]),
            x => Windowed(x[0], 2, 7, 6, ceiling ? 4 : 3, 2, i => (i * 2 - 1, i * 2 + 2), j => (j * 3, j * 3 + 2), f));

    /// <summary>
    /// f of the pixels of every window, from a row and column to before another, that lie inside the image; and how many it has, the padding
    /// above and on the left included, but nothing below the image.
    /// </summary>
    private static double[] Windowed(double[] x, int channels, int height, int width, int oh, int ow, Func<int, (int From, int To)> rows, Func<int, (int From, int To)> columns, Func<double[], int, double> f) =>
        [.. from c in Enumerable.Range(0, channels)
            from i in Enumerable.Range(0, oh)
            from j in Enumerable.Range(0, ow)
            let pixels = from r in Enumerable.Range(rows(i).From, rows(i).To - rows(i).From)
                         from s in Enumerable.Range(columns(j).From, columns(j).To - columns(j).From)
                         where r >= 0 && r < height && s >= 0 && s < width
                         select x[(c * height + r) * width + s]
            select f([.. pixels], (Min(rows(i).To, height) - rows(i).From) * (columns(j).To - columns(j).From))];

    private static double[] Product(double[] x, double[] w, int n, int m) => [.. Enumerable.Range(0, m).Select(j => Enumerable.Range(0, n).Sum(i => x[i] * w[i * m + j]))];
    private static double[] Plus(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
    private static double[] Softmax(double[] x) => [.. x.Select(v => Exp(v) / x.Sum(Exp))];

    private static double[] LogSoftmax(double[] x) => [.. Softmax(x).Select(v => Log(v))];

    private static double[] Columns(double[] x, int rows, int columns, Func<double[], double[]> f)
    {
        var y = new double[x.Length];
        for (var c = 0; c < columns; c++)
        {
            var column = f([.. Enumerable.Range(0, rows).Select(r => x[r * columns + c])]);
            for (var r = 0; r < rows; r++) y[r * columns + c] = column[r];
        }

        return y;
    }
}
