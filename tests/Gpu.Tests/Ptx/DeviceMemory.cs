namespace Gpu.Tests.Ptx;

/// <summary>The blocks of device memory that there are while a kernel runs.</summary>
internal sealed class DeviceMemory
{
    private readonly ulong[] _firsts, _ends;

    /// <param name="blocks">Address and bytes of each.</param>
    public DeviceMemory(IEnumerable<(ulong First, ulong Bytes)> blocks)
    {
        var sorted = blocks.OrderBy(block => block.First).ToArray();
        (_firsts, _ends) = (Array.ConvertAll(sorted, block => block.First), Array.ConvertAll(sorted, block => block.First + block.Bytes));
    }

    /// <summary>The block with these bytes.</summary>
    /// <returns>Its first byte, and what is behind its last one; both 0 where there is none.</returns>
    public (ulong First, ulong End) Find(ulong address, int bytes)
    {
        var at = Array.BinarySearch(_firsts, address);
        if (at < 0) at = ~at - 1;
        return at >= 0 && address + (ulong)bytes <= _ends[at] ? (_firsts[at], _ends[at]) : (0, 0);
    }
}
