using System.Text.RegularExpressions;
using Kiln.Generators.Emission.Api;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Tests.Api;

/// <summary>What is emitted for full-batch optimizers: residuals with their Jacobian, a loss with its Hessian.</summary>
public sealed class SecondOrderTests
{
    private static CompiledNetwork Compile(string program) => NetworkCompiler.Compile(GeneratorHost.Network(
        $$"""
        [Network] public sealed partial class Net
        {
            static readonly Parameter Point = new(2);
            {{program}}
        }
        """));

    [Fact]
    public void Residuals()
    {
        var network = Compile("[Learn] static Residuals Fit([Shape(2)] Tensor x, [Shape(1)] Tensor y) => (x * Point).Sum() - y;");
        Assert.Contains("call.Gradients(&global::KilnKernels.NetKernels.Fit, &global::KilnKernels.NetKernels.FitJacobian, 1);", ApiEmitter.Emit(network));
        Snapshot.Match(Kernels(network));
    }

    [Fact]
    public void Hessian()
    {
        var network = Compile("[Learn(Hessian = true)] static Loss Error([Shape(2)] Tensor x) => (x * Point).Sum().Square();");
        Assert.Contains("call.Gradients(&global::KilnKernels.NetKernels.Error, &global::KilnKernels.NetKernels.ErrorHessian, 0);", ApiEmitter.Emit(network));
        Snapshot.Match(Kernels(network));
    }

    /// <summary>The kernels, of whatever version of the compiler.</summary>
    private static string Kernels(CompiledNetwork network) => Regex.Replace(network.KernelsSource, "(?<=\\(\"Kiln\", \")[0-9.]+", "0");
}
