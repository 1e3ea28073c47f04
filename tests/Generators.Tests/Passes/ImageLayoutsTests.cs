using System.Globalization;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Tests;

/// <summary>How images lie in networks that people use, and what the log says of it.</summary>
public class ImageLayoutsTests
{
    private const string LeNet5 = """
        [Network, Input(1, 28, 28)]
        [Conv2D(6, Kernel = 5, Padding = Padding.Same), Tanh, AveragePool2D(2)]
        [Conv2D(16, Kernel = 5), Tanh, AveragePool2D(2)]
        [Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10), CrossEntropy]
        public sealed partial class Net;
        """;

    private const string SmallVgg11 = """
        [Network, Input(3, 32, 32)]
        [Conv2D(64, Padding = 1), Relu, MaxPool2D(2), Conv2D(128, Padding = 1), Relu, MaxPool2D(2)]
        [Conv2D(256, Padding = 1), Relu, Conv2D(256, Padding = 1), Relu, MaxPool2D(2)]
        [Conv2D(512, Padding = 1), Relu, Conv2D(512, Padding = 1), Relu, MaxPool2D(2)]
        [Conv2D(512, Padding = 1), Relu, Conv2D(512, Padding = 1), Relu, MaxPool2D(2)]
        [Flatten, Dense(10), CrossEntropy]
        public sealed partial class Net;
        """;

    private const string Residual = """
        [Network]
        public sealed partial class Net
        {
            [Predict]
            static Tensor Logits([Shape(3, 224, 224)] Tensor image)
            {
                var x = image.Conv2D(64, 7, 2, padding: 3, bias: false).BatchNorm().Relu().MaxPool2D(3, 2, padding: 1);
                var path = x.Conv2D(64, 3, padding: 1, bias: false).BatchNorm().Relu().Conv2D(64, 3, padding: 1, bias: false).BatchNorm();
                return (path + x).Relu().Conv2D(96, 1).GlobalAveragePool().Dense(10);
            }
            [Learn] static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(10)] Labels label) => Logits(image).CrossEntropy(label);
        }
        """;

    [Fact]
    public void Few_channels_lie_sample_by_sample_where_there_are_many_samples()
    {
        Assert.All(Layouts(LeNet5, "Learn", 64), line => Assert.StartsWith("Lanes", line));
        Assert.All(Layouts(LeNet5, "Predict", 64), line => Assert.StartsWith("Lanes", line));
    }

    /// <summary>Six channels fill no register of channels, but 28 columns two of pixels.</summary>
    [Fact]
    public void Few_channels_of_a_single_sample_lie_row_by_row()
    {
        var lines = Layouts(LeNet5, "Predict", 1);
        Assert.All(lines.Take(2), line => Assert.StartsWith("Rows", line));
        Assert.All(lines.Skip(2), line => Assert.StartsWith("Channels", line));
        var source = NetworkCompiler.Compile(GeneratorHost.Network(LeNet5)).KernelsSource;
        Assert.Contains("ImageTiles.ConvolveRows<V>(", source);
        Assert.Contains("Layouts.RowToChannels(", source);
    }

    [Theory]
    [InlineData(SmallVgg11, "Predict")]
    [InlineData(Residual, "Logits")]
    public void A_single_sample_lies_channel_by_channel(string network, string program) =>
        Assert.All(Layouts(network, program, 1), line => Assert.StartsWith("Channels", line));

    [Theory]
    [InlineData("Logits")]
    [InlineData("Learn")]
    public void Large_images_of_many_channels_lie_channel_by_channel(string program) =>
        Assert.All(Layouts(Residual, program, 64).Where(line => line.Contains("[N, 64, 56, 56]") || line.Contains("[64, 64, 3, 3]")), line => Assert.StartsWith("Channels", line));

    [Fact]
    public void Large_kernels_of_small_images_are_shared_by_the_samples()
    {
        var source = NetworkCompiler.Compile(GeneratorHost.Network(SmallVgg11), winograd: WinogradChoice.Never).KernelsSource;
        Assert.Contains("ChannelTiles.ConvolveItems(", source);
        Assert.Contains("ChannelTiles.DataGradientItems(", source);
    }

    /// <summary>The choice, and the size of tiles, follow from sizes alone: of many pixels tiles are large, of few pixels and many channels small, and where the kernel is most of the work the taps are summed.</summary>
    [Fact]
    public void Winograds_algorithm_is_chosen_where_it_is_cheaper()
    {
        var lines = Layouts(SmallVgg11, "Learn", 64);
        string Line(string value) => Assert.Single(lines, line => line.Contains(" Convolution " + value + ":"));
        Assert.EndsWith("by Winograd's algorithm, 4×4 pixels a tile", Line("[N, 128, 16, 16]"));
        Assert.DoesNotContain("Winograd", Line("[N, 64, 32, 32]"));
        Assert.EndsWith("by Winograd's algorithm, 4×4 pixels a tile", Assert.Single(lines, line => line.Contains(" ConvolutionWeightGradient [128, 64, 3, 3]")));
        Assert.All(lines.Where(line => line.Contains("[N, 512, 2, 2]")), line => Assert.DoesNotContain("Winograd", line));
        var few = Layouts(SmallVgg11, "Predict", 1).Where(line => line.Contains(" Convolution "));
        var many = Layouts(SmallVgg11, "Predict", 64).Where(line => line.Contains(" Convolution "));
        Assert.Equal(many.Select(line => line.Contains("Winograd")), few.Select(line => line.Contains("Winograd")));
    }

    /// <summary>Predict programs share one transform of each kernel, made when parameters change; a training makes its own in every step.</summary>
    [Fact]
    public void Kernels_are_transformed_once_for_Predict_programs()
    {
        var compiled = NetworkCompiler.Compile(GeneratorHost.Network(Residual));
        Assert.True(compiled.PreparedFloats > 0);
        var source = compiled.KernelsSource;
        Assert.Contains("public static void PrepareParameters(Frame* frame, Workers workers)", source);
        Assert.Contains("frame->Prepared + ", source);
    }

    [Fact]
    public void A_network_can_do_without_Winograds_algorithm()
    {
        var compiled = NetworkCompiler.Compile(GeneratorHost.Network(Residual.Replace("[Network]", "[Network(Winograd = false)]")));
        Assert.Equal(0, compiled.PreparedFloats);
        Assert.DoesNotContain("WinogradTiles.", compiled.KernelsSource);
    }

    /// <summary>The sums that normalisation takes over an image are gathered in the stage of the convolution it comes from, forward and backward.</summary>
    [Fact]
    public void Statistics_are_gathered_with_their_convolution()
    {
        var log = NetworkCompiler.Log(GeneratorHost.Network(Residual));
        Assert.Matches(@"\d+ rows; .*: .*Convolve to (convolution\d+), Map to reduce\d+, Map to reduce\d+", log);
        Assert.Matches(@"\d+ rows; .*: .*to convolutionDataGradient\d+, (Map to (add|relu|selectGreater)\d+, )*Map to reduce\d+, Map to reduce\d+", log);
    }

    /// <summary>Normalisation, the shortcut and ReLU are the convolution's epilogue in inference.</summary>
    [Fact]
    public void A_residual_block_passes_over_memory_once_for_each_convolution()
    {
        var source = NetworkCompiler.Compile(GeneratorHost.Network(Residual)).KernelsSource;
        var calls = source.Split('\n').Where(line => line.Contains("Tiles.Convolve<V>(") && line.Contains("scale: ")).ToArray();
        Assert.Contains(calls, line => line.Contains("relu: true") && !line.Contains("residual: "));
        Assert.Contains(calls, line => line.Contains("relu: true") && line.Contains("residual: "));
    }

    /// <summary>Where a shortcut is a convolution with its own normalisation, no pass is left that only adds.</summary>
    [Fact]
    public void Two_convolutions_that_are_added_pass_over_memory_once_each()
    {
        var source = NetworkCompiler.Compile(GeneratorHost.Network(
            """
            [Network]
            public sealed partial class Net
            {
                [Predict]
                static Tensor Run([Shape(64, 56, 56)] Tensor x)
                {
                    var path = x.Conv2D(64, 1, bias: false).BatchNorm().Relu().Conv2D(256, 3, 2, padding: 1, bias: false).BatchNorm();
                    return (path + x.Conv2D(256, 1, 2, bias: false).BatchNorm()).Relu().Conv2D(32, 1).GlobalAveragePool();
                }
            }
            """)).KernelsSource;
        Assert.Contains("residual: ", source);
        Assert.DoesNotContain("void Relu<V>(", source);
    }

    [Fact]
    public void The_log_says_what_was_chosen_and_why_and_how_stages_are_shared()
    {
        var log = NetworkCompiler.Log(GeneratorHost.Network(LeNet5));
        Assert.All(log.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("//", line));
        Assert.Matches(@"// # layouts of images, for 64 rows: [\d.]+ k cycles a sample; all in Lanes [\d.]+ k, all in Channels [\d.]+ k", log);
        Assert.Matches(@"// Rows     %\d+ Convolution \[N, 6, 28, 28\]: Lanes [\d.]+ k, Channels [\d.]+ k, Rows [\d.]+ k", log);
        Assert.Matches(@"// 1: 4 blocks of 16 rows: .*Convolve to ", log);
    }

    /// <summary>The log's lines on the images of a program that is compiled for so many rows.</summary>
    private static string[] Layouts(string source, string program, int rows)
    {
        var log = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        NetworkCompiler.Compile(GeneratorHost.Network(source), log: log);
        var lines = log.ToString().Split('\n').SkipWhile(line => line != $"# {program}").SkipWhile(line => !line.StartsWith($"# layouts of images, for {rows} row", StringComparison.Ordinal)).Skip(1);
        string[] layouts = [.. lines.TakeWhile(line => !line.StartsWith('#'))];
        Assert.NotEmpty(layouts);
        return layouts;
    }
}
