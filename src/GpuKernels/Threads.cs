using System.Runtime.CompilerServices;
using ILGPU;

namespace Kiln.Gpu.Kernels;

/// <summary>Where a thread is. Kernels have one axis of groups, of 128 threads where they do not say otherwise.</summary>
public static class Threads
{
    /// <summary>Threads of a group.</summary>
    public const int Group = 128;

    /// <summary>The thread's number among all.</summary>
    public static int Index
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Grid.IdxX * Group + ILGPU.Group.IdxX;
    }
}
