using System.Runtime.CompilerServices;
using ILGPU;

namespace Kiln.Gpu.Kernels;

/// <summary>Moves between the storages of values.</summary>
public static partial class Layouts
{
    /// <summary>Sets the lanes beyond the live rows to zero, so that a sum over all lanes is a sum over live rows.</summary>
    /// <param name="lanes">[block][feature][16].</param>
    /// <param name="features">Elements per sample.</param>
    /// <param name="rows">Live rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ClearDeadLanes(ArrayView<float> lanes, int features, int rows)
    {
        if (Threads.Index < 16 * features && Threads.Index % 16 >= rows % 16 && rows % 16 != 0) lanes[rows / 16 * 16 * features + Threads.Index] = 0;
    }
}
