using Kiln.Generators.Emission.Api;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Tests.Api;

/// <summary>The verified files are also part of Networks.Tests, over kernels written by hand: there they are compiled and run.</summary>
public sealed class ApiEmitterTests
{
    [Fact]
    public void Linear() => Snapshot.Match(Emit(ApiNetworks.Linear()), "cs");

    [Fact]
    public void Programs() => Snapshot.Match(Emit(ApiNetworks.Programs()), "cs");

    [Fact]
    public void Sequences() => Snapshot.Match(Emit(ApiNetworks.Sequences()), "cs");

    /// <summary>The text of the class, as a compiler of the version 0.1.0 writes it.</summary>
    private static string Emit(CompiledNetwork network) => ApiEmitter.Emit(network).Replace($"(\"Kiln\", \"{typeof(ApiEmitter).Assembly.GetName().Version!.ToString(3)}\")", "(\"Kiln\", \"0.1.0\")");
}
