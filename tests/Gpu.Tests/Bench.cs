using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln;
using Kiln.Gpu;
using Kiln.Gpu.Compiler;
using Xunit;

namespace Gpu.Tests;

/// <summary>Runs kernels on the machine's first OpenCL device, PoCL's where there is no GPU: each test class has its kernels compiled once.</summary>
internal static unsafe class Bench
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<Type, DeviceModule> Modules = [];
    private static readonly Lazy<(OpenClDevice? Device, string? Reason)> Opened = new(() =>
    {
        try
        {
            return (OpenClDevice.Open(), null);
        }
        catch (DeviceException e)
        {
            return (null, e.Message);
        }
    });

    /// <summary>Why nothing can be run here; null where it can.</summary>
    public static string? Reason => Opened.Value.Reason;

    public static OpenClDevice Device => Opened.Value.Device!;

    /// <summary>Runs a kernel: a public static method of a class of kernels.</summary>
    /// <param name="threads">As many as it needs at least.</param>
    /// <param name="arguments">Arrays of floats, ints or bytes, which it may write to, then whole numbers.</param>
    public static void Run(Type kernels, string name, int threads, params object[] arguments)
    {
        lock (Gate)
        {
            if (!Modules.TryGetValue(kernels, out var module)) Modules.Add(kernels, module = Device.Load(Compile(kernels)));
            var number = module.Image.Kernels.ToList().FindIndex(k => k.Name == "Kernel_" + name);
            var views = new List<nint>();
            var numbers = new List<int>();
            foreach (var argument in arguments)
                if (argument is Array array) views.Add(Upload(array));
                else numbers.Add(argument is float x ? BitConverter.SingleToInt32Bits(x) : (int)argument);
            var group = module.Image.Kernels[number].Group;
            Device.Launch(module, number, (threads + group - 1) / group, CollectionsMarshal.AsSpan(views), CollectionsMarshal.AsSpan(numbers));
            foreach (var (argument, address) in arguments.OfType<Array>().Zip(views))
            {
                Device.Download(Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(argument)), address, Bytes(argument));
                Device.Free(address);
            }
        }
    }

    public static KernelImage Compile(Type kernels) => OneClass.Compile(kernels);

    private static nint Upload(Array array)
    {
        var address = Device.Allocate(Bytes(array));
        Device.Upload(address, Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)), Bytes(array));
        return address;
    }

    private static long Bytes(Array array) => System.Buffer.ByteLength(array);
}

/// <summary>A test that needs an OpenCL device.</summary>
public sealed class DeviceFactAttribute : FactAttribute
{
    public DeviceFactAttribute() => Skip = Bench.Reason;
}

/// <inheritdoc cref="DeviceFactAttribute"/>
public sealed class DeviceTheoryAttribute : TheoryAttribute
{
    public DeviceTheoryAttribute() => Skip = Bench.Reason;
}
