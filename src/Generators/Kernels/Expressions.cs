using Kiln.Generators.Graph;
using Kiln.Generators.Operators;

namespace Kiln.Generators.Kernels;

// The leaves a kernel's scalar expression has beyond an operator's own (Operators/Scalar.cs).

/// <summary>An element of a stored value: by node before the storage is decided, by buffer after.</summary>
internal sealed record Element(int Node, Affine Index) : Scalar;

/// <summary>An element of a buffer.</summary>
internal sealed record Load(Buffer Buffer, Affine Index) : Scalar;

/// <summary>A loop index as a number.</summary>
internal sealed record IndexValue(Affine Index) : Scalar;

/// <summary>The number of live rows as a number.</summary>
internal sealed record RowCount : Scalar;

/// <summary>The number of the step of time as a number.</summary>
internal sealed record StepIndex(TimeAxis Axis) : Scalar;

/// <summary>0 ≤ Index &lt; Extent ? Then : Otherwise, decided once for the whole vector.</summary>
internal sealed record Guarded(Affine Index, int Extent, Scalar Then, Scalar Otherwise) : Scalar;

internal static class Expressions
{
    /// <summary>The expression with every node for which <paramref name="rewrite"/> answers replaced (outermost first).</summary>
    public static Scalar Rewrite(Scalar e, Func<Scalar, Scalar?> rewrite) => rewrite(e) ?? e switch
    {
        Call c => new Call(c.Function, c.Arguments.Select(a => Rewrite(a, rewrite)).ToEquatable()),
        Guarded g => g with { Then = Rewrite(g.Then, rewrite), Otherwise = Rewrite(g.Otherwise, rewrite) },
        _ => e,
    };

    public static IEnumerable<Scalar> All(Scalar e) => new[] { e }.Concat(e switch
    {
        Call c => c.Arguments.SelectMany(All),
        Guarded g => All(g.Then).Concat(All(g.Otherwise)),
        _ => [],
    });

    /// <summary>The value where every element is zero; null where that is not known.</summary>
    public static double? AtZero(Scalar e) => e switch
    {
        Literal literal => literal.Value,
        Element { Index.IsConstant: false } => 0,
        Call { Function: Function.Multiply, Arguments: var x } => AtZero(x[0]) == 0 || AtZero(x[1]) == 0 ? 0 : AtZero(x[0]) * AtZero(x[1]),
        Call { Function: Function.Add, Arguments: var x } => AtZero(x[0]) + AtZero(x[1]),
        Call { Function: Function.Subtract, Arguments: var x } => AtZero(x[0]) - AtZero(x[1]),
        Call { Function: Function.Negate or Function.Abs or Function.Sqrt or Function.Tanh, Arguments: var x } => AtZero(x[0]) == 0 ? 0 : null,
        _ => null,
    };

    public static int Size(Scalar e) => All(e).Count();
}
