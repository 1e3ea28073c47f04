using Kiln;
using Kiln.Kernels;
using Kiln.Training;

namespace Networks.Tests;

/// <summary>Every maximum of a row, of an image's window and of its channels, with where its derivative goes.</summary>
[Network]
public sealed partial class Maxima
{
    static readonly Parameter Weights = new(4) { Initializer = Initializer.Normal };

    [Predict] static (Tensor Y, Tensor Gradient) Max([Shape(4)] Tensor x) => Slope(x.Max(), x);
    [Predict] static (Tensor Y, Tensor Gradient) Window([Shape(1, 2, 2)] Tensor x) => Slope(x.MaxPool2D(2), x);
    [Predict] static (Tensor Y, Tensor Gradient) Line([Shape(1, 1, 4)] Tensor x) => Slope(x.MaxPool2D((1, 4)), x);
    [Predict] static (Tensor Y, Tensor Gradient) Global([Shape(1, 2, 2)] Tensor x) => Slope(x.GlobalMaxPool(), x);
    [Predict] static (Tensor Y, Tensor Gradient) Channels([Shape(4, 1, 1)] Tensor x) => Slope(x.MaxPoolChannels(4), x);
    [Predict] static (Tensor Y, Tensor Gradient) Column([Shape(4, 3)] Tensor x) => (x.Max(0), x.Max(0).Sum().Gradient(x));
    [Predict] static Labels Index([Shape(4)] Tensor x) => x.ArgMax();
    [Predict] static Tensor LogSum([Shape(4)] Tensor x) => x.LogSumExp();
    [Predict] static Tensor Shares([Shape(4)] Tensor x) => x.Softmax();
    [Predict] static Tensor Words([Shape(4)] Tensor x) => x.Relu() + x.Relu6() + x.Clamp(-1, 1) + x.LeakyRelu() + x.Elu() + x.Softplus();
    [Predict] static Tensor OfWeights([Shape] Tensor x) => x + Weights.Max();
    [Predict] static Labels Best([Shape] Tensor x) => (Weights + x).ArgMax();

    private static (Tensor, Tensor) Slope(Tensor y, Tensor x) => (y.Reshape(), y.Sum().Gradient(x));
}

/// <summary>A NaN is above every number, at every vector width: it passes, and the derivative goes to the first one.</summary>
[Collection(nameof(Processor))]
public sealed class NotANumberTests
{
    private delegate void Extreme(ReadOnlySpan<float> x, Span<float> y, Span<float> gradient);

    public static TheoryData<int> Widths => [.. new[] { 512, 256, 128 }.Where(bits => bits <= Widest)];

    private static readonly int Widest = Processor.VectorBits;

    /// <summary>NaN at one place of four or at two; infinities and equal numbers beside it.</summary>
    private static readonly float[][] Rows =
    [
        [float.NaN, 1, 2, -1], [1, float.NaN, 2, -1], [2, 1, float.NaN, -1], [1, -1, 2, float.NaN],
        [3, float.NaN, float.NaN, 5], [float.NaN, 1, 7, float.NaN], [float.PositiveInfinity, 1, float.NaN, 2], [float.NaN, float.PositiveInfinity, 1, 2],
        [float.NaN, float.NaN, float.NaN, float.NaN], [float.NegativeInfinity, float.NaN, float.NegativeInfinity, 0], [-float.NaN, 1, 2, 3], [0, 1, -float.NaN, 3],
    ];

    [Theory, MemberData(nameof(Widths))]
    public void Passes_through_every_maximum_and_takes_its_derivative(int bits) => AtWidth(bits, net =>
    {
        float[] x = [.. Rows.SelectMany(row => row)];
        foreach (var (name, program) in new (string, Extreme)[] { ("Max", net.Max), ("MaxPool2D", net.Window), ("MaxPool2D of a line", net.Line), ("GlobalMaxPool", net.Global), ("MaxPoolChannels", net.Channels) })
        {
            float[] y = new float[Rows.Length], gradient = new float[x.Length];
            program(x, y, gradient);
            for (var row = 0; row < Rows.Length; row++)
            {
                Assert.True(float.IsNaN(y[row]), $"{name}: expected NaN of row {row}, got {y[row]}");
                var first = Array.FindIndex(Rows[row], float.IsNaN);
                Assert.Equal(Enumerable.Range(0, 4).Select(i => i == first ? 1f : 0f), gradient.Skip(row * 4).Take(4));
            }
        }
    });

    [Theory, MemberData(nameof(Widths))]
    public void Only_its_own_column_has_it(int bits) => AtWidth(bits, net =>
    {
        float[] x = [1, 5, 2, 4, float.NaN, 1, 0, 6, 3, 7, float.NaN, 3], y = new float[3], gradient = new float[12];
        net.Column(x, y, gradient);
        Assert.Equal([7, float.NaN, 3], y);
        Assert.Equal([0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0], gradient);
    });

    [Theory, MemberData(nameof(Widths))]
    public void Is_the_greatest_element(int bits) => AtWidth(bits, net =>
    {
        var index = new int[Rows.Length];
        net.Index([.. Rows.SelectMany(row => row)], index);
        Assert.Equal(Rows.Select(row => Array.FindIndex(row, float.IsNaN)), index);
    });

    [Theory, MemberData(nameof(Widths))]
    public void Passes_through_what_is_built_on_a_maximum(int bits) => AtWidth(bits, net =>
    {
        float[] x = [.. Rows.SelectMany(row => row)], sum = new float[Rows.Length], shares = new float[x.Length], words = new float[x.Length];
        net.LogSum(x, sum);
        net.Shares(x, shares);
        net.Words(x, words);
        Assert.All(sum, y => Assert.True(float.IsNaN(y)));
        Assert.All(shares, y => Assert.True(float.IsNaN(y)));
        Assert.All(words.Zip(x), pair => Assert.Equal(float.IsNaN(pair.Second), float.IsNaN(pair.First)));
    });

    /// <summary>A value without batch axis is computed one float at a time.</summary>
    [Theory, MemberData(nameof(Widths))]
    public void Passes_through_a_maximum_over_values_that_are_the_same_for_all_samples(int bits) => AtWidth(bits, net =>
    {
        var (y, best) = (new float[1], new int[1]);
        net.Best([float.NaN], best);
        Assert.Equal(0, best[0]);
        net.OfWeights([0], y);
        var weights = new float[4];
        net["weights"].CopyTo(weights);
        Assert.Equal(weights.Max(), y[0]);
    });

    [Fact]
    public void Is_the_answer_that_an_accuracy_counts()
    {
        Assert.Equal(1, Evaluation.Right([1, float.NaN, 2], [1]));
        Assert.Equal(0, Evaluation.Right([1, float.NaN, 2], [2]));
        Assert.Equal(1, Evaluation.Right([float.NaN, float.NaN, 2], [0]));
        Assert.Equal(1, Evaluation.Right([float.NegativeInfinity, float.NegativeInfinity], [0]));
    }

    private static void AtWidth(int bits, Action<Maxima> action)
    {
        var before = Processor.VectorBits;
        try
        {
            Processor.VectorBits = bits;
            using var net = new Maxima(seed: 1, batch: 16);
            action(net);
        }
        finally
        {
            Processor.VectorBits = before;
        }
    }
}
