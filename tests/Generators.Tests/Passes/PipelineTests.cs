using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Passes;
using Kiln.Generators.Tests.Operators;

namespace Kiln.Generators.Tests.Passes;

/// <summary>The passes: what they remove, and that they change no value.</summary>
public sealed class PipelineTests
{
    private static Kiln.Generators.Graph.Graph Simplified(Node y, GradientCheck check) => Pipeline.Run(check.Graph.Build([new(Role.Prediction, "", y.Id)]), Pipeline.Forward);

    private static void SimplifiesTo(string expected, Func<GraphBuilder, Node, Node> build, params int[] shape)
    {
        var check = new GradientCheck();
        var y = build(check.Graph, check.Input(shape.Length == 0 ? [2, 3] : shape));
        var graph = Simplified(y, check);
        var evaluator = check.Evaluator(2, 1);
        var before = evaluator.Run(check.Graph.Build([]))[y.Id];
        Numbers.Close(before, evaluator.Run(graph)[graph.Outputs[0].Node], 1e-12, expected);
        Assert.Equal(expected, string.Join(" ", graph.Nodes.Select(n => n.Operator.GetType().Name).Where(n => n != nameof(InputRead))));
    }

    [Fact] public void Adding_zero_goes() => SimplifiesTo("", (g, x) => g.Add(new Add(), x, g.Number(0)));
    [Fact] public void Multiplying_by_one_goes() => SimplifiesTo("", (g, x) => g.Scale(x, 1));
    [Fact] public void Multiplying_by_zero_stays() => SimplifiesTo("Constant Multiply", (g, x) => g.Scale(x, 0));
    [Fact] public void Two_factors_become_one() => SimplifiesTo("Constant Multiply", (g, x) => g.Scale(g.Scale(x, 3), 0.5));
    [Fact] public void A_quotient_by_a_power_of_two_is_a_product() => SimplifiesTo("Constant Multiply", (g, x) => g.Add(new Divide(), x, g.Number(16)));
    [Fact] public void A_quotient_by_another_number_stays() => SimplifiesTo("Constant Divide", (g, x) => g.Add(new Divide(), x, g.Number(3)));
    [Fact] public void Two_signs_cancel() => SimplifiesTo("", (g, x) => g.Add(new Negate(), g.Add(new Negate(), x)));
    [Fact] public void A_sum_with_a_negative_is_a_difference() => SimplifiesTo("Square Subtract", (g, x) => g.Add(new Add(), x, g.Add(new Negate(), g.Add(new Square(), x))));
    [Fact] public void Reshapes_collapse() => SimplifiesTo("Reshape", (g, x) => g.Add(new Reshape([3, 2]), g.Add(new Reshape([6]), x)));
    [Fact] public void A_reshape_there_and_back_goes() => SimplifiesTo("", (g, x) => g.Add(new Reshape([2, 3]), g.Add(new Reshape([6]), x)));
    [Fact] public void A_transpose_there_and_back_goes() => SimplifiesTo("", (g, x) => g.Add(new Transpose([1, 0]), g.Add(new Transpose([1, 0]), x)));
    [Fact] public void A_transpose_of_ones_is_a_reshape() => SimplifiesTo("Reshape", (g, x) => g.Add(new Transpose([1, 0, 2]), x), 2, 1, 3);
    [Fact] public void A_slice_of_what_was_padded_goes() => SimplifiesTo("", (g, x) => g.Add(new Slice(0, 1, 2), g.Add(new Pad(0, 1, 4), x)));
    [Fact] public void A_slice_of_a_part_reads_the_part() => SimplifiesTo("Slice", (g, x) => g.Add(new Slice(0, 3, 1), g.Add(new Concat(0), x, x)));
    [Fact] public void Pointwise_operators_broadcast_themselves() => SimplifiesTo("Reduce Add", (g, x) => g.Add(new Add(), x, g.Add(new Broadcast(true, [2, 3]), g.Sum(x, [0, 1]))));
    [Fact] public void What_is_broadcast_is_computed_once() => SimplifiesTo("Reduce Exp Broadcast", (g, x) => g.Add(new Exp(), g.Add(new Broadcast(true, [2, 3]), g.Sum(x, [0, 1]))));
    [Fact] public void A_sum_of_equal_terms_is_a_product() => SimplifiesTo("Reduce Constant Multiply", (g, x) => g.Sum(g.Add(new Broadcast(true, [4, 5]), g.Sum(x, [0, 1])), [0, 1]));
    [Fact] public void Marks_for_gradients_go() => SimplifiesTo("", (g, x) => g.Add(new StopGradient(), x));
    [Fact] public void Constants_are_computed() => SimplifiesTo("Constant Add", (g, x) => g.Add(new Add(), x, g.Add(new Divide(), g.Add(new Constant([1, 2, 4], [3])), g.Number(16))));
    [Fact] public void A_transposed_operand_is_read_in_place() => SimplifiesTo("Einsum", (g, x) => g.Add(new Einsum([0, 1], [1, 2], [0, 2]), g.Add(new Transpose([1, 0]), x), x));
    [Fact] public void Outer_products_are_summed_at_once() => SimplifiesTo("Einsum", (g, x) => g.Add(new BatchSum(), g.Add(new Einsum([0], [1], [0, 1]), x, x)), 3);
    [Fact] public void The_same_value_is_computed_once() => SimplifiesTo("Tanh Add", (g, x) => g.Add(new Add(), g.Add(new Tanh(), x), g.Add(new Tanh(), x)));

    [Fact]
    public void Passes_are_left_when_nobody_waits_for_them()
    {
        var check = new GradientCheck();
        var program = check.Program(check.Graph.Add(new Tanh(), check.Input(3)));
        Assert.Throws<OperationCanceledException>(() => Pipeline.Run(program, cancellation: new(canceled: true)));
    }

    [Fact]
    public void A_long_chain_of_views_is_cut()
    {
        var check = new GradientCheck();
        var x = check.Input(4, 4);
        for (var i = 0; i < 300; i++) x = check.Graph.Add(new Pad(0, 0, 1), check.Graph.Add(new Slice(0, 0, 3), check.Graph.Add(new Transpose([1, 0]), x)));
        var fusion = new Kiln.Generators.Kernels.Fusion(check.Graph.Build([new(Role.Prediction, "", x.Id)]));
        Assert.InRange(Enumerable.Range(0, x.Id).Count(fusion.IsStored), 5, 10);
    }

    [Fact]
    public void A_unit_matrix_is_written_by_a_loop()
    {
        var network = GeneratorHost.Network("[Network] public sealed partial class Net { [Predict] static Tensor P([Shape(1024)] Tensor x) => x.Tanh().Gradient(x); }");
        Assert.Contains("for (var i = 0; i <= 1048575; i += 1025) constants[i] = 1f;", NetworkCompiler.Compile(network).KernelsSource);
    }

    [Fact]
    public void Draws_are_never_merged()
    {
        var check = new GradientCheck();
        var draw = new RandomDraw(Distribution.Uniform, "s", true, [2]);
        var graph = Simplified(check.Graph.Add(new Subtract(), check.Graph.Add(draw), check.Graph.Add(draw)), check);
        Assert.Equal(2, graph.Nodes.Count(n => n.Operator is RandomDraw));
    }

    [Fact]
    public void An_update_becomes_the_negated_mean_direction_without_a_product_per_sample()
    {
        var check = new GradientCheck();
        var (v, h) = (check.Input(3), check.Input(2));
        check.Parameter("w", 3, 2);
        var (first, second) = (TestCall.Of(check.Graph, "Outer", v, ("right", h)), TestCall.Of(check.Graph, "Outer", check.Graph.Add(new Square(), v), ("right", h)));
        var direction = check.Graph.Add(new Subtract(), first, second);
        var program = check.Program(h) with { Trained = ["w"], Graph = check.Graph.Build([new(Role.Update, "w", direction.Id), new(Role.Update, "w", first.Id)]) };
        var graph = Pipeline.Run(program).Main;
        var evaluator = check.Evaluator(3, 1);
        var actual = evaluator.Outputs(graph, Role.Gradient)["w"];
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 2; j++)
                Assert.Equal(-Enumerable.Range(0, 3).Average(n => evaluator.Inputs[0][n * 3 + i] is var a ? (2 * a - a * a) * evaluator.Inputs[1][n * 2 + j] : 0), actual[i * 2 + j], 1e-12);
        Assert.DoesNotContain(graph.Nodes, n => n.Type.Batched && n.Type.Rank == 2);
    }

    [Fact]
    public void A_parameter_the_loss_does_not_depend_on_has_a_zero_gradient()
    {
        var check = new GradientCheck();
        var y = check.Graph.Add(new Add(), check.Input(2), check.Graph.Add(new StopGradient(), check.Parameter("p", 2)));
        var gradient = check.Evaluator(2, 1).Outputs(Pipeline.Run(check.Program(y)).Main, Role.Gradient)["p"];
        Assert.Equal(2, gradient.Length);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Fact]
    public void A_loss_without_batch_axis_is_allowed()
    {
        var check = new GradientCheck();
        var p = check.Parameter("p", 3);
        check.Run(check.Graph.Add(new Square(), p), 4, "unbatched");
    }

    [Fact]
    public void The_log_shows_the_graph_around_every_pass()
    {
        var check = new GradientCheck();
        check.Graph.Origin = "x.Tanh()";
        var writer = new StringWriter();
        Pipeline.Run(check.Program(check.Graph.Add(new Tanh(), check.Input(3))), writer);
        var headings = writer.ToString().Split('\n').Where(l => l.StartsWith('#')).Select(l => l.Trim()).Take(10);
        Assert.Equal(["# as evaluated", "# after Simplify", "# after ShareCommon", "# after Differentiate", "# after Simplify", "# after Moments", "# after ShareCommon", "# after DropDead", "# after Recompute", "# after Verify"], headings);
        Assert.Contains("%1 = Tanh(%0) : [N, 3]", writer.ToString());
        Assert.Contains("// x.Tanh()", writer.ToString());
        Assert.Contains("Loss = %", writer.ToString());
    }

    [Fact]
    public void A_malformed_graph_is_found()
    {
        var check = new GradientCheck();
        var y = check.Graph.Add(new Tanh(), check.Input(3));
        var graph = check.Graph.Build([new(Role.Loss, "", y.Id)]);
        Assert.Contains("the loss has 3 elements", Assert.Throws<InvalidOperationException>(() => Verify.Run(graph)).Message);
        var wrong = graph with { Outputs = [], Nodes = [graph[0], graph[1] with { Type = TensorType.Float(true, [4]) }] };
        Assert.Contains("has the type", Assert.Throws<InvalidOperationException>(() => Verify.Run(wrong)).Message);
        var late = graph with { Outputs = [], Nodes = [graph[0], graph[1] with { Inputs = [1] }] };
        Assert.Contains("come before", Assert.Throws<InvalidOperationException>(() => Verify.Run(late)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Random_graphs_keep_their_values_and_gradients(int seed)
    {
        var check = new GradientCheck { Low = 0.3, High = 1.2 };
        var random = new Random(seed);
        var values = new List<Node> { check.Input(2, 3), check.Input(3), check.Parameter("p", 2, 3), check.Parameter("q", 3, 3) };
        var g = check.Graph;
        for (var step = 0; step < 14; step++)
        {
            Node Pick(Func<Node, bool> fits) => values.Where(fits).ElementAt(random.Next(values.Count(fits)));
            var x = Pick(_ => true);
            values.Add(random.Next(12) switch
            {
                0 => g.Add(new Tanh(), x),
                1 => g.Add(new Add(), x, Pick(v => v.Type.Shape == x.Type.Shape)),
                2 => g.Add(new Multiply(), x, Pick(v => v.Type.Shape == x.Type.Shape)),
                3 => g.Add(new Negate(), x),
                4 => g.Add(new Sigmoid(), g.Scale(x, random.Next(-1, 3))),
                5 => g.Add(new Reshape(x.Type.Shape), g.Add(new Reshape([x.Type.Length]), x)),
                6 => g.Add(new Broadcast(x.Type.Batched, x.Type.Shape), g.Keep(g.Mean(x, [0]), x.Type.Shape, [0])),
                7 => g.Add(new Einsum([.. Enumerable.Range(0, x.Type.Rank)], [x.Type.Rank, x.Type.Rank - 1], [.. Enumerable.Range(0, x.Type.Rank - 1), x.Type.Rank]), x, g.Add(new Transpose([1, 0]), values[3])),
                8 => g.Add(new Subtract(), x, g.Keep(g.Add(new Reduce(Reduction.Max, [x.Type.Rank - 1]), x), x.Type.Shape, [x.Type.Rank - 1])),
                9 => g.Add(new Slice(0, 1, x.Type[0]), g.Add(new Concat(0), x, Pick(v => v.Type.Shape == x.Type.Shape))),
                10 => BatchMeanOperator.Of(g, x),
                _ => g.Add(new Subtract(), x, g.Number(0)),
            });
        }

        var sum = values.Aggregate((a, b) => g.Add(new Add(), g.Sum(a, [.. Enumerable.Range(0, a.Type.Rank)]), g.Sum(b, [.. Enumerable.Range(0, b.Type.Rank)])));
        check.Run(sum, 3, $"graph {seed}", 1e-5);
    }
}
