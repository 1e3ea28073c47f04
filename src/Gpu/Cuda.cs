using System.Runtime.InteropServices;

namespace Kiln.Gpu;

/// <summary>The functions of CUDA's driver that are used, by the names that cuda.h gives them for programs of today (_v2). No library of CUDA but the driver's own is needed.</summary>
internal static unsafe partial class Cuda
{
    private const string Library = Libraries.Cuda;

    /// <summary>CUDA 11.4: the oldest driver that has all of them.</summary>
    public const int OldestDriver = 11040;

    /// <summary>The oldest compute capability that kernels are compiled for.</summary>
    public const int OldestCapability = 70;

    public const int Success = 0, OutOfMemory = 2, NoDevice = 100, InvalidPtx = 218, UnsupportedPtxVersion = 222;
    public const int CapabilityMajor = 75, CapabilityMinor = 76;
    public const int ErrorLogBuffer = 5, ErrorLogBufferBytes = 6;
    public const uint StreamNonBlocking = 1, EventDisableTiming = 2;
    public const int CaptureThreadLocal = 1;

    static Cuda() => Libraries.Register();

    [LibraryImport(Library)] public static partial int cuInit(uint flags);
    [LibraryImport(Library)] public static partial int cuDriverGetVersion(int* version);
    [LibraryImport(Library)] public static partial int cuGetErrorName(int error, byte** text);
    [LibraryImport(Library)] public static partial int cuGetErrorString(int error, byte** text);

    [LibraryImport(Library)] public static partial int cuDeviceGetCount(int* count);
    [LibraryImport(Library)] public static partial int cuDeviceGet(int* device, int number);
    [LibraryImport(Library)] public static partial int cuDeviceGetName(byte* name, int length, int device);
    [LibraryImport(Library)] public static partial int cuDeviceGetAttribute(int* value, int attribute, int device);
    [LibraryImport(Library)] public static partial int cuDevicePrimaryCtxRetain(nint* context, int device);
    [LibraryImport(Library, EntryPoint = "cuDevicePrimaryCtxRelease_v2")] public static partial int cuDevicePrimaryCtxRelease(int device);
    [LibraryImport(Library)] public static partial int cuCtxSetCurrent(nint context);

    [LibraryImport(Library, EntryPoint = "cuMemAlloc_v2")] public static partial int cuMemAlloc(ulong* address, nuint bytes);
    [LibraryImport(Library, EntryPoint = "cuMemFree_v2")] public static partial int cuMemFree(ulong address);
    [LibraryImport(Library, EntryPoint = "cuMemGetInfo_v2")] public static partial int cuMemGetInfo(nuint* free, nuint* total);
    [LibraryImport(Library)] public static partial int cuMemHostAlloc(void** memory, nuint bytes, uint flags);
    [LibraryImport(Library)] public static partial int cuMemFreeHost(void* memory);
    [LibraryImport(Library, EntryPoint = "cuMemcpyHtoDAsync_v2")] public static partial int cuMemcpyHtoDAsync(ulong target, void* source, nuint bytes, nint stream);
    [LibraryImport(Library, EntryPoint = "cuMemcpyDtoHAsync_v2")] public static partial int cuMemcpyDtoHAsync(void* target, ulong source, nuint bytes, nint stream);
    [LibraryImport(Library, EntryPoint = "cuMemcpyDtoDAsync_v2")] public static partial int cuMemcpyDtoDAsync(ulong target, ulong source, nuint bytes, nint stream);
    [LibraryImport(Library)] public static partial int cuMemsetD8Async(ulong target, byte value, nuint count, nint stream);

    [LibraryImport(Library)] public static partial int cuStreamCreate(nint* stream, uint flags);
    [LibraryImport(Library)] public static partial int cuStreamSynchronize(nint stream);
    [LibraryImport(Library)] public static partial int cuStreamWaitEvent(nint stream, nint happening, uint flags);
    [LibraryImport(Library, EntryPoint = "cuStreamDestroy_v2")] public static partial int cuStreamDestroy(nint stream);
    [LibraryImport(Library, EntryPoint = "cuStreamBeginCapture_v2")] public static partial int cuStreamBeginCapture(nint stream, int mode);
    [LibraryImport(Library)] public static partial int cuStreamEndCapture(nint stream, nint* graph);
    [LibraryImport(Library)] public static partial int cuEventCreate(nint* happening, uint flags);
    [LibraryImport(Library)] public static partial int cuEventRecord(nint happening, nint stream);
    [LibraryImport(Library)] public static partial int cuEventSynchronize(nint happening);
    [LibraryImport(Library, EntryPoint = "cuEventDestroy_v2")] public static partial int cuEventDestroy(nint happening);

    [LibraryImport(Library)] public static partial int cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags);
    [LibraryImport(Library)] public static partial int cuGraphLaunch(nint executable, nint stream);
    [LibraryImport(Library)] public static partial int cuGraphExecDestroy(nint executable);
    [LibraryImport(Library)] public static partial int cuGraphDestroy(nint graph);

    [LibraryImport(Library)] public static partial int cuModuleLoadDataEx(nint* module, void* image, uint count, int* options, void** values);
    [LibraryImport(Library)] public static partial int cuModuleGetFunction(nint* function, nint module, byte* name);
    [LibraryImport(Library)] public static partial int cuModuleUnload(nint module);
    [LibraryImport(Library)] public static partial int cuLaunchKernel(nint function, uint gridX, uint gridY, uint gridZ, uint groupX, uint groupY, uint groupZ, uint sharedBytes, nint stream, void** parameters, void** extra);

    /// <exception cref="DeviceException">The call failed.</exception>
    public static void Check(int answer, string call)
    {
        if (answer != Success) throw new DeviceException($"CUDA: {call} failed: {Describe(answer)}.");
    }

    /// <summary>An error in the driver's words.</summary>
    public static string Describe(int error)
    {
        byte* name = null, text = null;
        _ = cuGetErrorName(error, &name);
        _ = cuGetErrorString(error, &text);
        return $"{Marshal.PtrToStringUTF8((nint)name) ?? "unknown error"} ({error}){(text == null ? "" : $", {Marshal.PtrToStringUTF8((nint)text)}")}";
    }
}
