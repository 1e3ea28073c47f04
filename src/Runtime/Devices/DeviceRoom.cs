namespace Kiln;

/// <summary>A block of a device's memory that only grows.</summary>
internal struct DeviceRoom
{
    private long _bytes;

    public nint Address { get; private set; }

    public nint AtLeast(Device device, long bytes)
    {
        if (bytes <= _bytes && Address != 0) return Address;
        var address = device.Allocate(Math.Max(bytes, 1));
        Free(device);
        (Address, _bytes) = (address, bytes);
        return address;
    }

    public readonly void Free(Device device)
    {
        if (Address != 0) device.Free(Address);
    }
}
