using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Kiln;
using Kiln.Generators.Emission.Cpu;
using Kiln.Generators.Emission.Gpu;
using Kiln.Generators.Kernels;
using Kiln.Kernels;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Networks.Tests;
using Xunit;

namespace Gpu.Tests;

/// <summary>Compiles networks for devices and runs their programs on each that is here, on copies of all memory that a frame points to. They must agree.</summary>
internal static unsafe class DeviceHost
{
    public static KernelHost[] Compile(LayoutChoice layouts, WinogradChoice winograd, params Kiln.Generators.Graph.Network[] networks) => KernelHost.Compile(layouts, winograd, Devices, networks);

    private static KernelHost.Runner[] Devices(IReadOnlyList<CompiledNetwork> networks)
    {
        if (Environment.GetEnvironmentVariable("KILN_GPU_TEXT") is { } folder)
            foreach (var network in networks) File.WriteAllText(Path.Combine(folder, network.Network.Class.Name + ".cs"), network.Gpu!.Host + network.Gpu.Kernels);
        var parse = new CSharpParseOptions(LanguageVersion.CSharp13, preprocessorSymbols: ["KILN_GPU_KERNELS"]);
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release);
        var compilation = CSharpCompilation.Create("Gpu" + Guid.NewGuid().ToString("N"), networks.Select(n => CSharpSyntaxTree.ParseText(n.Gpu!.Kernels, parse)), References.All, options);
        using var file = new MemoryStream();
        var result = compilation.Emit(file);
        var wrong = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
        Assert.True(result.Success, string.Join("\n", wrong.Take(10)) + (result.Success ? "" : "\n" + wrong[0].Location.SourceTree));
        file.Position = 0;
        var assembly = AssemblyLoadContext.Default.LoadFromStream(file);
        return [.. networks.Select(n =>
        {
            var kernels = assembly.GetType($"{KernelsEmitter.Namespace(n.Network.Class)}.{GpuEmitter.ClassName(n.Network.Class)}Kernels".Replace("@", ""))!;
            var image = Bench.Compile(kernels);
            // Loaded when the first program runs: compiling OpenCL C takes longest.
            var modules = Bench.Devices.Select(device => (device.Name, device.Device, Module: new Lazy<DeviceModule>(() => device.Device.Load(image)))).ToArray();
            return new KernelHost.Runner((program, frame, workers, blocks) => Run(modules, program, frame, workers, blocks));
        })];
    }

    private static void Run((string Name, Device Device, Lazy<DeviceModule> Module)[] modules, KernelHost.Entry program, Frame* frame, Workers workers, IReadOnlyList<(nint First, long Bytes)> blocks)
    {
        byte[][]? results = null;
        foreach (var (name, device, module) in modules)
        {
            byte[][] there = [];
            // OpenCL finds no races.
            Ptx.Runner.With(default, findsRaces: true, () => there = Run(device, module.Value, program, frame, workers, blocks));
            results ??= there;
            for (var i = 0; i < there.Length; i++) Same.Bits(MemoryMarshal.Cast<byte, float>(results[i]), MemoryMarshal.Cast<byte, float>(there[i]), $"{name}, not as on {modules[0].Name}, block {i}");
        }
        for (var i = 0; i < blocks.Count; i++) results![i].CopyTo(new Span<byte>((void*)blocks[i].First, (int)blocks[i].Bytes));
        results![^1].CopyTo(new Span<byte>(frame->Scalars, results[^1].Length));
    }

    /// <summary>What is in all blocks afterwards, and the scalars.</summary>
    private static byte[][] Run(Device device, DeviceModule module, KernelHost.Entry program, Frame* frame, Workers workers, IReadOnlyList<(nint First, long Bytes)> blocks)
    {
        using var run = new DeviceRun(device, module);
        var copies = blocks.Select(b => device.Allocate(b.Bytes)).ToArray();
        for (var i = 0; i < copies.Length; i++) device.Upload(copies[i], (void*)blocks[i].First, blocks[i].Bytes);
        var numbers = device.Allocate((DeviceRun.FirstScalar + Frame.MaxScalars) * sizeof(int));
        var call = stackalloc ulong[] { frame->Seed, frame->Step, frame->FirstSample };
        device.Upload(numbers, call, 3 * sizeof(ulong));
        var there = *frame;
        there.Device = run.Handle;
        there.Numbers = (int*)numbers;
        there.Parameters = (float*)Copy((nint)frame->Parameters);
        there.Gradients = (float*)Copy((nint)frame->Gradients);
        there.Constants = (float*)Copy((nint)frame->Constants);
        there.Prepared = (float*)Copy((nint)frame->Prepared);
        there.Arena = (float*)Copy((nint)frame->Arena);
        there.States = (float*)Copy((nint)frame->States);
        for (var i = 0; i < Frame.MaxArguments; i++) (there.Inputs[i], there.Outputs[i]) = ((ulong)Copy((nint)frame->Inputs[i]), (ulong)Copy((nint)frame->Outputs[i]));
        for (var i = 0; i < Frame.MaxAxes; i++) there.Lengths[i] = (ulong)Copy((nint)frame->Lengths[i]);
        for (var i = 0; i < Frame.MaxPools; i++) there.Pools[i] = (ulong)Copy((nint)frame->Pools[i]);
        program(&there, workers);
        var results = blocks.Select((block, i) => Take(copies[i], block.Bytes)).Append(Take(numbers + DeviceRun.FirstScalar * sizeof(int), Frame.MaxScalars * sizeof(float))).ToArray();
        foreach (var address in copies.Append(numbers)) device.Free(address);
        return results;

        byte[] Take(nint source, long count)
        {
            var bytes = new byte[count];
            fixed (byte* first = bytes) device.Download(first, source, count);
            return bytes;
        }

        nint Copy(nint address)
        {
            for (var i = 0; i < copies.Length; i++)
                if (address >= blocks[i].First && address < blocks[i].First + blocks[i].Bytes) return copies[i] + (address - blocks[i].First);
            return 0;
        }
    }
}
