using ILGPU.IR.Intrinsics;

namespace Kiln.Gpu.Kernels;

/// <summary>
/// Arithmetic of which the bits must be those of the CPU's, written for each target by Kiln.Gpu.Compiler. In kernels floats are compared here and nowhere else: ILGPU
/// exchanges the operands of a comparison whose first one is a constant, and its PTX then takes a NaN for greater.
/// </summary>
/// <remarks>
/// Sums and products are here, too: ILGPU takes them for those of real numbers. It adds or multiplies two constants before it meets the number, leaves a zero out that makes −0 to 0, and has a reciprocal of
/// its own.
/// </remarks>
public static class Numerics
{
    /// <summary>a + b.</summary>
    [IntrinsicImplementation]
    public static float Add(float a, float b) => a + b;

    /// <summary>a − b.</summary>
    [IntrinsicImplementation]
    public static float Subtract(float a, float b) => a - b;

    /// <summary>a · b.</summary>
    [IntrinsicImplementation]
    public static float Multiply(float a, float b) => a * b;

    /// <summary>a / b, correctly rounded.</summary>
    [IntrinsicImplementation]
    public static float Divide(float a, float b) => a / b;

    /// <summary>a·b + c with one rounding.</summary>
    [IntrinsicImplementation]
    public static float MultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>a &gt; b ? then : otherwise; otherwise where either is NaN.</summary>
    [IntrinsicImplementation]
    public static float SelectGreater(float a, float b, float then, float otherwise) => a > b ? then : otherwise;

    /// <summary>a == b ? then : otherwise.</summary>
    [IntrinsicImplementation]
    public static float SelectEqual(float a, float b, float then, float otherwise) => a == b ? then : otherwise;

    /// <summary>To the nearest whole number, halves to the even one.</summary>
    [IntrinsicImplementation]
    public static float Round(float a) => MathF.Round(a);

    /// <summary>To the mantissa's upper 10 bits: the nearest such number, ties away from zero; beyond the largest one infinity.</summary>
    [IntrinsicImplementation]
    public static float RoundTensorFloat32(float a) => float.IsFinite(a) ? BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(a) + 0x1000) & 0xffffe000) : a;

    /// <summary>The upper half of the product of two unsigned numbers.</summary>
    [IntrinsicImplementation]
    public static uint MultiplyHigh(uint a, uint b) => (uint)(((ulong)a * b) >> 32);
}
