using System.Diagnostics;
using System.Runtime.InteropServices;
using Kiln;
using Kiln.Gpu;
using Xunit;

namespace Gpu.Tests;

/// <summary>A driver of CUDA that is compiled from Fake/libcuda.c and takes the place of the real one: where there is no GPU, its calls can be seen all the same.</summary>
internal static unsafe class FakeCuda
{
    private static readonly Lazy<(nint Library, string? Reason)> Built = new(Build);

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Reason => Built.Value.Reason;

    /// <summary>What the driver pretends to this thread; see Fake/libcuda.c.</summary>
    public static void Set(string what, int value)
    {
        var name = Marshal.StringToCoTaskMemUTF8(what);
        Assert.Equal(0, ((delegate* unmanaged<nint, int, int>)Function("fake_set"))(name, value));
        Marshal.FreeCoTaskMem(name);
    }

    /// <summary>This thread's calls since the last time; none before the first time.</summary>
    public static string[] Calls() => Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)Function("fake_log"))())!.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Opens a device that runs its kernels, by the machine for PTX.</summary>
    /// <param name="open">Opens it.</param>
    /// <param name="late">Whose work is done no sooner than somebody waits for it; see Fake/libcuda.c.</param>
    public static T OpenRunning<T>(Func<T> open, int late = 0) where T : Device
    {
        ((delegate* unmanaged<void*, void>)Function("fake_set_runner"))(Ptx.Runner.Function);
        Set("run", 1);
        Set("late", late);
        try
        {
            return open();
        }
        finally
        {
            Set("run", 0);
            Set("late", 0);
        }
    }

    /// <summary>What the driver says of an error of a kernel.</summary>
    public static void Say(string text)
    {
        var words = Marshal.StringToCoTaskMemUTF8(text);
        ((delegate* unmanaged<nint, void>)Function("fake_say"))(words);
        Marshal.FreeCoTaskMem(words);
    }

    /// <summary>The blocks of memory that there are: address and bytes.</summary>
    public static (ulong First, ulong Bytes)[] Blocks()
    {
        var function = (delegate* unmanaged<ulong*, ulong*, int, int>)Function("fake_blocks");
        for (var room = 256; ; room *= 4)
        {
            ulong[] addresses = new ulong[room], bytes = new ulong[room];
            fixed (ulong* first = addresses, size = bytes)
            {
                var count = function(first, size, room);
                if (count <= room) return [.. Enumerable.Range(0, count).Select(i => (addresses[i], bytes[i]))];
            }
        }
    }

    private static nint Function(string name) => NativeLibrary.GetExport(Built.Value.Library, name);

    private static (nint, string?) Build()
    {
        if (!OperatingSystem.IsLinux()) return (0, "the driver that takes CUDA's place is compiled on Linux only");
        var file = Path.Combine(AppContext.BaseDirectory, "libfakecuda.so");
        try
        {
            var start = new ProcessStartInfo("gcc", ["-shared", "-fPIC", "-O1", "-o", file, Path.Combine(AppContext.BaseDirectory, "Fake", "libcuda.c")]) { RedirectStandardError = true };
            using var gcc = Process.Start(start)!;
            var said = gcc.StandardError.ReadToEnd();
            gcc.WaitForExit();
            Assert.True(gcc.ExitCode == 0, said);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (0, "gcc, which compiles the driver that takes CUDA's place, is not here");
        }
        var library = NativeLibrary.Load(file);
        Libraries.OtherCuda = file;
        return (library, null);
    }
}

/// <summary>A test that needs the driver that takes CUDA's place.</summary>
public sealed class FakeCudaFactAttribute : FactAttribute
{
    public FakeCudaFactAttribute() => Skip = FakeCuda.Reason;
}

/// <inheritdoc cref="FakeCudaFactAttribute"/>
public sealed class FakeCudaTheoryAttribute : TheoryAttribute
{
    public FakeCudaTheoryAttribute() => Skip = FakeCuda.Reason;
}
