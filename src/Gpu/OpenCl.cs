using System.Runtime.InteropServices;

namespace Kiln.Gpu;

/// <summary>The functions of OpenCL 1.2 that are used, as CL/cl.h has them. The library is the system's loader (ICD).</summary>
internal static unsafe partial class OpenCl
{
    private const string Library = Libraries.OpenCl;

    public const int Success = 0, DeviceNotFound = -1, OutOfMemory = -4, OutOfResources = -5, OutOfHostMemory = -6, InvalidBufferSize = -61, PlatformNotFound = -1001;
    public const uint DeviceName = 0x102B, DeviceGlobalMemory = 0x101F, DeviceLargestAllocation = 0x1010, DeviceDriverVersion = 0x102D, PlatformName = 0x0902, BuildLog = 0x1183;
    public const ulong AllDevices = 0xFFFFFFFF;

    static OpenCl() => Libraries.Register();

    [LibraryImport(Library)] public static partial int clGetPlatformIDs(uint count, nint* platforms, uint* found);
    [LibraryImport(Library)] public static partial int clGetPlatformInfo(nint platform, uint what, nuint bytes, void* value, nuint* length);
    [LibraryImport(Library)] public static partial int clGetDeviceIDs(nint platform, ulong type, uint count, nint* devices, uint* found);
    [LibraryImport(Library)] public static partial int clGetDeviceInfo(nint device, uint what, nuint bytes, void* value, nuint* length);
    [LibraryImport(Library)] public static partial nint clCreateContext(nint* properties, uint count, nint* devices, nint notify, nint data, int* error);
    [LibraryImport(Library)] public static partial nint clCreateCommandQueue(nint context, nint device, ulong properties, int* error);
    [LibraryImport(Library)] public static partial nint clCreateBuffer(nint context, ulong flags, nuint bytes, void* host, int* error);
    [LibraryImport(Library)] public static partial nint clCreateProgramWithSource(nint context, uint count, byte** texts, nuint* lengths, int* error);
    [LibraryImport(Library)] public static partial int clBuildProgram(nint program, uint count, nint* devices, byte* options, nint notify, nint data);
    [LibraryImport(Library)] public static partial int clGetProgramBuildInfo(nint program, nint device, uint what, nuint bytes, void* value, nuint* length);
    [LibraryImport(Library)] public static partial nint clCreateKernel(nint program, byte* name, int* error);
    [LibraryImport(Library)] public static partial int clSetKernelArg(nint kernel, uint index, nuint bytes, void* value);
    [LibraryImport(Library)] public static partial int clEnqueueNDRangeKernel(nint queue, nint kernel, uint axes, nuint* offset, nuint* global, nuint* local, uint waits, nint* waitFor, nint* done);
    [LibraryImport(Library)] public static partial int clEnqueueWriteBuffer(nint queue, nint buffer, uint blocking, nuint offset, nuint bytes, void* source, uint waits, nint* waitFor, nint* done);
    [LibraryImport(Library)] public static partial int clEnqueueReadBuffer(nint queue, nint buffer, uint blocking, nuint offset, nuint bytes, void* target, uint waits, nint* waitFor, nint* done);
    [LibraryImport(Library)] public static partial int clEnqueueCopyBuffer(nint queue, nint source, nint target, nuint from, nuint to, nuint bytes, uint waits, nint* waitFor, nint* done);
    [LibraryImport(Library)] public static partial int clEnqueueFillBuffer(nint queue, nint buffer, void* pattern, nuint patternBytes, nuint offset, nuint bytes, uint waits, nint* waitFor, nint* done);
    [LibraryImport(Library)] public static partial int clFlush(nint queue);
    [LibraryImport(Library)] public static partial int clFinish(nint queue);
    [LibraryImport(Library)] public static partial int clReleaseMemObject(nint buffer);
    [LibraryImport(Library)] public static partial int clReleaseKernel(nint kernel);
    [LibraryImport(Library)] public static partial int clReleaseProgram(nint program);
    [LibraryImport(Library)] public static partial int clReleaseCommandQueue(nint queue);
    [LibraryImport(Library)] public static partial int clReleaseContext(nint context);
}
