namespace Kiln.Kernels;

/// <summary>Memory of a thread for what a kernel needs between two of its steps. It grows to the largest that is asked for, and goes with its thread.</summary>
internal static unsafe class Scratch
{
    private const int CacheLine = 64;

    [ThreadStatic]
    private static float[]? memory;

    /// <summary>So many floats from a cache line's beginning on, with anything in them: until the thread asks again.</summary>
    public static float* Of(nint floats)
    {
        var wanted = floats + CacheLine / sizeof(float);
        // Pinned, so that the address stays.
        if (memory is null || memory.Length < wanted) memory = GC.AllocateUninitializedArray<float>(checked((int)wanted), pinned: true);
        fixed (float* first = memory) return (float*)(((nuint)first + CacheLine - 1) & ~(nuint)(CacheLine - 1));
    }
}
