using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Kiln.Kernels;

/// <summary>What the generated programs of a device start their kernels with.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe class DeviceRun : IDisposable
{
    /// <summary>Where the results of a call begin in <see cref="Frame.Numbers"/>.</summary>
    public const int FirstScalar = 16;

    private readonly Device _device;
    private readonly DeviceModule _module;
    private GCHandle _handle;
    private nint _scratch;
    private long _scratchFloats;

    internal DeviceRun(Device device, DeviceModule module)
    {
        (_device, _module) = (device, module);
        _handle = GCHandle.Alloc(this);
    }

    /// <summary>What <see cref="Frame.Device"/> holds.</summary>
    internal nint Handle => GCHandle.ToIntPtr(_handle);

    /// <summary>That of a frame whose memory is a device's.</summary>
    /// <param name="frame">Its <see cref="Frame.Device"/> is set.</param>
    public static DeviceRun Of(Frame* frame) => (DeviceRun)GCHandle.FromIntPtr(frame->Device).Target!;

    /// <summary>Starts a kernel, after those before it.</summary>
    /// <param name="kernel">Its number.</param>
    /// <param name="threads">Threads that it needs at least.</param>
    /// <param name="views">The addresses of its views.</param>
    /// <param name="numbers">Its other arguments.</param>
    public void Run(int kernel, long threads, ReadOnlySpan<nint> views, ReadOnlySpan<int> numbers)
    {
        if (threads <= 0) return;
        var group = _module.Image.Kernels[kernel].Group;
        _device.Launch(_module, kernel, checked((int)((threads + group - 1) / group)), views, numbers);
    }

    /// <summary>Memory that a kernel needs while it runs; the next one may overwrite it.</summary>
    /// <param name="floats">How much.</param>
    public nint Scratch(long floats)
    {
        if (floats <= _scratchFloats) return _scratch;
        if (_scratch != 0) _device.Free(_scratch);
        (_scratch, _scratchFloats) = (0, 0);
        _scratch = _device.Allocate(floats * sizeof(float));
        _scratchFloats = floats;
        return _scratch;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (!_handle.IsAllocated) return;
        _handle.Free();
        if (_scratch != 0) _device.Free(_scratch);
    }
}
