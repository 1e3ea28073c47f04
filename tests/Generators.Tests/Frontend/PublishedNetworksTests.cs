using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests;

/// <summary>The networks of samples/Networks have the sizes and the numbers of parameters that were published. No weight is made for it.</summary>
public sealed class PublishedNetworksTests
{
    private static readonly string[] Files =
        ["AlexNet", "CifarResNet", "ConvolutionalAutoEncoder", "GoogLeNet", "HouseNumbers", "LeNet5", "ResNet", "SpectralEeg", "Vgg", "ZfNet"];

    private static readonly Lazy<Microsoft.CodeAnalysis.CSharp.CSharpCompilation> Compilation =
        new(() => GeneratorHost.Compile([.. Files.Select(f => (f + ".cs", GeneratorHost.Embedded($"Published/{f}.cs")))]));

    /// <summary>Parameters that a prediction reads and training moves: running means and variances are none.</summary>
    [Theory]
    [InlineData("AlexNet", 60_965_224)]
    [InlineData("Vgg11", 132_863_336)]
    [InlineData("Vgg13", 133_047_848)]
    [InlineData("Vgg16", 138_357_544)]
    [InlineData("Vgg19", 143_667_240)]
    [InlineData("GoogLeNet", 6_998_552)]
    [InlineData("ResNet18", 11_689_512)]
    [InlineData("ResNet34", 21_797_672)]
    [InlineData("ResNet50", 25_557_032)]
    [InlineData("ResNet101", 44_549_160)]
    [InlineData("ResNet152", 60_192_808)]
    // The paper has 0.27, 0.85 and 1.7 million.
    [InlineData("ResNet20", 269_722)]
    [InlineData("ResNet56", 853_018)]
    [InlineData("ResNet110", 1_727_962)]
    // The paper's 60,000, and those of a dense layer in place of its fixed drawings of the digits.
    [InlineData("LeNet5", 60_000 + 84 * 10 + 10)]
    // The papers give no numbers; these are sums over their tables: kernels and biases of the convolutions, then the dense layers.
    [InlineData("ZfNet", (7 * 7 * 3 + 1) * 96 + (25 * 96 + 1) * 256 + (9 * 256 + 1) * 384 + (9 * 384 + 1) * 384 + (9 * 384 + 1) * 256 + (256 * 6 * 6 + 1) * 4096 + 4097 * 4096 + 4097 * 1000)]
    [InlineData("HouseNumbers",
        (25 * 3 + 1) * 3 * 48 + (25 * 48 + 1) * 64 + (25 * 64 + 1) * 128 + (25 * 128 + 1) * 160 + (25 * 160 + 1) * 192 + 3 * (25 * 192 + 1) * 192
        + 4 * 4 * (25 * 192 + 1) * 192 + 2 * 3073 * 3072 + 3073 * (7 + 5 * 10))]
    [InlineData("SpectralEeg", (4 * 4 + 1) * 40 + (25 * 40 + 1) * 100 + (100 * 3 * 3 + 1) * 3)]
    public void Parameters(string name, int expected) => Assert.Equal(expected, Count(Network(name), ProgramKind.Predict));

    /// <summary>Each auxiliary classifier: 1×1 convolution of 512 and 528 maps to 128, dense layers of 2048 to 1024 to 1000.</summary>
    [Fact]
    public void Auxiliary_classifiers_are_trained() =>
        Assert.Equal(6_998_552 + (512 + 1 + 528 + 1) * 128 + 2 * (2049 * 1024 + 1025 * 1000), Count(Network("GoogLeNet"), ProgramKind.Learn));

    /// <summary>A decoder with its encoder's weights has biases alone.</summary>
    [Fact]
    public void Auto_encoder_has_each_weight_once() => Assert.Equal((9 + 1) * 16 + (9 * 16 + 1) * 32 + 16 + 1, Count(Network("ConvolutionalAutoEncoder"), ProgramKind.Learn));

    /// <summary>The sizes in the papers' tables, in their order, are among those of the prediction's values.</summary>
    [Theory]
    [InlineData("LeNet5", "6×28×28 6×14×14 16×10×10 16×5×5 120×1×1 84 10")]
    [InlineData("AlexNet", "96×55×55 96×27×27 256×27×27 256×13×13 384×13×13 384×13×13 256×13×13 256×6×6 4096 4096 1000")]
    [InlineData("ZfNet", "96×110×110 96×55×55 256×26×26 256×13×13 384×13×13 384×13×13 256×13×13 256×6×6 4096 4096 1000")]
    [InlineData("Vgg16", "64×224×224 64×112×112 128×112×112 128×56×56 256×56×56 256×28×28 512×28×28 512×14×14 512×14×14 512×7×7 25088 4096 4096 1000")]
    [InlineData("GoogLeNet", "64×112×112 64×56×56 192×56×56 192×28×28 256×28×28 480×28×28 480×14×14 512×14×14 512×14×14 512×14×14 528×14×14 832×14×14 832×7×7 832×7×7 1024×7×7 1024 1000")]
    [InlineData("ResNet18", "64×112×112 64×56×56 128×28×28 256×14×14 512×7×7 512 1000")]
    [InlineData("ResNet34", "64×112×112 64×56×56 128×28×28 256×14×14 512×7×7 512 1000")]
    [InlineData("ResNet50", "64×112×112 64×56×56 256×56×56 512×28×28 1024×14×14 2048×7×7 2048 1000")]
    [InlineData("ResNet101", "64×112×112 64×56×56 256×56×56 512×28×28 1024×14×14 2048×7×7 2048 1000")]
    [InlineData("ResNet152", "64×112×112 64×56×56 256×56×56 512×28×28 1024×14×14 2048×7×7 2048 1000")]
    [InlineData("ResNet20", "16×32×32 32×16×16 64×8×8 64 10")]
    [InlineData("ResNet56", "16×32×32 32×16×16 64×8×8 64 10")]
    [InlineData("ResNet110", "16×32×32 32×16×16 64×8×8 64 10")]
    [InlineData("HouseNumbers", "48×54×54 48×27×27 64×27×27 128×14×14 160×14×14 192×7×7 192×7×7 192×4×4 3072 3072 7 5×10")]
    [InlineData("SpectralEeg", "40×22×22 40×11×11 100×7×7 100×3×3 3")]
    [InlineData("ConvolutionalAutoEncoder", "16×14×14 32×7×7")]
    public void Sizes(string name, string expected)
    {
        var predict = Network(name).Programs.First(p => p.Kind == ProgramKind.Predict).Graph;
        var left = new Queue<string>(expected.Split(' '));
        foreach (var node in predict.Nodes)
            if (left.Count > 0 && string.Join("×", node.Type.Shape) == left.Peek()) left.Dequeue();
        Assert.Empty(left);
    }

    /// <summary>Convolutions on the longest way, shortcuts left out, and dense layers: what the networks are called after.</summary>
    [Theory]
    [InlineData("Vgg11", 11)]
    [InlineData("Vgg13", 13)]
    [InlineData("Vgg16", 16)]
    [InlineData("Vgg19", 19)]
    [InlineData("GoogLeNet", 22)]
    [InlineData("ResNet18", 18)]
    [InlineData("ResNet34", 34)]
    [InlineData("ResNet50", 50)]
    [InlineData("ResNet101", 101)]
    [InlineData("ResNet152", 152)]
    [InlineData("ResNet20", 20)]
    [InlineData("ResNet56", 56)]
    [InlineData("ResNet110", 110)]
    public void Layers(string name, int expected)
    {
        var graph = Network(name).Programs.First(p => p.Kind == ProgramKind.Predict).Graph;
        var depth = new int[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
            depth[node.Id] = node.Inputs.Select(i => depth[i]).DefaultIfEmpty().Max() + (node.Operator is Convolution or Einsum ? 1 : 0);
        Assert.Equal(expected, depth.Max());
    }

    private static Network Network(string name)
    {
        var reading = GeneratorHost.Read(Compilation.Value, name);
        Assert.Empty(reading.Findings);
        return reading.Network!;
    }

    private static long Count(Network network, ProgramKind kind)
    {
        var read = network.Programs.Where(p => p.Kind == kind).SelectMany(p => p.Graph.Nodes).Select(n => n.Operator).OfType<ParameterRead>().Select(r => r.Name).ToHashSet();
        return network.Parameters.Where(p => p.Trainable && read.Contains(p.Name)).Sum(p => (long)p.Length);
    }
}
