using System.Runtime.InteropServices;

namespace Kiln.Kernels;

/// <summary>
/// Memory of a thread for what a kernel needs between two of its steps, outside the garbage collector's heap. It grows to the largest that is
/// asked for, and is given back after its thread has ended.
/// </summary>
internal sealed unsafe class Scratch
{
    private const int Alignment = 64;

    [ThreadStatic]
    private static Scratch? own;

    private float* memory;
    private nint length;

    private Scratch()
    {
    }

    /// <summary>No thread uses it any more.</summary>
    ~Scratch() => NativeMemory.AlignedFree(memory);

    /// <summary>So many floats from a cache line's beginning on, with anything in them: until the thread asks again.</summary>
    public static float* Of(nint floats)
    {
        var scratch = own ??= new Scratch();
        if (scratch.length < floats)
        {
            NativeMemory.AlignedFree(scratch.memory);
            scratch.memory = null;
            scratch.length = 0;
            scratch.memory = (float*)NativeMemory.AlignedAlloc((nuint)floats * sizeof(float), Alignment);
            scratch.length = floats;
        }
        return scratch.memory;
    }

    /// <summary>Makes what the garbage collector knows of it, so that no later call on this thread does.</summary>
    public static void Prepare() => own ??= new Scratch();
}
