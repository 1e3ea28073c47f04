using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>
/// One float in a thread's register: the vector that formulas written for the CPU's registers (<see cref="VectorMath"/>, the optimizers' rules) are compiled for on a GPU. The same
/// operations in the same order, and so the same bits.
/// </summary>
public readonly unsafe struct Lane : IVector<Lane>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    private Lane(float value) => Value = value;

    /// <summary>The float.</summary>
    public float Value { get; }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(Inline)]
        get => 1;
    }

    /// <inheritdoc/>
    public static Lane Zero
    {
        [MethodImpl(Inline)]
        get => new(0);
    }

    /// <inheritdoc/>
    public static Lane Iota
    {
        [MethodImpl(Inline)]
        get => new(0);
    }

    /// <summary>An element of device memory.</summary>
    [MethodImpl(Inline)]
    public static Lane Load(ArrayView<float> source, int index) => new(source[index]);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane Load(float* source) => new(*source);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane LoadInt32(int* source) => new(*source);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane Broadcast(float value) => new(value);

    /// <summary>To an element of device memory.</summary>
    [MethodImpl(Inline)]
    public void Store(ArrayView<float> target, int index) => target[index] = Value;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public void Store(float* target) => *target = Value;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane operator +(Lane a, Lane b) => new(Numerics.Add(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane operator -(Lane a, Lane b) => new(Numerics.Subtract(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane operator *(Lane a, Lane b) => new(Numerics.Multiply(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane operator /(Lane a, Lane b) => new(Numerics.Divide(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane operator -(Lane a) => new(-a.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane MultiplyAdd(Lane a, Lane b, Lane c) => new(Numerics.MultiplyAdd(a.Value, b.Value, c.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane Max(Lane a, Lane b) => new(Numerics.SelectGreater(a.Value, b.Value, a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane Min(Lane a, Lane b) => new(Numerics.SelectGreater(b.Value, a.Value, a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane Sqrt(Lane a) => new(MathF.Sqrt(a.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane Abs(Lane a) => new(MathF.Abs(a.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane SelectGreater(Lane a, Lane b, Lane then, Lane otherwise) => new(Numerics.SelectGreater(a.Value, b.Value, then.Value, otherwise.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane SelectEqual(Lane a, Lane b, Lane then, Lane otherwise) => new(Numerics.SelectEqual(a.Value, b.Value, then.Value, otherwise.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane Round(Lane a) => new(Numerics.Round(a.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane Scale(Lane a, Lane n)
    {
        // Two normal powers of two reach 2^-252 … 2^254.
        var exponent = IntrinsicMath.Min(IntrinsicMath.Max((int)n.Value, -252), 254);
        var half = exponent >> 1;
        return new(Numerics.Multiply(Numerics.Multiply(a.Value, PowerOfTwo(half)), PowerOfTwo(exponent - half)));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lane Exponent(Lane a)
    {
        // A subnormal number is made normal first.
        var magnitude = MathF.Abs(a.Value);
        var bits = (int)Interop.FloatAsInt(Numerics.SelectGreater(1.17549435e-38f, magnitude, magnitude * 16777216f, magnitude));
        return new((bits >> 23) - Numerics.SelectGreater(1.17549435e-38f, magnitude, 127 + 24, 127));
    }

    [MethodImpl(Inline)]
    private static float PowerOfTwo(int n) => Interop.IntAsFloat((uint)((n + 127) << 23));
}
