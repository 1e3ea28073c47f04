using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Passes;

namespace Kiln.Generators.Tests.Operators;

/// <summary>Words that draw random numbers, on given draws.</summary>
public sealed class RandomTests
{
    [Theory]
    [InlineData("Normal", 1)]
    [InlineData("Uniform", 0)]
    public void A_draw_has_a_batch_axis_and_the_shape_asked_for(string word, int distribution)
    {
        var graph = new GraphBuilder();
        var plain = TestCall.Of(graph, word, null, ("shape", new[] { 2, 3 }));
        var like = TestCall.Of(graph, word + "Like", null, ("x", plain));
        Assert.Equal(TensorType.Float(true, [2, 3]), plain.Type);
        Assert.Equal(plain.Type, like.Type);
        Assert.Equal((Distribution)distribution, Assert.IsType<RandomDraw>(like.Operator).Distribution);
        Assert.NotEqual(plain.Operator, like.Operator);
    }

    [Fact]
    public void Bernoulli_is_one_where_the_draw_is_below_the_probability()
    {
        var check = new GradientCheck { Low = 0, High = 1 };
        var p = check.Input(20);
        var (value, evaluator) = check.Value(TestCall.Of(check.Graph, "Bernoulli", p), 2);
        var draw = Assert.Single(evaluator.Draws).Value;
        Assert.Equal(evaluator.Inputs[0].Zip(draw, (a, u) => u < a ? 1.0 : 0.0), value);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void Bernoulli_passes_gradients_only_straight_through(bool straightThrough, double expected)
    {
        var check = new GradientCheck { Low = 0, High = 1 };
        var y = TestCall.Of(check.Graph, "Bernoulli", check.Input(), ("straightThrough", straightThrough));
        var graph = Pipeline.Run(check.Program(y)).Main;
        Assert.Equal(expected, check.Evaluator(1, 1).Outputs(graph, Role.InputGradient)["x0"][0]);
    }

    [Fact]
    public void Dropout_zeroes_or_scales_while_training_and_its_gradient_does_the_same()
    {
        var check = new GradientCheck { Low = 1, High = 2 };
        var x = check.Input(30);
        var y = TestCall.Of(check.Graph, "Dropout", x, ("rate", 0.25), ("training", true));
        var (value, evaluator) = check.Value(y, 2);
        var draw = Assert.Single(evaluator.Draws).Value;
        Numbers.Close([.. evaluator.Inputs[0].Zip(draw, (a, u) => u < 0.75 ? a / 0.75 : 0)], value, 1e-6, "dropout");
        Assert.Contains(value, v => v == 0);
        check.Run(y, 2, "dropout");
    }

    [Fact]
    public void SpatialDropout_zeroes_whole_channels()
    {
        var check = new GradientCheck { Low = 1, High = 2 };
        var x = check.Input(20, 2, 3);
        var y = TestCall.Of(check.Graph, "SpatialDropout", x, ("rate", 0.25), ("training", true));
        var (value, evaluator) = check.Value(y, 2);
        var draw = Assert.Single(evaluator.Draws).Value;
        Assert.Equal(40, draw.Length);
        Numbers.Close([.. evaluator.Inputs[0].Select((a, i) => draw[i / 6] < 0.75 ? a / 0.75 : 0)], value, 1e-6, "spatial dropout");
        Assert.Contains(value, v => v == 0);
        check.Run(y, 2, "spatial dropout");
    }

    [Fact]
    public void NoisyRelu_cuts_off_what_is_noisy_while_training_and_its_gradient_does_the_same()
    {
        var check = new GradientCheck();
        var x = check.Input(30);
        var y = TestCall.Of(check.Graph, "NoisyRelu", x, ("deviation", 0.5), ("training", true));
        var (value, evaluator) = check.Value(y, 2);
        var noise = Assert.Single(evaluator.Draws).Value;
        Assert.Equal(Distribution.Normal, Assert.Single(check.Graph.Nodes.Select(n => n.Operator).OfType<RandomDraw>()).Distribution);
        Numbers.Close([.. evaluator.Inputs[0].Zip(noise, (a, n) => Math.Max(0, a + 0.5 * n))], value, 1e-6, "noisy ReLU");
        check.Run(y, 2, "noisy ReLU");
    }

    [Fact]
    public void NoisyRelu_is_ReLU_in_inference()
    {
        var check = new GradientCheck();
        var y = TestCall.Of(check.Graph, "NoisyRelu", check.Input(3), ("deviation", 0.5));
        Assert.DoesNotContain(check.Graph.Nodes, n => n.Operator is RandomDraw);
        Assert.IsType<Relu>(y.Operator);
    }

    [Fact]
    public void Dropout_is_nothing_in_inference()
    {
        var check = new GradientCheck();
        var x = check.Input(3);
        Assert.Same(x, TestCall.Of(check.Graph, "Dropout", x, ("rate", 0.25)));
    }

    [Fact]
    public void Categorical_follows_the_probabilities()
    {
        var check = new GradientCheck();
        var logits = check.Graph.Add(new Broadcast(true, [3]), check.Graph.Add(new Constant([(float)Math.Log(0.2), (float)Math.Log(0.3), (float)Math.Log(0.5)], [3])));
        var labels = TestCall.Of<LabelsValue>(check.Graph, "Categorical", logits);
        Assert.Equal(3, labels.Classes);
        const int rows = 4000;
        var counts = check.Value(labels.Node, rows).Value.GroupBy(k => (int)k).OrderBy(g => g.Key).Select(g => g.Count() / (double)rows).ToArray();
        Numbers.Close([0.2, 0.3, 0.5], counts, 0.03, "frequencies");
    }
}
