using System.Text.RegularExpressions;

namespace Kiln.Generators.Tests;

/// <summary>Maps of a loop over time that follow each other are one kernel.</summary>
public partial class MapGroupTests
{
    private static readonly string Lstm = NetworkCompiler.Compile(GeneratorHost.Network("[Network, Input(8, Sequence = true), Lstm(16), LastState, Dense(3), CrossEntropy] public sealed partial class Net;")).KernelsSource;

    /// <summary>The cell forward, the cell backward, and what the product backward ends with.</summary>
    [Fact]
    public void A_cell_is_a_product_and_one_kernel_for_all_of_its_equations()
    {
        var loops = LoopOverTime().Matches(Stage("LearnStage")).Select(m => Calls(m.Groups["body"].Value)).ToArray();
        Assert.Equal(2, loops.Length);
        Assert.Collection(loops[0], call => Assert.StartsWith("DenseTiles.Multiply<V>(", call), call => Assert.Matches(@"^\w+Group\d*<V>\(", call));
        Assert.Collection(loops[1], call => Assert.Matches(@"^\w+Group\d*<V>\(", call), call => Assert.StartsWith("DenseTiles.Multiply<V>(", call), call => Assert.StartsWith("Add", call));
    }

    /// <summary>The candidate of the cell, before dead steps keep their old one, is read by its own kernel alone. The cell, the output and what goes back through them are kept.</summary>
    [Fact]
    public void What_only_the_group_reads_is_not_stored()
    {
        var kernels = Lstm.Split("[MethodImplAttribute(KilnHot)]").Where(method => method.Contains("Rows, ", StringComparison.Ordinal));
        var body = Assert.Single(kernels, method => method.Contains("VectorMath.Tanh(@add)", StringComparison.Ordinal) && method.Contains(".Store(tanhAt2", StringComparison.Ordinal));
        Assert.Matches(@"var @add = sigmoid2 \* previousState \+ sigmoid \* tanh;", body);
        Assert.DoesNotContain("@add.Store(", body);
        Assert.Equal(7, Regex.Count(body, @"\.Store\("));
        Assert.Equal(1, Regex.Count(body, @"V\.Load\(previousStateAt \+"));
    }

    /// <summary>The gradients of both weights and of the bias are sums over products with the same numbers, and meet them once.</summary>
    [Fact]
    public void Gradients_of_one_layer_are_one_step()
    {
        var call = Assert.Single(Regex.Matches(Lstm, @"DenseTiles\.WeightGradient<V>\(\[new\([^;]*\), new\([^;]*;"));
        Assert.Contains(", bias: ", call.Value);
    }

    private static string Stage(string name) => string.Concat(Lstm.Split("[MethodImplAttribute(KilnHot)]").Where(method => method.StartsWith($" private static void {name}", StringComparison.Ordinal)));

    private static string[] Calls(string body) => [.. body.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal) && !line.StartsWith("var ", StringComparison.Ordinal))];

    [GeneratedRegex(@"for \(nint t\d* = [^\n]*\n\s*\{(?<body>[^{}]*)\}")]
    private static partial Regex LoopOverTime();
}
