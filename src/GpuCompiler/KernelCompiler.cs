using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Kiln.Gpu.Compiler;

/// <summary>A kernel in both languages.</summary>
/// <param name="Parameters">A letter for each: f, i and b are views of floats, ints and bytes; n is an int, x a float.</param>
/// <param name="Group">Threads of a group.</param>
internal sealed record CompiledKernel(string Name, int Group, string Parameters, string Ptx, string OpenCl);

/// <summary>Kernels → PTX and OpenCL C, by ILGPU; no device is needed.</summary>
internal sealed class KernelCompiler : IDisposable
{
    // O2 moves loads of shared memory over barriers.
    private readonly Context _context = Context.Create(builder => builder.Optimize(OptimizationLevel.O1).Inlining(InliningMode.Aggressive).Math(MathMode.Default));
    private readonly PTXBackend _ptx;
    private readonly CLBackend _openCl;

    public KernelCompiler()
    {
        TargetArithmetic.Register(_context);
        _ptx = new PTXBackend(_context, CudaArchitecture.SM_70, CudaInstructionSet.ISA_63, null!);
        // Of extensions, double precision alone: a loss is summed so. Programs that have none of it run where there is no such extension.
        _openCl = new CLBackend(_context, new CLCapabilityContext(false, true, false, false, false), CLDeviceVendor.Other, new CLCVersion(2, 0));
    }

    /// <param name="number">The kernel's number in its program.</param>
    public CompiledKernel Compile(MethodInfo method, int number, int group = Kernels.Threads.Group)
    {
        var entry = EntryPointDescription.FromExplicitlyGroupedKernel(method);
        var specialization = new KernelSpecialization(group, null);
        var ptx = (PTXCompiledKernel)_ptx.Compile(entry, specialization);
        var openCl = (CLCompiledKernel)_openCl.Compile(entry, specialization);
        return new(openCl.Name, group, string.Concat(method.GetParameters().Select(p => Letter(p.ParameterType))), Names.Renumber(PtxText.Of(ptx.PTXAssembly), ptx.Name), Names.Renumber(OpenClText.Of(openCl.Source, number), openCl.Name));
    }

    /// <summary>An image of kernels that are compiled.</summary>
    public static KernelImage Image(IReadOnlyList<CompiledKernel> kernels) =>
        new([.. kernels.Select(k => new DeviceKernel(k.Name, k.Group, k.Parameters))], PtxText.Module(kernels.Select(k => k.Ptx)), OpenClText.Head + string.Join("\n", kernels.Select(k => k.OpenCl)));

    private static char Letter(Type type) =>
        type == typeof(ArrayView<float>) ? 'f' : type == typeof(ArrayView<int>) ? 'i' : type == typeof(ArrayView<byte>) ? 'b' : type == typeof(int) ? 'n' : type == typeof(float) ? 'x'
        : throw new NotSupportedException($"a kernel's parameter of type {type}");

    public void Dispose()
    {
        _openCl.Dispose();
        _ptx.Dispose();
        _context.Dispose();
    }
}
