using Kiln.Generators.Emission.Api;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Tests.Api;

public sealed class SummaryTableTests
{
    [Theory]
    [InlineData("Dense(10)", "Dense(10)")]
    [InlineData("image.Conv2D(6, kernel: 5).Tanh()", "Tanh()")]
    [InlineData("Critic.Apply(Paint(noise.Square()))", "Critic.Apply(Paint(noise.Square()))")]
    [InlineData("Critic.Apply(real).BinaryCrossEntropyWithLogits(1)", "BinaryCrossEntropyWithLogits(1)")]
    public void Of_a_chain_the_last_call_is_shown(string origin, string expected) => Assert.Equal(expected, SummaryTable.Layer(origin));

    [Fact]
    public void Every_call_of_a_long_chain_has_its_line()
    {
        var network = GeneratorHost.Network("""
            [Network]
            public partial class Net
            {
                [Predict]
                static Tensor Logits([Shape(3, 16, 16)] Tensor image) => image
                    .Conv2D(8, kernel: 3, padding: Padding.Same, name: "first").Relu()
                    .Conv2D(8, kernel: 3, padding: Padding.Same, name: "second")
                    .Tanh()
                    .MaxPool2D(2).Flatten().Dense(10);
            }
            """);
        var lines = SummaryTable.Of(NetworkCompiler.Compile(network)).Split('\n');
        var layers = lines.SkipWhile(l => !l.Contains("layer")).Skip(1).TakeWhile(l => l.StartsWith("  ")).Select(l => l.Trim().Split("  ")[0]);
        Assert.Equal(
            ["image.Conv2D(8, kernel: 3, padding: Padding.Sam…", "Relu()", "Conv2D(8, kernel: 3, padding: Padding.Same, nam…", "Tanh()", "MaxPool2D(2)", "Flatten()", "Dense(10)"], layers);
    }

    [Fact]
    public void Equal_layers_have_a_line_each()
    {
        var network = GeneratorHost.Network("[Network, Input(8), Dense(8), Dense(8), CrossEntropy] public partial class Net;");
        var lines = SummaryTable.Of(NetworkCompiler.Compile(network)).Split('\n');
        Assert.Equal(["  Dense(8)  8               72    136", "  Dense(8)  8               72    136"], lines.SkipWhile(l => !l.StartsWith("  Dense")).Take(2));
    }

    [Fact]
    public void A_program_that_only_assigns_has_its_lines()
    {
        var network = GeneratorHost.Network("""
            [Network]
            public partial class Net
            {
                static readonly Parameter W = new(4);
                [Learn] static void Halve() => W.Assign(W * 0.5);
            }
            """);
        var compiled = NetworkCompiler.Compile(network);
        Assert.Equal(["Halve"], compiled.Programs.Select(p => p.EntryPoint));
        Assert.DoesNotContain("HalveLoss", compiled.KernelsSource);
        Assert.Contains("\n[Learn] Halve()\n", SummaryTable.Of(compiled));
    }

    [Fact]
    public void Layers_have_shapes_parameters_and_operations()
    {
        var network = GeneratorHost.Network("""
            [Network, Input(1, 8, 8)]
            [Conv2D(2, Kernel = 3), Relu, Flatten, Dense(5)]
            [CrossEntropy]
            public partial class Net;
            """);
        var lines = SummaryTable.Of(NetworkCompiler.Compile(network)).Split('\n');
        Assert.Equal("Net: 385 parameters", lines[0]);
        Assert.Equal("Predict(input: 1×8×8)", lines[2]);
        // 72 outputs of nine multiplications and additions, and a bias.
        Assert.Equal(["Conv2D(2,", "Kernel", "=", "3)", "2×6×6", "20", "1,368"], Words(lines[4]));
        Assert.Equal(["Relu", "2×6×6", "72"], Words(lines[5]));
        Assert.Equal(["Flatten", "72"], Words(lines[6]));
        Assert.Equal(["Dense(5)", "5", "365", "725"], Words(lines[7]));

        static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
