using System.Runtime.InteropServices;
using System.Text;

namespace Kiln.Gpu;

/// <summary>A device of OpenCL 1.2 or newer, such as PoCL's, which runs kernels on the CPU.</summary>
public sealed unsafe class OpenClDevice : Device
{
    private const long Page = 1 << 20;

    private readonly nint _context;
    private readonly nint _queue;

    // Made when something is first copied beside the work. Memory that was taken since the last time may not be clear yet.
    private nint _ahead;
    private bool _hasNewMemory;

    // OpenCL gives memory handles, not addresses: each block has a range of numbers for its bytes.
    private readonly SortedList<long, (nint Buffer, long Bytes)> _blocks = [];
    private long _next = Page;
    private readonly Lock _gate = new();
    private bool _isDisposed;

    private OpenClDevice(string name, nint device)
        : base(name)
    {
        Device = device;
        int error;
        _context = OpenCl.clCreateContext(null, 1, &device, 0, 0, &error);
        Check(error, "clCreateContext");
        _queue = OpenCl.clCreateCommandQueue(_context, device, 0, &error);
        Check(error, "clCreateCommandQueue");
    }

    internal nint Device { get; }

    internal nint Context => _context;

    /// <summary>Opens a device.</summary>
    /// <param name="number">Its number among those of all platforms, from 0.</param>
    /// <exception cref="DeviceException">There is no OpenCL here, or no such device.</exception>
    public static OpenClDevice Open(int number = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        var all = All();
        if (number >= all.Count)
            throw new DeviceException(all.Count == 0 ? "OpenCL: the loader is there, but no platform has a device. Install the driver of the GPU, or PoCL (pocl-opencl-icd) for the CPU."
                : $"OpenCL: there is no device {number}. There {English.Is(all.Count)} {all.Count}: {string.Join(", ", all.Select((d, i) => $"{i} {d.Name}"))}.");
        return new OpenClDevice(all[number].Name, all[number].Device);
    }

    /// <summary>The names of the devices that are here, by their numbers.</summary>
    /// <exception cref="DeviceException">There is no OpenCL here.</exception>
    public static IReadOnlyList<string> Names() => [.. All().Select(d => d.Name)];

    private static List<(string Name, nint Device)> All()
    {
        try
        {
            uint platforms;
            var answer = OpenCl.clGetPlatformIDs(0, null, &platforms);
            if (answer == OpenCl.PlatformNotFound || platforms == 0) return [];
            Check(answer, "clGetPlatformIDs");
            var ids = stackalloc nint[(int)platforms];
            Check(OpenCl.clGetPlatformIDs(platforms, ids, null), "clGetPlatformIDs");
            var all = new List<(string, nint)>();
            for (var i = 0; i < platforms; i++)
            {
                uint devices;
                if (OpenCl.clGetDeviceIDs(ids[i], OpenCl.AllDevices, 0, null, &devices) != OpenCl.Success || devices == 0) continue;
                var found = new nint[devices];
                fixed (nint* first = found) Check(OpenCl.clGetDeviceIDs(ids[i], OpenCl.AllDevices, devices, first, null), "clGetDeviceIDs");
                foreach (var device in found) all.Add((NameOf(device), device));
            }
            return all;
        }
        catch (DllNotFoundException)
        {
            throw new DeviceException("OpenCL: the loader (libOpenCL.so.1, OpenCL.dll) is not here. Install the driver of the GPU, or ocl-icd-libopencl1 and PoCL (pocl-opencl-icd) for the CPU.");
        }
    }

    private static string NameOf(nint device)
    {
        nuint length;
        Check(OpenCl.clGetDeviceInfo(device, OpenCl.DeviceName, 0, null, &length), "clGetDeviceInfo");
        var bytes = new byte[length];
        fixed (byte* first = bytes) Check(OpenCl.clGetDeviceInfo(device, OpenCl.DeviceName, length, first, null), "clGetDeviceInfo");
        return Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
    }

    internal override nint Allocate(long bytes)
    {
        using var turn = Enter();
        bytes = Math.Max(bytes, 64);
        int error;
        var buffer = OpenCl.clCreateBuffer(_context, 1, (nuint)bytes, null, &error);
        if (error is OpenCl.OutOfMemory or OpenCl.OutOfHostMemory or OpenCl.OutOfResources or OpenCl.InvalidBufferSize)
            throw new OutOfMemoryException($"{Name}: not enough memory for {bytes} bytes.");
        Check(error, "clCreateBuffer");
        var address = _next;
        _blocks.Add(address, (buffer, bytes));
        // Between two blocks lies a page, so that an address at a block's end is in no other.
        _next += (bytes + 2 * Page - 1) / Page * Page;
        Clear((nint)address, bytes);
        _hasNewMemory = true;
        return (nint)address;
    }

    internal override void Free(nint address)
    {
        if (_isDisposed) return;
        using var turn = Enter();
        if (!_blocks.Remove(address, out var block)) return;
        Check(OpenCl.clReleaseMemObject(block.Buffer), "clReleaseMemObject");
    }

    /// <summary>The buffer that an address lies in, and how many bytes behind its beginning.</summary>
    internal (nint Buffer, long Offset) Find(nint address)
    {
        var (low, high) = (0, _blocks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_blocks.GetKeyAtIndex(middle) <= address) low = middle;
            else high = middle - 1;
        }
        return (_blocks.GetValueAtIndex(low).Buffer, address - _blocks.GetKeyAtIndex(low));
    }

    internal override void Upload(nint target, void* source, long bytes)
    {
        if (bytes == 0) return;
        using var turn = Enter();
        var (buffer, offset) = Find(target);
        Check(OpenCl.clEnqueueWriteBuffer(_queue, buffer, 1, (nuint)offset, (nuint)bytes, source, 0, null, null), "clEnqueueWriteBuffer");
    }

    /// <summary>The second queue does not wait for the first. What it copies has arrived when this returns: nothing need wait for it.</summary>
    internal override void UploadAhead(nint target, void* source, long bytes)
    {
        if (bytes == 0) return;
        using var turn = Enter();
        if (_ahead == 0)
        {
            int error;
            var queue = OpenCl.clCreateCommandQueue(_context, Device, 0, &error);
            Check(error, "clCreateCommandQueue");
            _ahead = queue;
        }
        if (_hasNewMemory) Check(OpenCl.clFinish(_queue), "clFinish");
        _hasNewMemory = false;
        var (buffer, offset) = Find(target);
        Check(OpenCl.clEnqueueWriteBuffer(_ahead, buffer, 1, (nuint)offset, (nuint)bytes, source, 0, null, null), "clEnqueueWriteBuffer");
    }

    internal override void Flush()
    {
        using var turn = Enter();
        Check(OpenCl.clFlush(_queue), "clFlush");
    }

    internal override void Download(void* target, nint source, long bytes)
    {
        if (bytes == 0) return;
        using var turn = Enter();
        var (buffer, offset) = Find(source);
        Check(OpenCl.clEnqueueReadBuffer(_queue, buffer, 1, (nuint)offset, (nuint)bytes, target, 0, null, null), "clEnqueueReadBuffer");
    }

    internal override void Copy(nint target, nint source, long bytes)
    {
        if (bytes == 0) return;
        using var turn = Enter();
        var (from, to) = (Find(source), Find(target));
        Check(OpenCl.clEnqueueCopyBuffer(_queue, from.Buffer, to.Buffer, (nuint)from.Offset, (nuint)to.Offset, (nuint)bytes, 0, null, null), "clEnqueueCopyBuffer");
    }

    internal override void Clear(nint target, long bytes)
    {
        if (bytes == 0) return;
        using var turn = Enter();
        var (buffer, offset) = Find(target);
        var zero = (byte)0;
        Check(OpenCl.clEnqueueFillBuffer(_queue, buffer, &zero, 1, (nuint)offset, (nuint)bytes, 0, null, null), "clEnqueueFillBuffer");
    }

    internal override DeviceModule Load(KernelImage image)
    {
        using var turn = Enter();
        return new OpenClModule(this, image);
    }

    /// <summary>A view as OpenCL's kernels take it: its first element's number, and how many it has.</summary>
    private struct ViewRange
    {
        public int First;
        public long Length;
    }

    internal override void Launch(DeviceModule module, int kernel, int groups, ReadOnlySpan<nint> views, ReadOnlySpan<int> numbers)
    {
        using var turn = Enter();
        var (handle, description) = ((OpenClModule)module).Kernel(kernel);
        uint argument = 0;
        for (var i = 0; i < views.Length; i++, argument++)
        {
            var buffer = Find(views[i]).Buffer;
            Check(OpenCl.clSetKernelArg(handle, argument, (nuint)sizeof(nint), &buffer), "clSetKernelArg");
        }
        for (var i = 0; i < views.Length; i++, argument++)
        {
            var range = new ViewRange { First = (int)(Find(views[i]).Offset / description.ElementBytes(i)), Length = int.MaxValue };
            Check(OpenCl.clSetKernelArg(handle, argument, (nuint)sizeof(ViewRange), &range), "clSetKernelArg");
        }
        foreach (var number in numbers)
        {
            var value = number;
            Check(OpenCl.clSetKernelArg(handle, argument++, sizeof(int), &value), "clSetKernelArg");
        }
        var (local, global) = ((nuint)description.Group, (nuint)description.Group * (nuint)groups);
        Check(OpenCl.clEnqueueNDRangeKernel(_queue, handle, 1, null, &global, &local, 0, null, null), description.Name);
    }

    internal override void Synchronize()
    {
        using var turn = Enter();
        Check(OpenCl.clFinish(_queue), "clFinish");
    }

    /// <summary>The turn of one thread: a kernel's arguments are set one by one.</summary>
    private Lock.Scope Enter()
    {
        var turn = _gate.EnterScope();
        if (!_isDisposed) return turn;
        turn.Dispose();
        throw Disposed();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            UnloadOptimizers();
            _isDisposed = true;
        }
        _ = OpenCl.clFinish(_queue);
        foreach (var (buffer, _) in _blocks.Values) _ = OpenCl.clReleaseMemObject(buffer);
        _blocks.Clear();
        if (_ahead != 0) _ = OpenCl.clReleaseCommandQueue(_ahead);
        _ = OpenCl.clReleaseCommandQueue(_queue);
        _ = OpenCl.clReleaseContext(_context);
    }

    /// <exception cref="DeviceException">The call failed.</exception>
    internal static void Check(int answer, string call)
    {
        if (answer != OpenCl.Success) throw new DeviceException($"OpenCL: {call} failed with code {answer}.");
    }
}

/// <summary>A program of OpenCL: compiled as a whole, when it is loaded.</summary>
internal sealed unsafe class OpenClModule : DeviceModule
{
    private readonly nint _program;
    private readonly nint[] _kernels;

    public OpenClModule(OpenClDevice device, KernelImage image)
        : base(image)
    {
        int error;
        fixed (byte* text = Encoding.UTF8.GetBytes(image.OpenCl + "\0"), options = "-w -cl-fp32-correctly-rounded-divide-sqrt\0"u8, plain = "-w\0"u8)
        {
            var first = text;
            _program = OpenCl.clCreateProgramWithSource(device.Context, 1, &first, null, &error);
            OpenClDevice.Check(error, "clCreateProgramWithSource");
            var id = device.Device;
            // Quotients and roots to the last bit; a device that has no such option rounds as it does.
            if (OpenCl.clBuildProgram(_program, 1, &id, options, 0, 0) != OpenCl.Success && OpenCl.clBuildProgram(_program, 1, &id, plain, 0, 0) is var answer && answer != OpenCl.Success)
                throw new DeviceException($"OpenCL: the kernels were refused (code {answer}): {Log(device)}");
        }
        _kernels = new nint[image.Kernels.Count];
    }

    public (nint Handle, DeviceKernel Description) Kernel(int number)
    {
        var description = Image.Kernels[number];
        if (_kernels[number] == 0)
        {
            int error;
            fixed (byte* name = Encoding.UTF8.GetBytes(description.Name + "\0")) _kernels[number] = OpenCl.clCreateKernel(_program, name, &error);
            OpenClDevice.Check(error, $"clCreateKernel({description.Name})");
        }
        return (_kernels[number], description);
    }

    private string Log(OpenClDevice device)
    {
        nuint length;
        if (OpenCl.clGetProgramBuildInfo(_program, device.Device, OpenCl.BuildLog, 0, null, &length) != OpenCl.Success) return "";
        var log = new byte[length];
        fixed (byte* first = log) _ = OpenCl.clGetProgramBuildInfo(_program, device.Device, OpenCl.BuildLog, length, first, null);
        return Encoding.UTF8.GetString(log).TrimEnd('\0').Trim();
    }

    public override void Dispose()
    {
        foreach (var kernel in _kernels)
            if (kernel != 0) _ = OpenCl.clReleaseKernel(kernel);
        _ = OpenCl.clReleaseProgram(_program);
    }
}
