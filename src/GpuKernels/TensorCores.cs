using ILGPU.IR.Intrinsics;

namespace Kiln.Gpu.Kernels;

/// <summary>What the 32 threads of a warp compute together, on CUDA alone, and written by Kiln.Gpu.Compiler.</summary>
internal static class TensorCores
{
    /// <summary>
    /// c + a · b, where a is 16×8, b 8×8 and c 16×8: mma.m16n8k8 of PTX. Of thread 4g + t, a holds the rows g and g + 8 of column t, then those of column t + 4; b holds the terms t and t + 4 of column g;
    /// c holds the columns 2t and 2t + 1 of row g, then those of row g + 8.
    /// </summary>
    [IntrinsicImplementation]
    public static Quad MultiplyAdd(Quad a, Pair b, Quad c) => throw new NotSupportedException("tensor cores belong to a warp of CUDA");
}

/// <summary>Two floats.</summary>
internal readonly struct Pair(float x0, float x1)
{
    public readonly float X0 = x0, X1 = x1;
}
