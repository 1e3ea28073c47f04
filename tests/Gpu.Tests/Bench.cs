using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln;
using Kiln.Gpu;
using Kiln.Gpu.Compiler;
using Xunit;
using Xunit.Sdk;

namespace Gpu.Tests;

/// <summary>
/// Runs kernels on what is here: the machine's first OpenCL device, PoCL's where there is no GPU, and the machine for PTX behind the driver that takes CUDA's place. Each test class has its kernels compiled
/// once.
/// </summary>
internal static unsafe class Bench
{
    /// <summary>Threads up to which a kernel's PTX is run a second time, its threads in another order and races in device memory looked for.</summary>
    private const int Few = 1 << 12;

    private static readonly Dictionary<Type, KernelImage> Images = [];
    private static readonly ConcurrentDictionary<(Device, Type), Lazy<DeviceModule>> Modules = [];
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

    private static readonly Lazy<(CudaDevice? Device, string? Reason)> Running = new(() => FakeCuda.Reason is { } reason ? (null, reason) : (FakeCuda.OpenRunning(() => CudaDevice.Open()), null));

    /// <summary>Why nothing can be run here; null where something can.</summary>
    public static string? Reason => Opened.Value.Reason is { } none && Running.Value.Reason is { } either ? $"{none} {either}" : null;

    /// <summary>What is here; KILN_GPU_DEVICE=PTX or OpenCL leaves one of them.</summary>
    public static IReadOnlyList<(string Name, Device Device)> Devices { get; } =
    [
        .. from device in new (string Name, Device? Device)[] { ("OpenCL", Opened.Value.Device), ("PTX", Running.Value.Device) }
           where device.Device is not null && (Environment.GetEnvironmentVariable("KILN_GPU_DEVICE") ?? device.Name) == device.Name
           select (device.Name, device.Device),
    ];

    /// <summary>The device of that name.</summary>
    public static Device Of(string name) => Devices.First(device => device.Name == name).Device;

    /// <summary>Runs a kernel, a public static method of a class of kernels, on every device, and sees that they agree.</summary>
    /// <param name="threads">As many as it needs at least.</param>
    /// <param name="arguments">Arrays of floats, ints or bytes, which it may write to, then whole numbers.</param>
    public static void Run(Type kernels, string name, int threads, params object[] arguments)
    {
        Array[]? results = null;
        foreach (var (device, schedule) in Runs(threads))
        {
            var arrays = arguments.OfType<Array>().Select(array => (Array)array.Clone()).ToArray();
            if (schedule is { } other) Ptx.Runner.With(other, findsRaces: true, () => Run(device, kernels, name, threads, arrays, arguments));
            else Run(device, kernels, name, threads, arrays, arguments);
            results ??= arrays;
            foreach (var (first, array) in results.Zip(arrays))
                if (first is float[] expected) Same.Bits(expected, (float[])array, $"{name} on {device.Name}{(schedule is null ? "" : ", threads in another order")}, not as on {Devices[0].Device.Name}");
                else Assert.Equal(first, array);
        }
        foreach (var (argument, array) in arguments.OfType<Array>().Zip(results!)) Array.Copy(array, argument, array.Length);
    }

    private static IEnumerable<(Device, Ptx.Schedule?)> Runs(int threads)
    {
        foreach (var (name, device) in Devices)
        {
            yield return (device, null);
            if (name == "PTX" && threads <= Few) yield return (device, new Ptx.Schedule(Ptx.Order.Shuffled, InTurn: true));
        }
    }

    private static void Run(Device device, Type kernels, string name, int threads, Array[] arrays, object[] arguments)
    {
        var module = Modules.GetOrAdd((device, kernels), key => new(() => key.Item1.Load(Compile(key.Item2)))).Value;
        var number = module.Image.Kernels.ToList().FindIndex(k => k.Name == "Kernel_" + name);
        var views = Array.ConvertAll(arrays, array => Upload(device, array));
        int[] numbers = [.. arguments.Where(argument => argument is not Array).Select(argument => argument is float x ? BitConverter.SingleToInt32Bits(x) : (int)argument)];
        var group = module.Image.Kernels[number].Group;
        device.Launch(module, number, (threads + group - 1) / group, views, numbers);
        foreach (var (array, address) in arrays.Zip(views))
        {
            device.Download(Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)), address, Bytes(array));
            device.Free(address);
        }
    }

    /// <summary>The kernels of a class. One class at a time, as in a build.</summary>
    public static KernelImage Compile(Type kernels)
    {
        lock (Images)
        {
            if (!Images.TryGetValue(kernels, out var image)) Images.Add(kernels, image = OneClass.Compile(kernels));
            return image;
        }
    }

    private static nint Upload(Device device, Array array)
    {
        var address = device.Allocate(Bytes(array));
        device.Upload(address, Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)), Bytes(array));
        return address;
    }

    private static long Bytes(Array array) => System.Buffer.ByteLength(array);
}

/// <summary>A test that needs a device.</summary>
public sealed class DeviceFactAttribute : FactAttribute
{
    public DeviceFactAttribute() => Skip = Bench.Reason;
}

/// <inheritdoc cref="DeviceFactAttribute"/>
public sealed class DeviceTheoryAttribute : TheoryAttribute
{
    public DeviceTheoryAttribute() => Skip = Bench.Reason;
}

/// <summary>A row for each device that is here, with its name.</summary>
public sealed class EachDeviceAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Bench.Devices.Select(device => new object[] { device.Name });
}
