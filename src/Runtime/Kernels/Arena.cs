using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Kiln.Kernels;

/// <summary>
/// A block of floats outside the garbage collector's heap, aligned to 64 bytes and zero at first. Its address never changes. The system gives a
/// large block page by page, as it is written: what a program does not use costs no memory.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe class Arena : IDisposable
{
    /// <summary>One cache line, and the widest vector.</summary>
    private const int Alignment = 64;

    private nint allocated;
    private nint address;

    /// <summary>Takes the memory.</summary>
    /// <param name="length">Floats, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    public Arena(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        var bytes = Bytes(length);
        try
        {
            allocated = (nint)NativeMemory.AllocZeroed(bytes);
        }
        catch (OutOfMemoryException e)
        {
            GC.SuppressFinalize(this);
            throw new OutOfMemoryException($"Not enough memory for {length} floats ({bytes} bytes).", e);
        }

        address = (allocated + Alignment - 1) / Alignment * Alignment;
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

    // Never empty, whole cache lines, so that no neighbour shares the last one, and room to align the first.
    private static nuint Bytes(long length) =>
        checked(((nuint)length * sizeof(float) + Alignment) / Alignment * Alignment + Alignment);

    private void Free()
    {
        // Two that dispose at once must not free twice.
        var memory = Interlocked.Exchange(ref allocated, 0);
        if (memory == 0) return;
        address = 0;
        NativeMemory.Free((void*)memory);
        GC.RemoveMemoryPressure((long)Bytes(Length));
    }
}
