using System.ComponentModel;

namespace Kiln.Kernels;

/// <summary>
/// A SIMD register of floats. Kernels are written once over this interface and specialised by the JIT or the AOT
/// compiler for <see cref="V512"/>, <see cref="V256"/> and <see cref="V128"/>; the wrappers cost nothing (the 12×2 tile
/// runs at the speed of Vector512 written out).
/// </summary>
/// <typeparam name="V">The register itself.</typeparam>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public unsafe interface IVector<V> where V : struct, IVector<V>
{
    /// <summary>Floats in the register: 16, 8 or 4.</summary>
    static abstract int Count { get; }

    /// <summary>All lanes zero.</summary>
    static abstract V Zero { get; }

    /// <summary>Count floats from memory; no alignment is asked for.</summary>
    static abstract V Load(float* source);

    /// <summary>Count 32-bit integers from memory, converted to floats.</summary>
    static abstract V LoadInt32(int* source);

    /// <summary>The same float in every lane.</summary>
    static abstract V Broadcast(float value);

    /// <summary>The lanes' own numbers: 0, 1, 2, …</summary>
    static abstract V Iota { get; }

    /// <summary>Count floats to memory.</summary>
    void Store(float* target);

    /// <summary>Sum, lane by lane.</summary>
    static abstract V operator +(V a, V b);

    /// <summary>Difference.</summary>
    static abstract V operator -(V a, V b);

    /// <summary>Product.</summary>
    static abstract V operator *(V a, V b);

    /// <summary>Quotient, correctly rounded.</summary>
    static abstract V operator /(V a, V b);

    /// <summary>Sign flipped (also of zero and NaN).</summary>
    static abstract V operator -(V a);

    /// <summary>a·b + c with one rounding where the processor can; with two, on processors without fused multiply-add.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>a &gt; b ? a : b, lane by lane: b where either is NaN, the same on every processor and width.</summary>
    static abstract V Max(V a, V b);

    /// <summary>a &lt; b ? a : b, lane by lane: b where either is NaN.</summary>
    static abstract V Min(V a, V b);

    /// <summary>Square root, correctly rounded.</summary>
    static abstract V Sqrt(V a);

    /// <summary>Sign cleared.</summary>
    static abstract V Abs(V a);

    /// <summary>a &gt; b ? then : otherwise, lane by lane; otherwise where either is NaN.</summary>
    static abstract V SelectGreater(V a, V b, V then, V otherwise);

    /// <summary>a == b ? then : otherwise, lane by lane.</summary>
    static abstract V SelectEqual(V a, V b, V then, V otherwise);

    /// <summary>Nearest integer, ties to even, as a float.</summary>
    static abstract V Round(V a);

    /// <summary>
    /// a · 2^n for integral n from -252 to 254, gradual underflow included: two multiplications by a power of two, or an
    /// instruction that gives the same.
    /// </summary>
    static abstract V Scale(V a, V n);

    /// <summary>The exponent of the normalised a (⌊log2|a|⌋, subnormals included) as a float; a must be finite and not zero.</summary>
    static abstract V Exponent(V a);
}
