using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests.Operators;

/// <summary>Words of labels and of the batch.</summary>
public sealed class LabelTests
{
    [Fact]
    public void OneHot_is_one_at_the_label()
    {
        var graph = new GraphBuilder();
        var labels = graph.Add(new InputRead(0, new(DType.Int32, true, [2])));
        var y = TestCall.Of(graph, "OneHot", null, ("this", new LabelsValue(labels, 3)));
        var evaluator = new Reference.ReferenceEvaluator(2) { Inputs = { [0] = [2, 0, 1, 1] } };
        Assert.Equal([0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0], evaluator.Run(graph.Build([]))[y.Id]);
    }

    [Fact]
    public void ArgMax_is_the_first_greatest()
    {
        var graph = new GraphBuilder();
        var x = graph.Add(new InputRead(0, TensorType.Float(true, [3])));
        var labels = TestCall.Of<LabelsValue>(graph, "ArgMax", x);
        var evaluator = new Reference.ReferenceEvaluator(2) { Inputs = { [0] = [1, 5, 5, 2, 0, 1] } };
        Assert.Equal([1, 0], evaluator.Run(graph.Build([]))[labels.Node.Id]);
        Assert.Equal(3, labels.Classes);
    }

    [Fact]
    public void CrossEntropy_of_labels_has_their_shape_and_the_gradient_of_softmax()
    {
        var check = new GradientCheck { Low = -3, High = 3 };
        var x = check.Input(5, 4);
        var labels = new LabelsValue(check.Graph.Add(new Constant([0, 3, 1, 2, 2], [5], DType.Int32)), 4);
        var y = TestCall.Of(check.Graph, "CrossEntropy", x, ("labels", labels));
        Assert.Equal(TensorType.Float(true, [5]), y.Type);
        check.Run(y, 3, "cross-entropy");
    }

    [Fact]
    public void CrossEntropy_lets_a_class_be_impossible()
    {
        var graph = new GraphBuilder();
        var x = graph.Add(new InputRead(0, TensorType.Float(true, [3])));
        var y = TestCall.Of(graph, "CrossEntropy", x, ("labels", new LabelsValue(graph.Add(new Constant([1], [], DType.Int32)), 0)));
        var evaluator = new Reference.ReferenceEvaluator(1) { Inputs = { [0] = [double.NegativeInfinity, 1, 1] } };
        Assert.Equal(Math.Log(2), evaluator.Run(graph.Build([]))[y.Id][0], 1e-12);
    }

    [Theory]
    [InlineData(3, "label 3")]
    [InlineData(-1, "label -1")]
    public void CrossEntropy_refuses_a_constant_label_that_is_no_class(int label, string said)
    {
        var graph = new GraphBuilder();
        var x = graph.Add(new InputRead(0, TensorType.Float(true, [3])));
        var labels = new LabelsValue(graph.Add(new Constant([label], [], DType.Int32)), 0);
        var wrong = Assert.Throws<ShapeException>(() => TestCall.Of(graph, "CrossEntropy", x, ("labels", labels)));
        Assert.Contains(said, wrong.Message);
        Assert.Equal("labels", wrong.Argument);
    }

    [Theory]
    [InlineData("smoothing", 1.5, "expected a smoothing from 0 to 1, got 1.5")]
    [InlineData("smoothing", double.NaN, "expected a smoothing from 0 to 1, got NaN")]
    [InlineData("ignored", 4, "from 0 to 3, or -1 for none")]
    [InlineData("ignored", -2, "from 0 to 3, or -1 for none")]
    [InlineData("weights", new[] { 1f, 2 }, "3 logits and 2 weights")]
    [InlineData("weights", new[] { 1, -1f, 2 }, "expected finite weights of at least 0, got -1 for class 1")]
    [InlineData("weights", new[] { 1, 2, float.PositiveInfinity }, "for class 2")]
    public void CrossEntropy_refuses_what_is_no_share_weight_or_label(string argument, object value, string said)
    {
        var check = new GradientCheck();
        var labels = new LabelsValue(check.Graph.Add(new Constant([1], [], DType.Int32)), 3);
        var wrong = Assert.Throws<ShapeException>(() => TestCall.Of(check.Graph, "CrossEntropy", check.Input(3), ("labels", labels), (argument, value)));
        Assert.Contains(said, wrong.Message);
        Assert.Equal(argument, wrong.Argument);
    }

    [Theory]
    [InlineData(0.0, "MultiHinge: expected a finite margin above 0, got 0")]
    [InlineData(double.NaN, "MultiHinge: expected a finite margin above 0, got NaN")]
    public void MultiHinge_refuses_a_margin_that_is_none(double margin, string said)
    {
        var check = new GradientCheck();
        var labels = new LabelsValue(check.Graph.Add(new Constant([1], [], DType.Int32)), 3);
        var wrong = Assert.Throws<ShapeException>(() => TestCall.Of(check.Graph, "MultiHinge", check.Input(3), ("labels", labels), ("margin", margin)));
        Assert.Equal((said, "margin"), (wrong.Message, wrong.Argument));
    }

    [Theory]
    [InlineData("GaussianNegativeLogLikelihood", "variance", new[] { 2 }, "a variance of the shape of")]
    [InlineData("CosineSimilarity", "other", new[] { 2 }, "expected two values of one shape")]
    [InlineData("CosineEmbedding", "target", new[] { 2 }, "without its last axis, got")]
    [InlineData("AbsoluteError", "target", new[] { 2 }, "a target of the shape of")]
    public void A_loss_refuses_an_operand_of_another_shape(string word, string argument, int[] shape, string said)
    {
        var check = new GradientCheck();
        var x = check.Input(3);
        var operands = new Dictionary<string, object> { ["target"] = word == "CosineEmbedding" ? 1.0 : x, ["variance"] = x, ["other"] = x, [argument] = check.Input(shape) };
        var wrong = Assert.Throws<ShapeException>(() => TestCall.Of(check.Graph, word, x, [.. operands.Select(o => (o.Key, o.Value))]));
        Assert.Contains(said, wrong.Message);
        Assert.Equal(argument, wrong.Argument);
    }

    [Theory]
    [InlineData("NoisyRelu", "deviation", -0.1, "deviation must be at least 0, got -0.1")]
    [InlineData("CosineEmbedding", "margin", 1.5, "expected a margin from -1 to 1, got 1.5")]
    [InlineData("CosineSimilarity", "epsilon", 0.0, "epsilon must be above 0, got 0")]
    [InlineData("GaussianNegativeLogLikelihood", "epsilon", -1.0, "epsilon must be above 0, got -1")]
    [InlineData("Softmax", "temperature", 0.0, "expected a finite temperature above 0, got 0")]
    public void A_number_outside_its_range_is_named(string word, string argument, double value, string said)
    {
        var check = new GradientCheck();
        var x = check.Input(3);
        var wrong = Assert.Throws<ShapeException>(() => TestCall.Of(check.Graph, word, x, ("target", word == "CosineEmbedding" ? 1.0 : x), ("variance", x), ("other", x), (argument, value)));
        Assert.Contains(said, wrong.Message);
        Assert.Equal(argument, wrong.Argument);
    }

    [Fact]
    public void A_whole_number_is_a_label_and_its_one_hot_vector_a_constant()
    {
        var network = GeneratorHost.Network("[Network] public partial class Net { [Learn] static Loss Always([Shape(4)] Tensor x) => x.Dense(3).CrossEntropy(1); }");
        var graph = Kiln.Generators.Passes.Pipeline.Run(network.Programs[0]).Main;
        Assert.Contains(graph.Nodes, n => n.Operator is Constant constant && constant.Values.SequenceEqual([0f, 1f, 0f]));
        Assert.All(graph.Nodes, n => Assert.Equal(DType.Float32, n.Type.DType));
    }

    [Fact]
    public void The_batchs_mean_and_variance_are_the_same_for_every_sample()
    {
        var check = new GradientCheck();
        var x = check.Input(2);
        var (mean, variance) = (TestCall.Of(check.Graph, "BatchMean", x), TestCall.Of(check.Graph, "BatchVariance", x));
        Assert.False(mean.Type.Batched || variance.Type.Batched);
        var value = check.Evaluator(3, 1);
        var all = value.Run(check.Graph.Build([]));
        double[] first = [value.Inputs[0][0], value.Inputs[0][2], value.Inputs[0][4]];
        Assert.Equal(first.Average(), all[mean.Id][0], 1e-12);
        Assert.Equal(first.Average(v => v * v) - first.Average() * first.Average(), all[variance.Id][0], 1e-12);
        check.Run(check.Graph.Add(new Divide(), check.Graph.Add(new Subtract(), x, mean), check.Graph.Add(new Sqrt(), variance)), 3, "normalised", 1e-5);
    }

    [Theory]
    [InlineData("Reshape", "shape", new[] { 4, -1 })]
    [InlineData("Sum", "axes", new[] { 2 })]
    [InlineData("Sum", "axes", new[] { 0, -2 })]
    public void A_wrong_argument_is_named(string word, string argument, int[] value)
    {
        var check = new GradientCheck();
        var wrong = Assert.Throws<ShapeException>(() => TestCall.Of(check.Graph, word, check.Input(2, 3), (argument, value)));
        Assert.Equal(argument, wrong.Argument);
    }
}
