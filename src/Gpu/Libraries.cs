using System.Runtime.InteropServices;

namespace Kiln.Gpu;

/// <summary>The drivers' libraries, by the names of their files on each system. They are looked for when the first function is called, and not before.</summary>
internal static class Libraries
{
    public const string OpenCl = "OpenCL", Cuda = "cuda";

    /// <summary>The file of CUDA's driver, where a test has another one.</summary>
    public static string? OtherCuda { get; set; }

    public static string CudaFile => OtherCuda ?? (OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1");

    static Libraries() => NativeLibrary.SetDllImportResolver(typeof(Libraries).Assembly, static (name, _, _) =>
    {
        foreach (var file in Files(name))
            if (NativeLibrary.TryLoad(file, out var handle)) return handle;
        return 0;
    });

    /// <summary>From now on the libraries are found.</summary>
    public static void Register()
    {
    }

    private static string[] Files(string name) => name switch
    {
        OpenCl => OperatingSystem.IsWindows() ? ["OpenCL.dll"] : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"] : ["libOpenCL.so.1", "libOpenCL.so"],
        Cuda => [CudaFile],
        _ => [],
    };
}
