using System.Runtime.InteropServices;

namespace Kiln.Gpu;

/// <summary>A GPU of NVIDIA, through CUDA's driver. All its work goes through one stream, and what is copied beside it through another; any thread may call it.</summary>
public sealed unsafe class CudaDevice : Device
{
    private readonly Lock _gate = new();
    private readonly int _device;
    private readonly nint _context;
    private readonly nint _stream;
    private readonly CudaStaging _staging;
    private readonly HashSet<nint> _blocks = [];
    private bool _isCapturing, _isDisposed;

    // Made when something is first copied beside the work. Memory that was taken since the last time is still being cleared by the work's stream.
    private CudaAhead? _ahead;
    private bool _hasNewMemory;

    private CudaDevice(string name, int device, int capability)
        : base(name)
    {
        (_device, Capability) = (device, capability);
        nint handle;
        Cuda.Check(Cuda.cuDevicePrimaryCtxRetain(&handle, device), "cuDevicePrimaryCtxRetain");
        _context = handle;
        try
        {
            Cuda.Check(Cuda.cuCtxSetCurrent(_context), "cuCtxSetCurrent");
            Cuda.Check(Cuda.cuStreamCreate(&handle, Cuda.StreamNonBlocking), "cuStreamCreate");
            _stream = handle;
            _staging = new CudaStaging(_stream);
        }
        catch
        {
            _ = Cuda.cuDevicePrimaryCtxRelease(device);
            throw;
        }
    }

    /// <summary>Opens a device.</summary>
    /// <param name="number">Its number, as nvidia-smi counts them within CUDA_VISIBLE_DEVICES, from 0.</param>
    /// <exception cref="DeviceException">CUDA's driver is not here or too old, or there is no such device, or it is too old.</exception>
    public static CudaDevice Open(int number = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        var count = Count();
        if (number >= count)
            throw new DeviceException(count == 0 ? "CUDA: the driver is here, but it has no device." : $"CUDA: there is no device {number}. There {English.Is(count)} {count}: {string.Join(", ", Enumerable.Range(0, count).Select(i => $"{i} {NameOf(DeviceOf(i))}"))}.");
        var device = DeviceOf(number);
        var (name, capability) = (NameOf(device), 10 * Attribute(device, Cuda.CapabilityMajor) + Attribute(device, Cuda.CapabilityMinor));
        if (capability < Cuda.OldestCapability)
            throw new DeviceException($"CUDA: {name} has compute capability {capability / 10}.{capability % 10}; kernels are compiled for {Cuda.OldestCapability / 10}.{Cuda.OldestCapability % 10} and newer.");
        return new CudaDevice(name, device, capability);
    }

    /// <summary>Its compute capability: 80 is 8.0.</summary>
    internal int Capability { get; }

    /// <summary>The names of the devices that are here, by their numbers.</summary>
    /// <exception cref="DeviceException">CUDA's driver is not here, or too old.</exception>
    public static IReadOnlyList<string> Names() => [.. Enumerable.Range(0, Count()).Select(i => NameOf(DeviceOf(i)))];

    private static int Count()
    {
        try
        {
            var version = 0;
            var answer = Cuda.cuInit(0);
            if (answer is Cuda.Success or Cuda.NoDevice) Cuda.Check(Cuda.cuDriverGetVersion(&version), "cuDriverGetVersion");
            else Cuda.Check(answer, "cuInit");
            if (version < Cuda.OldestDriver)
                throw new DeviceException($"CUDA: the driver is too old. It knows CUDA {Version(version)}; {Version(Cuda.OldestDriver)} or newer is needed, which is that of NVIDIA's driver 470.");
            if (answer == Cuda.NoDevice) return 0;
            int count;
            Cuda.Check(Cuda.cuDeviceGetCount(&count), "cuDeviceGetCount");
            return count;
        }
        catch (DllNotFoundException)
        {
            throw new DeviceException($"CUDA: the driver's library ({Libraries.CudaFile}) is not here. It comes with NVIDIA's driver; nothing else of CUDA is needed.");
        }
        catch (EntryPointNotFoundException missing)
        {
            throw new DeviceException($"CUDA: the driver is too old: {missing.Message}");
        }

        static string Version(int number) => $"{number / 1000}.{number % 1000 / 10}";
    }

    private static int DeviceOf(int number)
    {
        int device;
        Cuda.Check(Cuda.cuDeviceGet(&device, number), "cuDeviceGet");
        return device;
    }

    private static string NameOf(int device)
    {
        var name = stackalloc byte[256];
        Cuda.Check(Cuda.cuDeviceGetName(name, 256, device), "cuDeviceGetName");
        return Marshal.PtrToStringUTF8((nint)name)!;
    }

    private static int Attribute(int device, int attribute)
    {
        int value;
        Cuda.Check(Cuda.cuDeviceGetAttribute(&value, attribute, device), "cuDeviceGetAttribute");
        return value;
    }

    internal override nint Allocate(long bytes)
    {
        using var turn = Enter("memory is taken");
        bytes = Math.Max(bytes, 64);
        ulong address;
        var answer = Cuda.cuMemAlloc(&address, (nuint)bytes);
        if (answer == Cuda.OutOfMemory)
        {
            nuint free, total;
            var known = Cuda.cuMemGetInfo(&free, &total) == Cuda.Success;
            throw new OutOfMemoryException($"{Name}: not enough memory for {bytes:N0} bytes{(known ? $": {(ulong)free:N0} of {(ulong)total:N0} are free" : "")}.");
        }
        Cuda.Check(answer, "cuMemAlloc");
        _blocks.Add((nint)address);
        Cuda.Check(Cuda.cuMemsetD8Async(address, 0, (nuint)bytes, _stream), "cuMemsetD8Async");
        _hasNewMemory = true;
        return (nint)address;
    }

    internal override void Free(nint address)
    {
        if (_isDisposed) return;
        using var turn = Enter("memory is given back");
        if (_blocks.Remove(address)) Cuda.Check(Cuda.cuMemFree((ulong)address), "cuMemFree");
    }

    internal override void Upload(nint target, void* source, long bytes)
    {
        using var turn = Enter("something is copied to the device");
        _staging.Upload(target, source, bytes);
    }

    internal override void UploadAhead(nint target, void* source, long bytes)
    {
        using var turn = Enter("something is copied to the device");
        _ahead ??= new CudaAhead(_stream);
        if (_hasNewMemory) _ahead.AwaitWork();
        _hasNewMemory = false;
        _ahead.Upload(target, source, bytes);
    }

    internal override void AwaitAhead()
    {
        using var turn = Enter("the work waits for what is copied");
        _ahead?.AwaitCopies();
    }

    internal override void Download(void* target, nint source, long bytes)
    {
        using var turn = Enter("something is copied from the device");
        _staging.Download(target, source, bytes);
    }

    internal override void Copy(nint target, nint source, long bytes)
    {
        if (bytes == 0) return;
        using var turn = Enter();
        Work(Cuda.cuMemcpyDtoDAsync((ulong)target, (ulong)source, (nuint)bytes, _stream), "cuMemcpyDtoDAsync");
    }

    internal override void Clear(nint target, long bytes)
    {
        if (bytes == 0) return;
        using var turn = Enter();
        Work(Cuda.cuMemsetD8Async((ulong)target, 0, (nuint)bytes, _stream), "cuMemsetD8Async");
    }

    internal override DeviceModule Load(KernelImage image)
    {
        using var turn = Enter("kernels are loaded");
        return new CudaModule(this, image);
    }

    /// <summary>A view as kernels take it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct View
    {
        public ulong Address;
        public long Length;
    }

    internal override void Launch(DeviceModule module, int kernel, int groups, ReadOnlySpan<nint> views, ReadOnlySpan<int> numbers)
    {
        using var turn = Enter();
        var (function, description) = ((CudaModule)module).Kernel(kernel);
        var first = stackalloc View[views.Length];
        var others = stackalloc int[numbers.Length];
        var parameters = stackalloc void*[views.Length + numbers.Length];
        for (var i = 0; i < views.Length; i++)
        {
            first[i] = new View { Address = (ulong)views[i], Length = int.MaxValue };
            parameters[i] = first + i;
        }
        for (var i = 0; i < numbers.Length; i++)
        {
            others[i] = numbers[i];
            parameters[views.Length + i] = others + i;
        }
        Work(Cuda.cuLaunchKernel(function, (uint)groups, 1, 1, (uint)description.Group, 1, 1, 0, _stream, parameters, null), description.Name);
    }

    internal override void Synchronize()
    {
        using var turn = Enter("the host waits");
        Cuda.Check(Cuda.cuStreamSynchronize(_stream), "cuStreamSynchronize");
    }

    internal override bool BeginCapture()
    {
        // Until the end of the capture no other thread has its turn.
        _gate.Enter();
        try
        {
            using var turn = Enter("a second list of work is begun");
            Cuda.Check(Cuda.cuStreamBeginCapture(_stream, Cuda.CaptureThreadLocal), "cuStreamBeginCapture");
            return _isCapturing = true;
        }
        catch
        {
            _gate.Exit();
            throw;
        }
    }

    internal override DeviceGraph EndCapture()
    {
        using var turn = Enter();
        if (!_isCapturing) throw new InvalidOperationException("No work is being written down.");
        nint graph, executable;
        _isCapturing = false;
        _gate.Exit();
        Cuda.Check(Cuda.cuStreamEndCapture(_stream, &graph), "cuStreamEndCapture");
        var answer = Cuda.cuGraphInstantiateWithFlags(&executable, graph, 0);
        _ = Cuda.cuGraphDestroy(graph);
        Cuda.Check(answer, "cuGraphInstantiateWithFlags");
        return new Graph(this, executable);
    }

    internal override void Replay(DeviceGraph graph)
    {
        using var turn = Enter("written work is done");
        Cuda.Check(Cuda.cuGraphLaunch(((Graph)graph).Executable, _stream), "cuGraphLaunch");
    }

    /// <summary>A launched list of work is not destroyed before it is done.</summary>
    private sealed class Graph(CudaDevice device, nint executable) : DeviceGraph
    {
        public nint Executable { get; private set; } = executable;

        public override void Dispose()
        {
            if (Executable == 0 || device._isDisposed) return;
            using var turn = device.Enter("written work is forgotten");
            _ = Cuda.cuStreamSynchronize(device._stream);
            _ = Cuda.cuGraphExecDestroy(Executable);
            Executable = 0;
        }
    }

    /// <summary>Forgets kernels when the work so far is done. Nothing where the device was disposed of.</summary>
    internal void Unload(nint module)
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _ = Cuda.cuCtxSetCurrent(_context);
            _ = Cuda.cuStreamSynchronize(_stream);
            _ = Cuda.cuModuleUnload(module);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            UnloadOptimizers();
            _isDisposed = true;
            _ = Cuda.cuCtxSetCurrent(_context);
            _ = Cuda.cuStreamSynchronize(_stream);
            _ahead?.Dispose();
            foreach (var address in _blocks) _ = Cuda.cuMemFree((ulong)address);
            _blocks.Clear();
            _staging.Dispose();
            _ = Cuda.cuStreamDestroy(_stream);
            _ = Cuda.cuDevicePrimaryCtxRelease(_device);
        }
    }

    /// <summary>The turn of one thread, on which the device's context is then current.</summary>
    /// <param name="what">What is done now, if that cannot be written down.</param>
    private Lock.Scope Enter(string? what = null)
    {
        var turn = _gate.EnterScope();
        try
        {
            if (_isDisposed) throw Disposed();
            if (_isCapturing && what is not null)
            {
                Abandon();
                throw new InvalidOperationException($"{Name}: {what} while work is being written down.");
            }
            Cuda.Check(Cuda.cuCtxSetCurrent(_context), "cuCtxSetCurrent");
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Work that may be written down; where it fails, nothing is.</summary>
    private void Work(int answer, string call)
    {
        if (answer != Cuda.Success && _isCapturing) Abandon();
        Cuda.Check(answer, call);
    }

    private void Abandon()
    {
        _isCapturing = false;
        nint graph = 0;
        _ = Cuda.cuStreamEndCapture(_stream, &graph);
        if (graph != 0) _ = Cuda.cuGraphDestroy(graph);
        _gate.Exit();
    }
}
