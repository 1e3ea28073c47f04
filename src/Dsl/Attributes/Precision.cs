namespace Kiln;

/// <summary>What a network's products are computed with on a GPU.</summary>
public enum Precision
{
    /// <summary>Numbers of 32 bits, as on the CPU, with the bits of the CPU.</summary>
    Float32 = 0,

    /// <summary>
    /// Both operands of each product are rounded to TensorFloat32, which is a float with the upper 10 bits of its mantissa: to the nearest, ties away from zero. The products are exact, and their sums are
    /// float32. A sum Σ a·b of a layer is then wrong by at most 2⁻¹⁰·Σ|a·b|, besides what rounding in the sum adds. GPUs of NVIDIA have instructions for this, from compute capability 8.0 on
    /// (A100, RTX 30), and need one. Products are those of matrices, convolutions, and the gradients of both; all else stays float32. On the CPU, which has no such instructions, the network computes in float32.
    /// </summary>
    TensorFloat32 = 1,
}
