using System.Collections.Immutable;
using System.Text;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators;

/// <summary>
/// A primitive of the graph: its shape rule and its gradient. It is a record: two operators with equal attributes are
/// the same, which is what lets equal values be merged. Words of the language (<see cref="DslOperator"/>)
/// are composed of primitives and need neither.
/// </summary>
internal abstract record Operator
{
    /// <summary>The type of the result. Throws a <see cref="ShapeException"/> that says what was expected and what came.</summary>
    public abstract TensorType Infer(ImmutableArray<TensorType> inputs);

    /// <summary>
    /// Reverse mode: given y = this(x…) and the gradient dy of some scalar with respect to y, the gradients with respect
    /// to each input, written in operators (so that they can be differentiated again). Null where there is none.
    /// A gradient may still be larger than its input along broadcast axes or the batch: the caller sums it.
    /// </summary>
    public abstract IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x);

    /// <summary>
    /// The same operator when the flagged inputs have one more leading sample axis of a common size (the vectorising
    /// map that turns a gradient into a Jacobian); the result has that axis first.
    /// </summary>
    public abstract Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size);

    /// <summary>False for random draws: two of them are never the same value.</summary>
    public virtual bool IsPure => true;

    /// <summary>Only an operator's own attributes are printed.</summary>
    protected virtual bool PrintMembers(StringBuilder builder) => false;
}

/// <summary>y[i] = f(a[i], b[i], …), the operands broadcast as in NumPy. <see cref="Element"/> is all the back end needs.</summary>
internal abstract record Pointwise : Operator
{
    /// <summary>The value of one element.</summary>
    public abstract Scalar Element(ImmutableArray<Scalar> x);

    public override TensorType Infer(ImmutableArray<TensorType> inputs) => Broadcasting.Common(GetType().Name, inputs);

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        // The mapped operands must keep the new axis leftmost even where their own rank is the smaller one.
        graph.Add(this, [.. Broadcasting.AlignLeading(graph, x, mapped)]);
}
