using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests;

/// <summary>What moves windows over an image says the same in brackets, as an object and as a method.</summary>
public class WindowTests
{
    [Theory]
    [InlineData("Conv2D(4, Kernel = 3)", "Conv2D(4, 3)", "[N, 4, 10, 8]")]
    [InlineData("Conv2D(4, Kernel = 3, Padding = Padding.Same)", "Conv2D(4, 3, padding: Padding.Same)", "[N, 4, 12, 10]")]
    [InlineData("Conv2D(4, Kernel = 3, Stride = 2, Padding = 1)", "Conv2D(4, 3, 2, 1)", "[N, 4, 6, 5]")]
    [InlineData("Conv2D(4, KernelWidth = 5)", "Conv2D(4, (3, 5))", "[N, 4, 10, 6]")]
    [InlineData("Conv2D(4, StrideHeight = 3, Dilation = 2)", "Conv2D(4, 3, stride: (3, 1), dilation: 2)", "[N, 4, 3, 6]")]
    [InlineData("Conv2D(4, DilationHeight = 2, DilationWidth = 3, PaddingHeight = 1, PaddingWidth = 2)", "Conv2D(4, 3, dilation: (2, 3), padding: (1, 2))", "[N, 4, 10, 8]")]
    [InlineData("Conv2D(4, PaddingHeight = Padding.Same)", "Conv2D(4, 3, padding: (Padding.Same, 0))", "[N, 4, 12, 8]")]
    [InlineData("Conv2D(4, PaddingTop = 1, PaddingLeft = 2, PaddingBottom = 3, PaddingRight = 4)", "Conv2D(4, 3, padding: (1, 2, 3, 4))", "[N, 4, 14, 14]")]
    [InlineData("Conv2D(4, Padding = 1, PaddingRight = 3)", "Conv2D(4, 3, padding: (1, 1, 1, 3))", "[N, 4, 12, 12]")]
    [InlineData("Conv2D(4, Groups = 2)", "Conv2D(4, 3, groups: 2)", "[N, 4, 10, 8]")]
    [InlineData("Conv2D(6, Groups = 6, Bias = false)", "Conv2D(6, 3, groups: 6, bias: false)", "[N, 6, 10, 8]")]
    [InlineData("MaxPool2D(3)", "MaxPool2D(3)", "[N, 6, 4, 3]")]
    [InlineData("MaxPool2D(3, Ceiling = true)", "MaxPool2D(3, ceiling: true)", "[N, 6, 4, 4]")]
    [InlineData("MaxPool2D(3, KernelHeight = 2, StrideWidth = 1, StrideHeight = 2)", "MaxPool2D((2, 3), (2, 1))", "[N, 6, 6, 8]")]
    [InlineData("MaxPool2D(3, Stride = 2, Padding = Padding.Same)", "MaxPool2D(3, 2, Padding.Same)", "[N, 6, 6, 5]")]
    [InlineData("MaxPool2D(3, Stride = 2, PaddingBottom = 1, PaddingRight = 1)", "MaxPool2D(3, 2, (0, 0, 1, 1))", "[N, 6, 6, 5]")]
    [InlineData("AveragePool2D(2, Stride = 3, PaddingWidth = 1, CountPadding = false, Ceiling = true)", "AveragePool2D(2, 3, (0, 1), ceiling: true, countPadding: false)", "[N, 6, 4, 4]")]
    [InlineData("LpPool2D(2, P = 3, Stride = 1)", "LpPool2D(2, 3, 1)", "[N, 6, 11, 9]")]
    [InlineData("MaxPool1D(3)", "MaxPool1D(3)", "[N, 6, 4]", "6, 12")]
    [InlineData("MaxPool1D(3, Stride = 2, PaddingRight = 1)", "MaxPool1D(3, 2, (0, 1))", "[N, 6, 6]", "6, 12")]
    [InlineData("AveragePool1D(5, Stride = 2, Padding = 2, Ceiling = true, CountPadding = false)", "AveragePool1D(5, 2, 2, true, false)", "[N, 6, 7]", "6, 12")]
    [InlineData("AdaptiveAveragePool2D(7)", "AdaptiveAveragePool2D(7)", "[N, 6, 7, 7]")]
    [InlineData("AdaptiveMaxPool2D(3, SizeWidth = 5)", "AdaptiveMaxPool2D((3, 5))", "[N, 6, 3, 5]")]
    [InlineData("GlobalAveragePool()", "GlobalAveragePool()", "[N, 6]", "6, 12")]
    [InlineData("GlobalMaxPool()", "GlobalMaxPool()", "[N, 6]", "6, 2, 3, 4")]
    [InlineData("MaxPoolChannels(3)", "MaxPoolChannels(3)", "[N, 2, 12, 10]")]
    [InlineData("Conv1D(4, 3)", "Conv1D(4, 3)", "[N, 4, 10]", "6, 12")]
    [InlineData("Conv1D(4, 3, Stride = 2, Padding = Padding.Same, Groups = 2)", "Conv1D(4, 3, 2, Padding.Same, groups: 2)", "[N, 4, 6]", "6, 12")]
    [InlineData("Conv1D(4, 3, PaddingLeft = 2, Dilation = 3)", "Conv1D(4, 3, padding: (2, 0), dilation: 3)", "[N, 4, 8]", "6, 12")]
    [InlineData("ConvTransposed1D(4, 3, Stride = 2, OutputPadding = 1)", "ConvTransposed1D(4, 3, 2, outputPadding: 1)", "[N, 4, 26]", "6, 12")]
    [InlineData("ConvTransposed2D(4, Stride = 2, Padding = Padding.Same)", "ConvTransposed2D(4, 3, 2, Padding.Same)", "[N, 4, 24, 20]")]
    [InlineData("ConvTransposed2D(4, KernelWidth = 2, Stride = 2, Padding = 1, OutputPaddingHeight = 1, Groups = 2)", "ConvTransposed2D(4, (3, 2), 2, 1, (1, 0), groups: 2)", "[N, 4, 24, 18]")]
    [InlineData("Upsample2D(2)", "Upsample2D(2)", "[N, 6, 24, 20]")]
    [InlineData("Upsample2D(2, FactorWidth = 3, Mode = Interpolation.Bilinear)", "Upsample2D((2, 3), Interpolation.Bilinear)", "[N, 6, 24, 30]")]
    [InlineData("LocallyConnected2D(2, Stride = 3, Padding = 1)", "LocallyConnected2D(2, 3, 3, 1)", "[N, 2, 4, 4]")]
    [InlineData("WeightedAveragePool2D(3, Stride = 2)", "WeightedAveragePool2D(3, 2)", "[N, 6, 5, 4]")]
    [InlineData("Conv3D(4, KernelDepth = 2, StrideDepth = 2, Padding = 1)", "Conv3D(4, (2, 3, 3), (2, 1, 1), 1)", "[N, 4, 4, 5, 4]", "2, 6, 5, 4")]
    [InlineData("Conv3D(4, PaddingFront = 2, PaddingHeight = Padding.Same, DilationDepth = 2, Groups = 2)", "Conv3D(4, 3, padding: (2, 1, 0, 0, 1, 0), dilation: (2, 1, 1), groups: 2)", "[N, 4, 4, 5, 2]", "2, 6, 5, 4")]
    public void The_three_forms_are_one(string layer, string method, string type, string shape = "6, 12, 10")
    {
        var (name, arguments) = (layer[..layer.IndexOf('(')], layer[(layer.IndexOf('(') + 1)..^1].Split(", "));
        string Those(bool properties) => string.Join(", ", arguments.Where(a => a.Contains('=') == properties));
        var network = (string body) => GeneratorHost.Network($"[Network] public sealed partial class Net {{ [Predict] static Tensor P([Shape({shape})] Tensor x) => {body}; }}");
        var brackets = Shown(GeneratorHost.Network($"[Network, Input({shape}), {layer}] public sealed partial class Net;"));
        Assert.EndsWith(type, brackets);
        Assert.Equal(brackets, Shown(network($"new {name}({Those(false)}) {{ {Those(true)} }}.Apply(x)")));
        Assert.Equal(brackets, Shown(network($"x.{method}")));
    }

    /// <summary>The tied layer moves as its original does: it leads from the original's outputs back to its images.</summary>
    [Theory]
    [InlineData("Stride = 2, Padding = Padding.Same", "", "[N, 6, 12, 10]")]
    [InlineData("Stride = 2, PaddingTop = 1", "outputPadding: (0, 1)", "[N, 6, 12, 10]")]
    [InlineData("Kernel = 5, Groups = 2, DilationWidth = 2", "bias: false", "[N, 6, 12, 10]")]
    public void A_transposed_convolution_has_the_weight_and_the_windows_of_its_original(string windows, string arguments, string type)
    {
        var network = GeneratorHost.Network(
            $$"""
            [Network] public sealed partial class Net
            {
                static readonly Conv2D There = new(4) { {{windows}} };
                [Predict] static Tensor P([Shape(6, 12, 10)] Tensor x) => There.Transposed({{arguments}}).Apply(There.Apply(x));
            }
            """);
        Assert.EndsWith(type, Shown(network));
        string[] bias = arguments.StartsWith("bias", StringComparison.Ordinal) ? [] : ["there.transposed.bias"];
        Assert.Equal(["there.weight", "there.bias", .. bias], network.Parameters.Select(p => p.Name));
    }

    /// <summary>The operators of the prediction and their types; parameters without their names, which differ.</summary>
    private static string Shown(Network network) => string.Join("\n", network.Programs[0].Graph.Nodes.Select(n => $"{(n.Operator is ParameterRead ? "parameter" : n.Operator)} → {n.Type}"));
}
