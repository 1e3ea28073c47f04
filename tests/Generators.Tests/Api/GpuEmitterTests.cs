using System.Text.RegularExpressions;
using Kiln.Generators.Emission.Api;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Tests.Api;

/// <summary>What is emitted for GPUs: the programs, the kernels, the constructor's argument.</summary>
public sealed class GpuEmitterTests
{
    private static CompiledNetwork Compile(string source) => NetworkCompiler.Compile(GeneratorHost.Network(source), gpu: true);

    [Fact]
    public void A_stack()
    {
        var network = Compile("[Network, Input(4), Dense(3), Tanh, BatchNorm, Dense(2), CrossEntropy] public sealed partial class Net;");
        Snapshot.Match(Text(network));
        var api = ApiEmitter.Emit(network);
        Assert.Contains("public Net(global::Kiln.Seed seed = default, int batch = 1, int threads = 1, global::Kiln.Device? device = null)", api);
        Assert.Contains("public static Net Load(string path, int batch = 1, int threads = 1, global::Kiln.Device? device = null)", api);
        Assert.Contains("GetManifestResourceStream(\"Kiln.Gpu.Net\")", api);
    }

    [Fact]
    public void A_recurrence() => Snapshot.Match(Text(Compile("[Network, Input(3, Sequence = true), Rnn(4), LastState] public sealed partial class Net;")));

    [Fact]
    public void A_network_for_the_CPU_alone_has_nothing_of_a_device()
    {
        var network = NetworkCompiler.Compile(GeneratorHost.Network("[Network, Input(4), Dense(3)] public sealed partial class Net;"));
        Assert.Null(network.Gpu);
        Assert.DoesNotContain("evice", ApiEmitter.Emit(network) + network.KernelsSource);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("(Targets = Target.Cpu)", false)]
    [InlineData("(Targets = Target.Gpu)", true)]
    [InlineData("(Targets = Target.Cpu | Target.Gpu)", true)]
    public void A_network_says_what_it_is_for(string arguments, bool? expected) =>
        Assert.Equal(expected, GeneratorHost.Network($"[Network{arguments}, Input(4), Dense(3)] public sealed partial class Net;").Gpu);

    [Theory]
    [InlineData("", Precision.Float32)]
    [InlineData("(Precision = Precision.Float32)", Precision.Float32)]
    [InlineData("(Precision = Precision.TensorFloat32)", Precision.TensorFloat32)]
    public void A_network_says_what_its_products_are_computed_with(string arguments, object expected) =>
        Assert.Equal(expected, GeneratorHost.Network($"[Network{arguments}, Input(4), Dense(3)] public sealed partial class Net;").Precision);

    [Fact]
    public void Products_say_their_precision()
    {
        // Convolutions, a dense layer, one over several rows of a sample, and their gradients.
        const string layers = "Input(3, 10, 12), Conv2D(5, Kernel = 3), Tanh, Conv2D(5, Kernel = 3), Dense(7), Flatten, Dense(4), CrossEntropy";
        string Kernels(string precision) => NetworkCompiler.Compile(GeneratorHost.Network($"[Network(Precision = Precision.{precision}), {layers}] public sealed partial class Net;"), gpu: true).Gpu!.Kernels;
        var (exact, rounded) = (Kernels("Float32"), Kernels("TensorFloat32"));
        Assert.DoesNotContain("TensorFloat32", exact);
        var calls = Regex.Matches(exact, @"\b((?:Dense|Image)Tiles\.(?:Multiply|Convolve|DataGradient|WeightGradient)\w*)<Float32>\(").Select(match => match.Groups[1].Value).ToHashSet();
        foreach (var product in new[] { "DenseTiles.Multiply", "DenseTiles.WeightGradient", "ImageTiles.Convolve", "ImageTiles.DataGradient", "ImageTiles.WeightGradient" }) Assert.Contains(calls, call => call.StartsWith(product, StringComparison.Ordinal));
        Assert.All(calls, call => Assert.Contains($"{call}<TensorFloat32>(", rounded));
        Assert.DoesNotContain("<Float32>", rounded);
        // Products that are no tiles.
        Assert.Contains("total = Lane.MultiplyAdd(TensorFloat32.Operand(Lane.Load(a, ", rounded);
        Assert.Contains("using TensorFloat32 = global::Kiln.Gpu.Kernels.TensorFloat32;", rounded);
    }

    [Fact]
    public void Rounded_products_are_not_transformed()
    {
        const string layers = "Input(32, 16, 16), Conv2D(32, Kernel = 3, Padding = Padding.Same), Conv2D(32, Kernel = 3, Padding = Padding.Same), Flatten, Dense(4), CrossEntropy";
        Assert.Contains("WinogradTiles", Compile($"[Network, {layers}] public sealed partial class Net;").Gpu!.Kernels);
        var network = GeneratorHost.Network($"[Network(Precision = Precision.TensorFloat32), {layers}] public sealed partial class Net;");
        Assert.DoesNotContain("WinogradTiles", NetworkCompiler.Compile(network, gpu: true).Gpu!.Kernels);
        Assert.Contains("WinogradTiles.Convolve", NetworkCompiler.Compile(network).KernelsSource);
    }

    /// <summary>A batch goes to the device while that computes another: what Fit gathers, in the order of the program's inputs.</summary>
    [Fact]
    public void Fit_takes_its_batches_to_the_device()
    {
        const string source = """
            [Network] public sealed partial class Net
            {
                static readonly Gru Cell = new(4);
                [Learn] static Loss Learn([Classes(3)] Labels label, [Shape(2), Time("t")] Sequence x, [Shape(4)] Tensor start) => Cell.Apply(x, start).Last.Dense(3).CrossEntropy(label);
            }
            """;
        Assert.Equal(
            ["ahead?.Input<int>(System.MemoryExtensions.AsSpan(labelBatch, 0, samples.Length));", "ahead?.Input<float>(System.MemoryExtensions.AsSpan(xBatch, 0, samples.Length * tStepsBatch * 2));",
             "ahead?.Input<float>(System.MemoryExtensions.AsSpan(startBatch, 0, samples.Length * 4));", "ahead?.Time(System.MemoryExtensions.AsSpan(tLengthsBatch, 0, samples.Length));"],
            ApiEmitter.Emit(Compile(source)).Split('\n').Select(line => line.Trim().Replace("global::", "")).Where(line => line.StartsWith("ahead?.", StringComparison.Ordinal)));
        Assert.DoesNotContain("ahead?.", ApiEmitter.Emit(NetworkCompiler.Compile(GeneratorHost.Network(source))));
    }

    /// <summary>Both files, of whatever version of the compiler.</summary>
    private static string Text(CompiledNetwork network) => Regex.Replace(network.Gpu!.Host + "\n" + network.Gpu.Kernels, "(?<=\\(\"Kiln\", \")[0-9.]+", "0");
}
