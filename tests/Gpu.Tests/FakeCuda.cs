using System.Diagnostics;
using System.Runtime.InteropServices;
using Kiln.Gpu;
using Xunit;

namespace Gpu.Tests;

/// <summary>A driver of CUDA that is compiled from Fake/libcuda.c and takes the place of the real one: where there is no GPU, its calls can be seen all the same.</summary>
internal static unsafe class FakeCuda
{
    private static readonly Lazy<(nint Library, string? Reason)> Built = new(Build);

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Reason => Built.Value.Reason;

    /// <summary>What the driver pretends; see Fake/libcuda.c.</summary>
    public static void Set(string what, int value)
    {
        var name = Marshal.StringToCoTaskMemUTF8(what);
        Assert.Equal(0, ((delegate* unmanaged<nint, int, int>)NativeLibrary.GetExport(Built.Value.Library, "fake_set"))(name, value));
        Marshal.FreeCoTaskMem(name);
    }

    /// <summary>The calls since the last time.</summary>
    public static string[] Calls() =>
        Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)NativeLibrary.GetExport(Built.Value.Library, "fake_log"))())!.Split('\n', StringSplitOptions.RemoveEmptyEntries);

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
