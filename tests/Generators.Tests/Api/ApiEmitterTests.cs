using Kiln.Generators.Emission.Api;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Tests.Api;

/// <summary>The verified files are also part of Networks.Tests, over kernels written by hand: there they are compiled and run.</summary>
public sealed class ApiEmitterTests
{
    [Fact]
    public void Linear() => Snapshot.Match(ApiEmitter.Emit(ApiNetworks.Linear()), "cs");

    [Fact]
    public void Programs() => Snapshot.Match(ApiEmitter.Emit(ApiNetworks.Programs()), "cs");
}
