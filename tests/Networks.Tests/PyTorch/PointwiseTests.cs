using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

/// <summary>Functions of one element.</summary>
[Network]
public sealed partial class PointwiseWords
{
    [Predict] static (Tensor Y, Tensor Gradient) Relu([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Relu(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) LeakyRelu([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.LeakyRelu(0.01), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Relu6([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Relu6(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Elu([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Elu(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Tanh([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Tanh(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Sigmoid([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Sigmoid(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Softplus([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Softplus(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Exp([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Exp(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Log([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Log(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Sqrt([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Sqrt(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Abs([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Abs(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Square([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Square(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Negate([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(-x, x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Reciprocal([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(1 / x, x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Clamp([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Clamp(-1, 2), x, cotangent);
    [Predict] static Tensor Sign([Shape(13)] Tensor x) => x.Sign();
    [Predict] static Tensor Step([Shape(13)] Tensor x) => x.Step();
    [Predict] static Tensor Greater([Shape(13)] Tensor x) => x > 0.5;
    [Predict] static Tensor Less([Shape(13)] Tensor x) => x < 0.5;
    [Predict] static (Tensor AtLeast, Tensor AtMost) Bounds([Shape] Tensor x, [Shape] Tensor y) => (x >= y, x <= y);
}

/// <summary>The same words on single numbers, for zeros, subnormals, infinities and NaN.</summary>
[Network]
public sealed partial class SpecialWords
{
    [Predict] static Tensor Relu([Shape] Tensor x) => x.Relu();
    [Predict] static Tensor LeakyRelu([Shape] Tensor x) => x.LeakyRelu(0.01);
    [Predict] static Tensor Relu6([Shape] Tensor x) => x.Relu6();
    [Predict] static Tensor Elu([Shape] Tensor x) => x.Elu();
    [Predict] static Tensor Tanh([Shape] Tensor x) => x.Tanh();
    [Predict] static Tensor Sigmoid([Shape] Tensor x) => x.Sigmoid();
    [Predict] static Tensor Softplus([Shape] Tensor x) => x.Softplus();
    [Predict] static Tensor Exp([Shape] Tensor x) => x.Exp();
    [Predict] static Tensor Log([Shape] Tensor x) => x.Log();
    [Predict] static Tensor Sqrt([Shape] Tensor x) => x.Sqrt();
    [Predict] static Tensor Abs([Shape] Tensor x) => x.Abs();
    [Predict] static Tensor Square([Shape] Tensor x) => x.Square();
    [Predict] static Tensor Negate([Shape] Tensor x) => -x;
    [Predict] static Tensor Reciprocal([Shape] Tensor x) => 1 / x;
    [Predict] static Tensor Clamp([Shape] Tensor x) => x.Clamp(-1, 2);
    [Predict] static Tensor Sign([Shape] Tensor x) => x.Sign();
    [Predict] static Tensor Step([Shape] Tensor x) => x.Step();
    [Predict] static Tensor Greater([Shape] Tensor x) => x > 0.5;
    [Predict] static Tensor Less([Shape] Tensor x) => x < 0.5;
    [Predict] static Tensor Softmax([Shape(4)] Tensor x) => x.Softmax();
    [Predict] static Tensor LogSoftmax([Shape(4)] Tensor x) => x.LogSoftmax();
    [Predict] static Tensor LogSumExp([Shape(4)] Tensor x) => x.LogSumExp();
}

/// <summary>Arithmetic broadcasts by NumPy's rule on the axes of a sample.</summary>
[Network]
public sealed partial class Arithmetic
{
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) AddSame([Shape(3, 4)] Tensor x, [Shape(3, 4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x + u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) AddRow([Shape(3, 4)] Tensor x, [Shape(4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x + u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) AddColumn([Shape(3, 4)] Tensor x, [Shape(3, 1)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x + u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) AddOuter([Shape(3, 1)] Tensor x, [Shape(1, 4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x + u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) AddScalar([Shape(3, 4)] Tensor x, [Shape] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x + u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) SubtractSame([Shape(3, 4)] Tensor x, [Shape(3, 4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x - u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) SubtractRow([Shape(3, 4)] Tensor x, [Shape(4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x - u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) SubtractColumn([Shape(3, 4)] Tensor x, [Shape(3, 1)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x - u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) SubtractOuter([Shape(3, 1)] Tensor x, [Shape(1, 4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x - u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) SubtractScalar([Shape(3, 4)] Tensor x, [Shape] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x - u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) MultiplySame([Shape(3, 4)] Tensor x, [Shape(3, 4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x * u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) MultiplyRow([Shape(3, 4)] Tensor x, [Shape(4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x * u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) MultiplyColumn([Shape(3, 4)] Tensor x, [Shape(3, 1)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x * u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) MultiplyOuter([Shape(3, 1)] Tensor x, [Shape(1, 4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x * u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) MultiplyScalar([Shape(3, 4)] Tensor x, [Shape] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x * u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) DivideSame([Shape(3, 4)] Tensor x, [Shape(3, 4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x / u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) DivideRow([Shape(3, 4)] Tensor x, [Shape(4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x / u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) DivideColumn([Shape(3, 4)] Tensor x, [Shape(3, 1)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x / u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) DivideOuter([Shape(3, 1)] Tensor x, [Shape(1, 4)] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x / u, x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) DivideScalar([Shape(3, 4)] Tensor x, [Shape] Tensor u, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x / u, x, u, cotangent);
}

public sealed class PointwiseTests
{
    [Fact]
    public void Functions_of_one_element()
    {
        var fixture = new Fixture("pointwise");
        using var net = new PointwiseWords(batch: 5);
        fixture.Check("relu", net.Relu);
        fixture.Check("leakyRelu", net.LeakyRelu);
        fixture.Check("relu6", net.Relu6);
        fixture.Check("elu", net.Elu);
        fixture.Check("tanh", net.Tanh);
        fixture.Check("sigmoid", net.Sigmoid);
        fixture.Check("softplus", net.Softplus);
        fixture.Check("exp", net.Exp);
        fixture.Check("log", net.Log);
        fixture.Check("sqrt", net.Sqrt);
        fixture.Check("abs", net.Abs);
        fixture.Check("square", net.Square);
        fixture.Check("negate", net.Negate);
        fixture.Check("reciprocal", net.Reciprocal);
        fixture.Check("clamp", net.Clamp);
    }

    [Fact]
    public void Arithmetic_with_broadcasting()
    {
        var fixture = new Fixture("pointwise");
        using var net = new Arithmetic(batch: 5);
        fixture.Check("add/same", net.AddSame);
        fixture.Check("add/row", net.AddRow);
        fixture.Check("add/column", net.AddColumn);
        fixture.Check("add/outer", net.AddOuter);
        fixture.Check("add/scalar", net.AddScalar);
        fixture.Check("subtract/same", net.SubtractSame);
        fixture.Check("subtract/row", net.SubtractRow);
        fixture.Check("subtract/column", net.SubtractColumn);
        fixture.Check("subtract/outer", net.SubtractOuter);
        fixture.Check("subtract/scalar", net.SubtractScalar);
        fixture.Check("multiply/same", net.MultiplySame);
        fixture.Check("multiply/row", net.MultiplyRow);
        fixture.Check("multiply/column", net.MultiplyColumn);
        fixture.Check("multiply/outer", net.MultiplyOuter);
        fixture.Check("multiply/scalar", net.MultiplyScalar);
        fixture.Check("divide/same", net.DivideSame);
        fixture.Check("divide/row", net.DivideRow);
        fixture.Check("divide/column", net.DivideColumn);
        fixture.Check("divide/outer", net.DivideOuter);
        fixture.Check("divide/scalar", net.DivideScalar);
    }

    [Theory]
    [InlineData(1, 2, 0, 1)]
    [InlineData(2, 1, 1, 0)]
    [InlineData(2, 2, 1, 1)]
    [InlineData(float.NaN, 2, 0, 0)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity, 1, 1)]
    [InlineData(0f, -0f, 1, 1)]
    public void Comparisons_that_hold_for_equals(float x, float y, float atLeast, float atMost)
    {
        using var net = new PointwiseWords(batch: 1);
        var (above, below) = (new float[1], new float[1]);
        net.Bounds([x], [y], above, below);
        Assert.Equal((atLeast, atMost), (above[0], below[0]));
    }

    [Fact]
    public void Comparisons()
    {
        var fixture = new Fixture("pointwise");
        using var net = new PointwiseWords(batch: 5);
        foreach (var (name, program) in new (string, Function)[] { ("sign", net.Sign), ("step", net.Step), ("greater", net.Greater), ("less", net.Less) })
        {
            var y = fixture.Room($"{name}/y");
            program(fixture.Floats($"{name}/x"), y);
            Assert.Equal(fixture.Floats($"{name}/y"), y);
        }
    }

    [Fact]
    public void Zeros_subnormals_infinities_and_not_a_number()
    {
        var fixture = new Fixture("specials");
        using var net = new SpecialWords(batch: 32);
        (string, Function)[] words =
        [
            ("relu", net.Relu), ("leakyRelu", net.LeakyRelu), ("relu6", net.Relu6), ("elu", net.Elu), ("tanh", net.Tanh),
            ("sigmoid", net.Sigmoid), ("softplus", net.Softplus), ("exp", net.Exp), ("log", net.Log), ("sqrt", net.Sqrt),
            ("abs", net.Abs), ("square", net.Square), ("negate", net.Negate), ("reciprocal", net.Reciprocal), ("clamp", net.Clamp),
            ("sign", net.Sign), ("step", net.Step), ("greater", net.Greater), ("less", net.Less),
        ];
        foreach (var (name, program) in words)
            Special(fixture, name, "x", program);
        foreach (var (name, program) in new (string, Function)[] { ("softmax", net.Softmax), ("logSoftmax", net.LogSoftmax), ("logSumExp", net.LogSumExp) })
            Special(fixture, name, "rows", program);
    }

    /// <summary>Infinities and NaN where PyTorch has them; else within 1e-5, or both below the smallest normal number.</summary>
    internal static void Special(Fixture fixture, string name, string input, Function program)
    {
        var (x, expected) = (fixture.Floats(input), fixture.Floats($"forward/{name}"));
        var actual = new float[expected.Length];
        program(x, actual);
        for (var i = 0; i < expected.Length; i++)
        {
            var near = expected[i].Equals(actual[i]) || Math.Abs((double)expected[i] - actual[i]) <= Against.Values * Math.Abs(expected[i]) + 1.2e-38;
            Assert.True(near, $"{name}({x[i * x.Length / expected.Length]:R}): expected {expected[i]:R}, but it is {actual[i]:R}");
        }
    }
}
