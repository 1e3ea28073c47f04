using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Passes;
using Kiln.Generators.Tests.Reference;

namespace Kiln.Generators.Tests.Operators;

/// <summary>Batch normalisation by its formulas, written out in loops.</summary>
public sealed class BatchNormTests
{
    private const double Epsilon = 1e-3, Momentum = 0.25;

    public static TheoryData<int[], int, bool> Cases => new()
    {
        { [3], 4, true }, { [1], 2, true }, { [5], 7, false }, { [3, 2, 5], 4, true }, { [2, 3, 3], 1, true }, { [2, 7], 3, false },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Training_normalises_by_the_batch(int[] shape, int rows, bool affine)
    {
        var (check, x, call, y) = Build(shape, affine, training: true);
        var (value, evaluator) = check.Value(y, rows);
        var (input, area) = (evaluator.Inputs[0], shape.Skip(1).Aggregate(1, (n, d) => n * d));
        var (mean, variance) = Statistics(input, shape[0], area);
        Numbers.Close(Normalised(input, mean, variance, evaluator, affine, area), value, 1e-6, "batch norm");
        check.Run(y, rows, "batch norm", 1e-5);

        // The running statistics move towards the batch's; its variance without bias.
        var (values, count) = (evaluator.Run(check.Graph.Build([])), (double)rows * area);
        var (runningMean, runningVariance) = (evaluator.Parameters["running_mean"], evaluator.Parameters["running_var"]);
        Numbers.Close([.. mean.Select((m, c) => (1 - Momentum) * runningMean[c] + Momentum * m)], values[call.Assigned["running_mean"].Id], 1e-6, "running mean");
        Numbers.Close([.. variance.Select((v, c) => (1 - Momentum) * runningVariance[c] + Momentum * v * count / (count - 1))], values[call.Assigned["running_var"].Id], 1e-6, "running variance");
    }

    [Theory, MemberData(nameof(Cases))]
    public void Inference_normalises_by_the_running_statistics(int[] shape, int rows, bool affine)
    {
        var (check, _, call, y) = Build(shape, affine, training: false);
        var (value, evaluator) = check.Value(y, rows);
        Numbers.Close(Normalised(evaluator.Inputs[0], evaluator.Parameters["running_mean"], evaluator.Parameters["running_var"], evaluator, affine, shape.Skip(1).Aggregate(1, (n, d) => n * d)), value, 1e-6, "batch norm");
        check.Run(y, rows, "batch norm", 1e-5);
        Assert.Empty(call.Assigned);
    }

    /// <summary>One row of features has no variance: it takes the running statistics, which stay to the last bit.</summary>
    [Fact]
    public void A_single_number_per_channel_is_normalised_by_the_running_statistics()
    {
        var (check, _, call, y) = Build([4], affine: true, training: true);
        var (value, evaluator) = check.Value(y, 1);
        Numbers.Close(Normalised(evaluator.Inputs[0], evaluator.Parameters["running_mean"], evaluator.Parameters["running_var"], evaluator, true, 1), value, 1e-6, "batch norm");
        check.Run(y, 1, "batch norm", 1e-5, "running_mean", "running_var");
        var values = evaluator.Run(check.Graph.Build([]));
        Assert.Equal(evaluator.Parameters["running_mean"], values[call.Assigned["running_mean"].Id]);
        Assert.Equal(evaluator.Parameters["running_var"], values[call.Assigned["running_var"].Id]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Inference_is_one_multiply_add_for_each_element(bool affine)
    {
        var check = new GradientCheck();
        var y = TestCall.Of(check.Graph, "BatchNorm", check.Input(3, 4, 4), ("affine", affine));
        var program = new Program("Predict", 0, ProgramKind.Predict, "", [], [], check.Graph.Build([new Output(Role.Prediction, "y", y.Id)]));
        Assert.Equal(["InputRead", "ScaleShift"], Pipeline.Run(program).Main.Nodes.Where(n => n.Type.Batched).Select(n => n.Operator.GetType().Name));
    }

    /// <summary>What the gradient of a difference to the mean leaves out is zero: the same as through the mean, in fewer passes, in whatever the difference is used.</summary>
    [Theory]
    [InlineData(3, 1), InlineData(3, 4), InlineData(1, 5)]
    public void The_derivative_through_the_mean(int rows, int width)
    {
        var check = new GradientCheck();
        var (graph, x) = (check.Graph, check.Input(2, width));
        var mean = graph.PerChannel(graph.Add(new Divide(), graph.Add(new BatchSum(), graph.Sum(x, [1])), graph.Scale(graph.Add(new LiveRows()), width)), 2);
        var centred = graph.Add(new Centred(), x, mean);
        var (perChannel, perPixel, all) = (check.Parameter("c", 2, 1), check.Parameter("p", 1, width), check.Parameter("a", 2, width));
        var product = graph.Add(new Multiply(), centred, graph.Add(new Negate(), graph.Add(new Multiply(), perChannel, graph.Add(new Tanh(), centred))));
        var sum = graph.Add(new Add(), graph.Add(new Square(), centred), graph.Add(new Add(), graph.Add(new Multiply(), centred, perPixel), graph.Add(new Multiply(), centred, all)));
        check.Run(graph.Add(new Add(), graph.Add(new Add(), product, sum), graph.Scale(centred, 3)), rows, "centred");
    }

    /// <summary>A penalty on the gradient differentiates through the batch's statistics twice.</summary>
    [Fact]
    public void Second_derivatives()
    {
        var (check, x, _, y) = Build([3], affine: true, training: true);
        var slope = Autodiff.Derivative(check.Graph, check.Graph.Sum(check.Graph.Add(new Tanh(), y), [0]), x);
        check.Run(check.Graph.Add(new Square(), slope), 3, "penalty", 1e-4);
    }

    /// <summary>The slope of the batch's mean, differentiated again: through the shorter gradient of the difference to the mean.</summary>
    [Theory]
    [InlineData(new[] { 3 }, 4), InlineData(new[] { 2, 3, 2 }, 2)]
    public void Second_derivatives_of_the_batch(int[] shape, int rows)
    {
        var (check, x, _, y) = Build(shape, affine: true, training: true);
        var graph = check.Graph;
        var loss = BatchMeanOperator.Of(graph, graph.Sum(graph.Add(new Tanh(), y), [.. Enumerable.Range(0, shape.Length)]));
        var slope = Autodiff.Derivative(graph, loss, graph.Nodes.First(n => n.Operator is ParameterRead { Name: "weight" }));
        check.Run(graph.Add(new Multiply(), x, graph.PerChannel(slope, shape.Length)), rows, "slope", 1e-4);
    }

    private static (GradientCheck Check, Node X, TestCall Call, Node Y) Build(int[] shape, bool affine, bool training)
    {
        var check = new GradientCheck { Low = 0.5, High = 2 };
        var x = check.Input(shape);
        (string, object)[] arguments = [("epsilon", Epsilon), ("momentum", Momentum), ("affine", affine)];
        var call = new TestCall(check.Graph, "BatchNorm", x, training ? [.. arguments, ("training", true)] : arguments);
        return (check, x, call, call.Apply());
    }

    private static (double[] Mean, double[] Variance) Statistics(double[] x, int channels, int area)
    {
        var numbers = Enumerable.Range(0, channels).Select(c => x.Where((_, i) => i / area % channels == c).ToArray()).ToArray();
        var mean = numbers.Select(n => n.Average()).ToArray();
        return (mean, [.. numbers.Select((n, c) => n.Average(v => (v - mean[c]) * (v - mean[c])))]);
    }

    private static double[] Normalised(double[] x, double[] mean, double[] variance, ReferenceEvaluator evaluator, bool affine, int area) => [.. x.Select((v, i) =>
    {
        var c = i / area % mean.Length;
        var y = (v - mean[c]) / Math.Sqrt(variance[c] + (float)Epsilon);
        return affine ? y * evaluator.Parameters["weight"][c] + evaluator.Parameters["bias"][c] : y;
    })];
}
