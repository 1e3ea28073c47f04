using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Tests.Operators;

namespace Kiln.Generators.Tests.Passes;

/// <summary>Derivatives inside the language: per sample, Jacobians, and derivatives of them.</summary>
public sealed class DerivativeTests
{
    private static Node Dense(GradientCheck check, Node x, string name, int units) =>
        check.Graph.Add(new Add(), check.Graph.Add(new Einsum([0], [0, 1], [1]), x, check.Parameter(name + ".w", x.Type[0], units)), check.Parameter(name + ".b", units));

    private static Node Gradient(GradientCheck check, Node y, Node x) => TestCall.Of(check.Graph, "Gradient", y, ("x", x));

    private static Node Penalty(GradientCheck check, Node slope) => check.Graph.Sum(check.Graph.Add(new Square(), slope), [.. Enumerable.Range(0, slope.Type.Rank)]);

    [Fact]
    public void A_jacobian_is_what_differences_say()
    {
        var check = new GradientCheck();
        var x = check.Input(3);
        var h = check.Graph.Add(new Tanh(), Dense(check, x, "one", 5));
        var y = TestCall.Of(check.Graph, "Softmax", Dense(check, h, "two", 4));
        var jacobian = Gradient(check, y, x);
        Assert.Equal(TensorType.Float(true, [4, 3]), jacobian.Type);
        Jacobian(check, y, jacobian, 0, 2);
    }

    [Fact]
    public void The_jacobian_of_convolution_and_pooling_is_what_differences_say()
    {
        var check = new GradientCheck();
        var x = check.Input(1, 5, 5);
        var c = TestCall.Of(check.Graph, "Conv2D", x, ("channels", 2), ("padding", -1));
        var p = TestCall.Of(check.Graph, "MaxPool2D", check.Graph.Add(new Tanh(), c), ("kernel", 2), ("stride", 2));
        var a = TestCall.Of(check.Graph, "AveragePool2D", p, ("kernel", 2), ("stride", 1));
        Jacobian(check, a, Gradient(check, a, x), 0, 2);
    }

    [Fact]
    public void The_jacobian_of_every_view_is_what_differences_say()
    {
        var check = new GradientCheck { Low = 0.2, High = 1 };
        var (g, x) = (check.Graph, check.Input(2, 3));
        var t = g.Add(new Transpose([1, 0]), x);
        var s = g.Add(new Pad(0, 1, 0), g.Add(new Slice(0, 1, 2), t));
        var joined = g.Add(new Concat(1), s, g.Add(new Square(), t), check.Parameter("p", 3, 2));
        var max = g.Add(new Reduce(Reduction.Max, [1]), joined);
        var y = g.Add(new Multiply(), max, g.Add(new Broadcast(true, [3]), g.Sum(x, [0, 1])));
        Jacobian(check, y, Gradient(check, y, x), 0, 3);
    }

    [Fact]
    public void A_derivative_by_a_parameter_is_per_sample()
    {
        var check = new GradientCheck();
        var x = check.Input(3);
        var w = check.Parameter("w", 3, 2);
        var y = check.Graph.Add(new Sigmoid(), check.Graph.Add(new Einsum([0], [0, 1], [1]), x, w));
        var slope = Gradient(check, y, w);
        Assert.Equal(TensorType.Float(true, [2, 3, 2]), slope.Type);
        var evaluator = check.Evaluator(2, 1);
        var values = evaluator.Run(check.Graph.Build([]));
        for (var n = 0; n < 2; n++)
            for (var j = 0; j < 2; j++)
                for (var i = 0; i < 3; i++)
                    for (var k = 0; k < 2; k++)
                    {
                        var s = values[y.Id][n * 2 + j];
                        Assert.Equal(j == k ? s * (1 - s) * evaluator.Inputs[0][n * 3 + i] : 0, values[slope.Id][((n * 2 + j) * 3 + i) * 2 + k], 1e-12);
                    }
    }

    [Fact]
    public void A_linear_functions_jacobian_is_its_matrix()
    {
        var check = new GradientCheck();
        var x = check.Input(3);
        var slope = Gradient(check, Dense(check, x, "one", 2), x);
        Assert.Equal([2, 3], slope.Type.Shape);
        var (value, evaluator) = check.Value(slope, 1);
        var w = evaluator.Parameters["one.w"];
        Assert.Equal([w[0], w[2], w[4], w[1], w[3], w[5]], value);
    }

    [Fact]
    public void What_was_not_computed_from_it_has_no_derivative()
    {
        var check = new GradientCheck();
        var (x, other) = (check.Input(3), check.Input(3));
        Assert.Equal("x", Assert.Throws<ShapeException>(() => Gradient(check, check.Graph.Add(new Tanh(), x), other)).Argument);
    }

    [Fact]
    public void A_gradient_penalty_can_be_differentiated()
    {
        var check = new GradientCheck();
        var x = check.Input(3);
        var h = check.Graph.Add(new Tanh(), Dense(check, x, "one", 5));
        var y = check.Graph.Sum(check.Graph.Add(new Softplus(), Dense(check, h, "two", 2)), [0]);
        check.Run(Penalty(check, Gradient(check, y, x)), 3, "gradient penalty");
    }

    [Fact]
    public void A_jacobian_penalty_can_be_differentiated()
    {
        var check = new GradientCheck();
        var x = check.Input(3);
        var y = check.Graph.Add(new Sigmoid(), Dense(check, x, "code", 4));
        check.Run(Penalty(check, Gradient(check, y, x)), 2, "contractive penalty");
    }

    [Fact]
    public void A_penalty_through_convolution_and_pools_can_be_differentiated()
    {
        var check = new GradientCheck();
        var x = check.Input(2, 5, 4);
        var c = check.Graph.Add(new Tanh(), TestCall.Of(check.Graph, "Conv2D", x, ("channels", 3), ("kernel", 3), ("padding", 1), ("stride", 2)));
        var p = TestCall.Of(check.Graph, "AveragePool2D", TestCall.Of(check.Graph, "MaxPool2D", c, ("kernel", 2), ("stride", 1)), ("kernel", (2, 1)), ("stride", 1));
        var y = check.Graph.Sum(check.Graph.Add(new Square(), p), [0, 1, 2]);
        check.Run(Penalty(check, Gradient(check, y, x)), 2, "convolutional penalty");
    }

    [Fact]
    public void A_hessian_through_convolution_and_pools_is_what_differences_say()
    {
        var check = new GradientCheck();
        var x = check.Input(1, 4, 4);
        var c = check.Graph.Add(new Tanh(), TestCall.Of(check.Graph, "Conv2D", x, ("channels", 2), ("kernel", 2)));
        var p = TestCall.Of(check.Graph, "AveragePool2D", TestCall.Of(check.Graph, "MaxPool2D", check.Graph.Add(new Square(), c), ("kernel", 2), ("stride", 1)), ("kernel", 2));
        var slope = Gradient(check, check.Graph.Sum(check.Graph.Add(new Square(), p), [0, 1, 2]), x);
        Jacobian(check, slope, Gradient(check, slope, x), 0, 2);
    }

    [Fact]
    public void A_derivative_by_a_convolutions_kernel_for_each_sample_is_refused()
    {
        var check = new GradientCheck();
        var y = TestCall.Of(check.Graph, "Conv2D", check.Input(1, 4, 4), ("channels", 2));
        var kernel = check.Graph.Nodes.First(n => n.Operator is ParameterRead);
        Assert.Contains("kernel", Assert.Throws<ShapeException>(() => Gradient(check, y, kernel)).Message);
    }

    private static Node BatchMean(GradientCheck check, Node x) => TestCall.Of(check.Graph, "BatchMean", x);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_jacobian_of_a_mean_over_the_batch_is_of_all_samples(bool convolves)
    {
        var check = new GradientCheck();
        var x = check.Input(1, 4, 4);
        var h = convolves ? check.Graph.Sum(TestCall.Of(check.Graph, "Conv2D", x, ("channels", 2)), [1, 2]) : Dense(check, check.Graph.Add(new Reshape([16]), x), "one", 2);
        var y = BatchMean(check, check.Graph.Add(new Tanh(), h));
        var read = check.Graph.Nodes.First(n => n.Operator is ParameterRead);
        var jacobian = Gradient(check, y, read);
        Assert.Equal(TensorType.Float(false, [2, .. read.Type.Shape]), jacobian.Type);

        var evaluator = check.Evaluator(3, 1);
        var graph = check.Graph.Build([]);
        var actual = evaluator.Run(graph)[jacobian.Id];
        var w = evaluator.Parameters[((ParameterRead)read.Operator).Name];
        double[] At(int i, double step)
        {
            w[i] += step;
            var value = evaluator.Run(graph)[y.Id];
            w[i] -= step;
            return value;
        }
        for (var i = 0; i < w.Length; i++)
        {
            var (up, down) = (At(i, 1e-5), At(i, -1e-5));
            for (var j = 0; j < 2; j++) Assert.Equal((up[j] - down[j]) / 2e-5, actual[j * w.Length + i], 1e-7);
        }
    }

    /// <summary>A parameter's gradient is a sum over the batch too: a sample's derivative by the parameter would need all others.</summary>
    [Fact]
    public void A_derivative_for_each_sample_through_the_gradient_of_a_mean()
    {
        var check = new GradientCheck();
        var (x, w) = (check.Input(3), check.Parameter("w", 3, 2));
        var loss = BatchMean(check, Penalty(check, check.Graph.Add(new Einsum([0], [0, 1], [1]), x, w)));
        var y = check.Graph.Add(new Einsum([0], [0, 1], [1]), x, Gradient(check, loss, w));
        Jacobian(check, y, Gradient(check, y, x), 0, 3);
        Assert.Contains("through a mean over the batch", Assert.Throws<ShapeException>(() => Gradient(check, y, w)).Message);
    }

    [Fact]
    public void A_derivative_for_each_sample_through_the_gradient_of_a_kernel_is_refused()
    {
        var check = new GradientCheck();
        var x = check.Input(1, 4, 4);
        var loss = BatchMean(check, Penalty(check, TestCall.Of(check.Graph, "Conv2D", x, ("channels", 2))));
        var kernel = check.Graph.Nodes.First(n => n.Operator is ParameterRead);
        var y = check.Graph.Add(new Multiply(), Penalty(check, Gradient(check, loss, kernel)), check.Graph.Sum(x, [0, 1, 2]));
        Assert.Contains("kernel", Assert.Throws<ShapeException>(() => Gradient(check, y, x)).Message);
        Assert.Contains("kernel", Assert.Throws<ShapeException>(() => Gradient(check, y, kernel)).Message);
    }

    [Fact]
    public void A_third_derivative_is_right()
    {
        var check = new GradientCheck();
        var x = check.Input();
        var y = check.Graph.Add(new Tanh(), x);
        for (var order = 0; order < 3; order++) y = Gradient(check, y, x);
        var (value, evaluator) = check.Value(y, 3);
        Numbers.Close([.. evaluator.Inputs[0].Select(v => Math.Tanh(v) is var t ? (1 - t * t) * (6 * t * t - 2) : 0)], value, 1e-12, "tanh'''");
    }

    private static void Jacobian(GradientCheck check, Node y, Node jacobian, int input, int rows)
    {
        var evaluator = check.Evaluator(rows, 1);
        var actual = evaluator.Run(check.Graph.Build([]))[jacobian.Id];
        var graph = Kiln.Generators.Passes.DropDead.Run(check.Graph.Build([new(Role.Prediction, "y", y.Id)]));
        var x = evaluator.Inputs[input];
        var (m, n) = (y.Type.Length, x.Length / rows);
        for (var row = 0; row < rows; row++)
            for (var i = 0; i < n; i++)
            {
                var kept = x[row * n + i];
                x[row * n + i] = kept + 1e-5;
                var up = evaluator.Outputs(graph, Role.Prediction)["y"];
                x[row * n + i] = kept - 1e-5;
                var down = evaluator.Outputs(graph, Role.Prediction)["y"];
                x[row * n + i] = kept;
                var start = jacobian.Type.Batched ? row * m * n : 0;
                for (var j = 0; j < m; j++) Assert.Equal((up[row * m + j] - down[row * m + j]) / 2e-5, actual[start + j * n + i], 1e-7);
            }
    }
}
