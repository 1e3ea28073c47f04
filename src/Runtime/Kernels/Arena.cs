using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Kiln.Kernels;

/// <summary>
/// A block of floats outside the garbage collector's heap, aligned to 64 bytes and zero at first. Its address never changes. The
/// system gives a large block its memory page by page, as it is first written to; Linux is asked for pages of 2 MB.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe class Arena : IDisposable
{
    /// <summary>One cache line, and the widest vector.</summary>
    private const int Alignment = 64;

    /// <summary>Bytes of a huge page, and from how many bytes on a block is large: what its last page wastes is then less than an eighth.</summary>
    internal const int HugePage = 2 << 20, Large = 8 * HugePage;

    // The first float, and what the system gave, which may begin before it.
    private nint address, memory;

    /// <summary>Takes the memory, which is zero.</summary>
    /// <param name="length">Floats, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    public Arena(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        var bytes = Bytes(length);
        var alignment = bytes >= Large ? HugePage : Alignment;
        try
        {
            memory = (nint)NativeMemory.AllocZeroed(checked(bytes + (nuint)alignment));
        }
        catch (OutOfMemoryException e)
        {
            GC.SuppressFinalize(this);
            throw new OutOfMemoryException($"Not enough memory for {length} floats ({bytes} bytes).", e);
        }

        address = (memory + alignment - 1) / alignment * alignment;
        if (bytes >= Large) HugePages.Ask(address, bytes);
        GC.AddMemoryPressure((long)bytes);
    }

    /// <summary>Gives the memory back where <see cref="Dispose"/> was forgotten.</summary>
    ~Arena() => Free();

    /// <summary>Floats in the block.</summary>
    public long Length { get; }

    /// <summary>The first float.</summary>
    /// <exception cref="ObjectDisposedException">The block was given back.</exception>
    public float* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(address == 0, this);
            return (float*)address;
        }
    }

    internal bool IsDisposed => address == 0;

    /// <summary>Sets every float to zero.</summary>
    public void Clear() => NativeMemory.Clear(Pointer, (nuint)Length * sizeof(float));

    /// <summary>Gives the memory back; nothing may use the pointer afterwards.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // Never empty, and whole cache lines, so that no neighbour shares the last one.
    private static nuint Bytes(long length) =>
        checked(((nuint)length * sizeof(float) + Alignment) / Alignment * Alignment);

    private void Free()
    {
        // Two that dispose at once must not free twice.
        if (Interlocked.Exchange(ref address, 0) == 0) return;
        NativeMemory.Free((void*)memory);
        GC.RemoveMemoryPressure((long)Bytes(Length));
    }
}
