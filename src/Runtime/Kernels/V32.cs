using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// One float: for what has no axis to run lanes along. The arithmetic of the wide registers, so that a kernel gives the
/// same bits whether it takes one element at a time or sixteen.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public readonly unsafe struct V32 : IVector<V32>
{
    private readonly float value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V32(float value) => this.value = value;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    public static V32 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(0);
    }

    /// <inheritdoc/>
    public static V32 Iota
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(0);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 Load(float* source) => new(*source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 LoadInt32(int* source) => new(*source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 Broadcast(float value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* target) => *target = value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 operator +(V32 a, V32 b) => new(a.value + b.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 operator -(V32 a, V32 b) => new(a.value - b.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 operator *(V32 a, V32 b) => new(a.value * b.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 operator /(V32 a, V32 b) => new(a.value / b.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 operator -(V32 a) => new(-a.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 MultiplyAdd(V32 a, V32 b, V32 c) =>
        new(V128.First(V128.MultiplyAdd(V128.Broadcast(a.value), V128.Broadcast(b.value), V128.Broadcast(c.value))));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 Max(V32 a, V32 b) => a.value > b.value ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 Min(V32 a, V32 b) => a.value < b.value ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 Sqrt(V32 a) => new(MathF.Sqrt(a.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 Abs(V32 a) => new(MathF.Abs(a.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 SelectGreater(V32 a, V32 b, V32 then, V32 otherwise) => a.value > b.value ? then : otherwise;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 SelectEqual(V32 a, V32 b, V32 then, V32 otherwise) => a.value == b.value ? then : otherwise;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 Round(V32 a) => new(MathF.Round(a.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 Scale(V32 a, V32 n) => new(V128.First(V128.Scale(V128.Broadcast(a.value), V128.Broadcast(n.value))));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V32 Exponent(V32 a) => new(V128.First(V128.Exponent(V128.Broadcast(a.value))));
}
