using Kiln.Generators.Graph;
using Kiln.Generators.Operators;

namespace Kiln.Generators.Kernels;

/// <summary>A map before it is known where its operands lie.</summary>
internal sealed record MapDraft(EquatableArray<Loop> Loops, EquatableArray<Loop> Inner, Affine Index, Scalar Value)
{
    public MapDraft(IEnumerable<Loop> loops, IEnumerable<Loop> inner, Affine index, Scalar value)
        : this(loops.Where(l => l.Extent > 1).ToEquatable(), inner.Where(l => l.Extent > 1).ToEquatable(), index, value) { }

    public IEnumerable<Element> Elements => Expressions.All(Value).OfType<Element>();

    private IEnumerable<Affine> Indices => Expressions.All(Value).Select(e => e switch
    {
        Element element => element.Index,
        IndexValue value => value.Index,
        Guarded guarded => guarded.Index,
        _ => null,
    }).OfType<Affine>().Append(Index);

    /// <summary>Neighbouring loops that every index walks without a gap become one.</summary>
    public MapDraft Merged()
    {
        var draft = this;
        for (var again = true; again;)
        {
            again = false;
            foreach (var inner in new[] { false, true })
            {
                var loops = inner ? draft.Inner : draft.Loops;
                for (var l = 0; l + 1 < loops.Count && !again; l++)
                {
                    var (a, b) = (loops[l], loops[l + 1]);
                    if (draft.Indices.Any(i => i.StepOf(a) != i.StepOf(b) * b.Extent)) continue;
                    draft = draft.Merge(a, b, inner);
                    again = true;
                }
            }
        }
        return draft;
    }

    private MapDraft Merge(Loop a, Loop b, bool inner)
    {
        var one = new Loop(b.Id, a.Extent * b.Extent);
        Affine Renew(Affine index) => index.Replace((loop, step) => loop == a ? null : loop == b ? (one, step) : (loop, step));
        EquatableArray<Loop> Join(EquatableArray<Loop> loops) => loops.Where(l => l != a).Select(l => l == b ? one : l).ToEquatable();
        var value = RewriteIndices(Value, Renew);
        return inner ? new(Loops, Join(Inner), Renew(Index), value) : new(Join(Loops), Inner, Renew(Index), value);
    }

    private static Scalar RewriteIndices(Scalar e, Func<Affine, Affine> renew) => Expressions.Rewrite(e, leaf => leaf switch
    {
        Element element => element with { Index = renew(element.Index) },
        IndexValue index => new IndexValue(renew(index.Index)),
        Guarded guarded => new Guarded(renew(guarded.Index), guarded.Extent, RewriteIndices(guarded.Then, renew), RewriteIndices(guarded.Otherwise, renew)),
        _ => null,
    });

    /// <summary>One loop over all elements, each operand read at the same place as the result is written, or one number of a value without batch axis.</summary>
    public bool IsElementwise(Func<int, TensorType> typeOf)
    {
        if (Inner.Count > 0 || Loops.Count != 1 || !IsPlace(Index, Loops[0])) return false;
        if (Expressions.All(Value).Any(e => e is IndexValue or Guarded)) return false;
        var loop = Loops[0];
        return Elements.All(e => IsPlace(e.Index, loop) ? typeOf(e.Node).Length == loop.Extent : e.Index.IsConstant && !typeOf(e.Node).Batched);
    }

    /// <summary>
    /// Whether Rows can compute it, neighbours in a register: one loop over all elements, each operand read at the same place, or from a multiple of 16 on in a larger
    /// value; or one number of the sample, or of a value without batch axis.
    /// </summary>
    public bool IsAlongRows(Func<int, TensorType> typeOf)
    {
        if (Inner.Count > 0 || Loops.Count != 1 || !IsPart(Index, Loops[0], int.MaxValue)) return false;
        if (Expressions.All(Value).Any(e => e is IndexValue or Guarded)) return false;
        var loop = Loops[0];
        return Elements.All(e => typeOf(e.Node) is var type && (e.Index.IsConstant ? type.Length == 1 || !type.Batched : IsPart(e.Index, loop, type.Length)));
    }

    /// <summary>The elements of the loop side by side, from a multiple of 16 on.</summary>
    private static bool IsPart(Affine index, Loop loop, int length) => index.Offset % 16 == 0 && index.Offset <= length - loop.Extent && index.Terms.Count == 1 && index.StepOf(loop) == 1;

    private static bool IsPlace(Affine index, Loop loop) => index.Offset == 0 && index.Terms.Count == 1 && index.StepOf(loop) == 1;

    /// <summary>The expression with every element found in its buffer.</summary>
    public Scalar Resolve(Func<Element, Buffer> bufferOf) =>
        Expressions.Rewrite(Value, e => e is Element element ? new Load(bufferOf(element), element.Index) : null);

    public static EquatableArray<Buffer> BuffersOf(Scalar value) => Expressions.All(value).OfType<Load>().Select(l => l.Buffer).Distinct().ToEquatable();
}
