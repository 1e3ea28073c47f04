using System.Text.RegularExpressions;
using Kiln.Generators.Emission.Api;
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

    /// <summary>Both files, of whatever version of the compiler.</summary>
    private static string Text(CompiledNetwork network) => Regex.Replace(network.Gpu!.Host + "\n" + network.Gpu.Kernels, "(?<=\\(\"Kiln\", \")[0-9.]+", "0");
}
