using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Passes;

namespace Kiln.Generators.Tests.Passes;

/// <summary>What the backward pass keeps of the forward pass and what it computes again, and what that does to the memory of training.</summary>
public class RecomputeTests
{
    private const string Residual = """
        NETWORK
        public sealed partial class Net
        {
            [Predict]
            static Tensor Logits([Shape(3, 64, 64)] Tensor image)
            {
                var x = Normalised(image, 16).Relu();
                for (var i = 0; i < 6; i++) x = (Normalised(Normalised(x, 16).Relu(), 16) + x).Relu();
                return x.GlobalAveragePool().Dense(10);
            }
            static Tensor Normalised(Tensor x, int channels) => x.Conv2D(channels, 3, padding: 1, bias: false).BatchNorm();
            [Learn] static Loss Learn([Shape(3, 64, 64)] Tensor image, [Classes(10)] Labels label) => Logits(image).CrossEntropy(label);
        }
        """;

    private const string Small = """
        [Network(Recompute = true), Input(1, 6, 6)]
        [Conv2D(8, Padding = 1, Bias = false), BatchNorm, Relu, Conv2D(8, Padding = 1), Dropout(0.5), Tanh]
        [Conv2D(8, Padding = 1), Tanh, Conv2D(8, Padding = 1), Tanh, Conv2D(8, Padding = 1), Tanh]
        [Flatten, Dense(2), CrossEntropy]
        public sealed partial class Net;
        """;

    private static Network Read(string source, bool segments) => GeneratorHost.Network(source.Replace("NETWORK", segments ? "[Network(Recompute = true)]" : "[Network]"));

    private static (int Fixed, int PerRow) Memory(Network network)
    {
        var program = NetworkCompiler.Compile(network).Programs.Single(p => p.HasGradients);
        return (program.FixedFloats, program.FloatsPerRow);
    }

    /// <summary>Of 13 convolutions and 13 maps of them the convolutions are kept, and every second image that a block adds to; beside them live gradients.</summary>
    [Fact]
    public void A_map_of_kept_values_is_not_kept()
    {
        const int Image = 16 * 64 * 64;
        Assert.InRange(Memory(Read(Residual, segments: false)).PerRow, 16 * Image, 22 * Image);
        Assert.InRange(Memory(Read(Residual, segments: true)).PerRow, 6 * Image, 15 * Image + 64);
    }

    [Fact]
    public void Only_the_backward_pass_reads_the_second_computation()
    {
        foreach (var segments in new[] { false, true })
        {
            var program = Read(Residual, segments).Programs.Single(p => p.Kind == ProgramKind.Learn);
            var graph = Pipeline.Run(program).Main;
            var forward = Pipeline.Run(program).LossOnly!;
            int Convolutions(Graph.Graph g) => g.Nodes.Count(n => n.Operator is Convolution);
            Assert.Equal(13, Convolutions(forward));
            Assert.InRange(Convolutions(graph), segments ? 18 : 13, segments ? 26 : 13);
            // Statistics of the batch are gathered once, and the running ones move once.
            Assert.Equal(2 * 13, graph.Outputs.Count(o => o.Role == Role.Assign));
            Assert.Equal(Pipeline.Run(program with { Recompute = false }).Main.Nodes.Count(n => n.Operator is BatchSum), graph.Nodes.Count(n => n.Operator is BatchSum));
        }
    }

    /// <summary>Convolutions, draws and activations of the forward pass, and those of the backward pass among its own steps.</summary>
    [Fact]
    public void The_second_computation_of_a_small_network()
    {
        var graph = Pipeline.Run(GeneratorHost.Network(Small).Programs.Single(p => p.Kind == ProgramKind.Learn)).Main;
        var shown = graph.Nodes.Where(n => n.Operator is Convolution or ConvolutionDataGradient or ConvolutionWeightGradient or RandomDraw or Relu or Tanh).Select(n => $"%{n.Id} = ");
        Snapshot.Match(string.Join("\n", GraphPrinter.Print(graph).Split('\n').Where(line => shown.Any(start => line.StartsWith(start, StringComparison.Ordinal)))));
    }

    /// <summary>Kernels in other forms, transposed or transformed, are there shortly before they are read: not all at once.</summary>
    [Fact]
    public void A_kernel_is_transposed_where_it_is_wanted()
    {
        var chain = "[Network, Input(32, 8, 8)] [" + string.Join(", ", Enumerable.Repeat("Conv2D(32, Padding = 1, Bias = false), BatchNorm, Relu", 12)) + ", Flatten, Dense(2), CrossEntropy] public sealed partial class Net;";
        Assert.InRange(Memory(GeneratorHost.Network(chain)).Fixed, 9 * 32 * 32, (36 + 2 * 9) * 32 * 32);
    }

    /// <summary>Of a chain of n equal values about √n are kept, and the √n between two of them live for a while.</summary>
    [Fact]
    public void A_chain_is_cut_into_as_many_segments_as_each_has_values()
    {
        Segments.Value[] chain = [.. Enumerable.Range(0, 100).Select(i => new Segments.Value(i, 10, i + 1, IsWanted: true))];
        var again = Segments.Of(chain).ToHashSet();
        var kept = chain.Select(v => v.Id).Where(id => !again.Contains(id)).ToArray();
        var first = kept.Zip(kept.Skip(1)).TakeWhile(pair => pair.Second > pair.First + 1).Count() + 1;
        Assert.InRange(first, 8, 16);
        Assert.InRange(kept.Length, 12, 26);
    }

    [Fact]
    public void What_saves_nothing_is_not_computed_again() => Assert.Empty(Segments.Of([new(0, 10, 1, true), new(1, 10, 2, false)]));

    [Fact]
    public void A_value_that_lives_across_a_cut_is_kept()
    {
        // The first one is added at the end, as an image that is handed across.
        Segments.Value[] values = [new(0, 5, 40, true), .. Enumerable.Range(1, 40).Select(i => new Segments.Value(i, 10, i + 1, IsWanted: true))];
        var again = Segments.Of(values).ToHashSet();
        Assert.NotEmpty(again);
        Assert.DoesNotContain(0, again);
    }
}
