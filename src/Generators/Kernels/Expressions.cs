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

    public static int Size(Scalar e) => All(e).Count();
}
