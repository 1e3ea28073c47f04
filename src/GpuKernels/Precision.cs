using System.Runtime.CompilerServices;

namespace Kiln.Gpu.Kernels;

/// <summary>What products are computed with: a name that stands in the kernels of a network. Their sums are float32 always.</summary>
public interface IPrecision
{
    /// <summary>A number as an operand of a product.</summary>
    /// <param name="number">The number.</param>
    static abstract Lane Operand(Lane number);

    /// <summary>The group's tile of a product; the parameters are those of <see cref="Tiles"/>.</summary>
    internal static abstract void Multiply<TA, TB, TResult>(TA a, TB b, TResult result, int tile, int rows, int columns, int depth, int segment, int known)
        where TA : struct, IOperand where TB : struct, IOperand where TResult : struct, IResult;
}

/// <summary>Operands as they are: the bits of the CPU.</summary>
public readonly struct Float32 : IPrecision
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane Operand(Lane number) => number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPrecision.Multiply<TA, TB, TResult>(TA a, TB b, TResult result, int tile, int rows, int columns, int depth, int segment, int known) => Tiles.Multiply(a, b, result, tile, rows, columns, depth, segment, known);
}

/// <summary>Operands with the mantissa's upper 10 bits, to the nearest, ties away from zero. Products of two such numbers are exact.</summary>
public readonly struct TensorFloat32 : IPrecision
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane Operand(Lane number) => Lane.Broadcast(Numerics.RoundTensorFloat32(number.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPrecision.Multiply<TA, TB, TResult>(TA a, TB b, TResult result, int tile, int rows, int columns, int depth, int segment, int known) => Tiles.MultiplyRounded(new Rounded<TA>(a), new Rounded<TB>(b), result, tile, rows, columns, depth, segment, known);

    /// <summary>An operand, each number of which is rounded as it is read.</summary>
    private readonly struct Rounded<T>(T operand) : IOperand where T : struct, IOperand
    {
        public bool LinesFirst => operand.LinesFirst;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Key Line(int line) => operand.Line(line);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Key Term(int term) => operand.Term(term);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Lane At(Key line, Key term) => Operand(operand.At(line, term));
    }
}
