using Kiln.Kernels;

namespace Kiln;

/// <summary>A block of parameters, gradients or slots that is on a device as well; where the two differ, one of them is known to be the newer.</summary>
internal sealed unsafe class DeviceMirror(Device device, ParameterBlock block) : IDisposable
{
    private readonly Lock _gate = new();
    private long _uploaded = -1;
    private volatile bool _hostIsStale;

    /// <summary>The first float on the device.</summary>
    public nint Address { get; private set; } = device.Allocate(Bytes(block));

    /// <summary>Grows with every change of the values, on either side.</summary>
    public long Version => block.Version;

    /// <summary>Brings what has changed on the host to the device. Nothing is drawn: the caller has done that.</summary>
    public nint Upload()
    {
        lock (_gate)
        {
            var version = block.Version;
            if (_uploaded != version && !_hostIsStale) device.Upload(Address, block.Address, Bytes(block));
            _uploaded = version;
        }
        return Address;
    }

    /// <summary>Brings what has changed on the device to the host.</summary>
    public void Download()
    {
        if (!_hostIsStale) return;
        lock (_gate)
        {
            if (!_hostIsStale) return;
            device.Download(block.Address, Address, Bytes(block));
            _hostIsStale = false;
        }
    }

    /// <summary>Values were written on the device: those of the host are old.</summary>
    public void ChangedOnDevice()
    {
        lock (_gate)
        {
            block.Changed();
            _uploaded = block.Version;
            _hostIsStale = true;
        }
    }

    /// <summary>Gives the device's memory back.</summary>
    public void Dispose()
    {
        if (Address == 0) return;
        device.Free(Address);
        Address = 0;
    }

    private static long Bytes(ParameterBlock block) => block.Length * sizeof(float);
}
