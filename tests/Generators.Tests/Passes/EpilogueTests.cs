using Kiln.Generators.Graph;

namespace Kiln.Generators.Tests;

/// <summary>Which maps become a part of the product before them.</summary>
public class EpilogueTests
{
    [Theory]
    [InlineData("x.Dense(8)", "denseBias", false)]
    [InlineData("x.Dense(8).Relu()", "denseBias", true)]
    [InlineData("x.Dense(8, bias: false).Relu()", null, false)]
    [InlineData("(x.Dense(8, bias: false) + B).Relu()", "b", true)]
    [InlineData("x.Dense(8).Tanh()", null, false)]
    [InlineData("(x.Dense(8, bias: false) + x).Relu()", null, false)]
    [InlineData("Twice(x.Dense(8, bias: false))", null, false)]
    public void A_bias_and_a_ReLU_are_fused_into_the_product_before_them(string body, string? bias, bool relu)
    {
        var network = GeneratorHost.Network(
            $$"""
            [Network] public sealed partial class Net
            {
                static readonly Parameter B = new(8);
                [Predict] static Tensor Run([Shape(8)] Tensor x) => {{body}};
                [Learn] static Loss Fit([Shape(8)] Tensor x) => (x * B).Sum() + Run(x).Sum();
                static Tensor Twice(Tensor y) => (y + B) * y;
            }
            """);
        var source = NetworkCompiler.Compile(network).KernelsSource;
        var call = source.Split('\n').First(line => line.Contains("DenseTiles.Multiply<V>(x "));
        Assert.Equal(bias is null ? "" : $", {bias}{(relu ? ", relu: true" : "")}", call[(call.IndexOf(", 8, 8", StringComparison.Ordinal) + 6)..call.LastIndexOf(", backward", StringComparison.Ordinal)]);
    }
}
