using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Passes;

/// <summary>
/// Rewrites values by rules that hold exactly, or up to the rounding of constants known at build time. A NaN or an infinity
/// anywhere still shows: nothing is multiplied away.
/// </summary>
internal sealed class Simplify
{
    private readonly GraphBuilder _graph = new();
    private readonly HashSet<int> _usedOften = [];
    private readonly bool _differentiated;

    private Simplify(bool differentiated) => _differentiated = differentiated;

    /// <param name="differentiated">Nothing will be differentiated any more, so that marks for gradients can go.</param>
    public static Graph.Graph Run(Graph.Graph source, bool differentiated)
    {
        var pass = new Simplify(differentiated);
        var uses = new int[source.Nodes.Count];
        foreach (var node in source.Nodes)
            foreach (var input in node.Inputs) uses[input]++;
        foreach (var output in source.Outputs) uses[output.Node]++;

        var map = new Node[source.Nodes.Count];
        foreach (var node in source.Nodes)
        {
            pass._graph.Origin = node.Origin;
            map[node.Id] = pass.Make(node.Operator, [.. node.Inputs.Select(i => map[i])]);
            if (uses[node.Id] > 1) pass._usedOften.Add(map[node.Id].Id);
        }

        return pass._graph.Build(source.Outputs.Select(o => o with { Node = map[o.Node].Id }));
    }

    /// <summary>The simplest value equal to op(x…).</summary>
    private Node Make(Operator op, params Node[] x) => (op switch
    {
        Pointwise pointwise => Fold(pointwise, x) ?? Arithmetic(pointwise, x) ?? Unbroadcast(pointwise, x),
        View view => SimplifyView(view, x),
        Reduce reduce => SimplifyReduce(reduce, x[0]),
        BatchSum => SimplifyBatchSum(x[0]),
        Einsum einsum => SimplifyEinsum(einsum, x[0], x[1]),
        OneHotOf oneHot => OneHot(oneHot, x[0]),
        _ => null,
    }) ?? _graph.Add(op, x);

    /// <summary>Numbers known at build time. Only functions whose float32 result is exactly rounded on every machine.</summary>
    private Node? Fold(Pointwise op, Node[] x)
    {
        if (!x.All(v => v.Operator is Constant)) return null;
        var type = op.Infer([.. x.Select(v => v.Type)]);
        if (x.Any(v => v.Type.Length != 1 && v.Type.Shape != type.Shape)) return null;
        var element = op.Element([.. x.Select((_, i) => (Scalar)new Operand(i))]);
        if (!Folding.IsExact(element)) return null;
        var values = new float[type.Length];
        for (var e = 0; e < values.Length; e++)
            values[e] = Folding.Evaluate(element, [.. x.Select(v => ((Constant)v.Operator).Values is var c && c.Count == 1 ? c[0] : c[e])]);
        return _graph.Add(new Constant(values.ToEquatable(), type.Shape));
    }

    private Node? Arithmetic(Pointwise op, Node[] x) => op switch
    {
        StopGradient or StraightThrough when _differentiated => Same(op, x, 0),
        Negate when x[0].Operator is Negate => In(x[0], 0),
        Add when IsNumber(x[1], 0) => Same(op, x, 0),
        Add when IsNumber(x[0], 0) => Same(op, x, 1),
        Add when (JoinPads(x[0], x[1]) ?? JoinPads(x[1], x[0])) is { } joined => joined,
        Add when x[1].Operator is Negate => Make(new Subtract(), x[0], In(x[1], 0)),
        Add when x[0].Operator is Negate => Make(new Subtract(), x[1], In(x[0], 0)),
        Subtract when IsNumber(x[1], 0) => Same(op, x, 0),
        Subtract when IsNumber(x[0], 0) && x[1].Type == Type(op, x) => Make(new Negate(), x[1]),
        Subtract when x[1].Operator is Negate => Make(new Add(), x[0], In(x[1], 0)),
        Divide when IsNumber(x[1], 1) => Same(op, x, 0),
        Divide when IsNumber(x[1]) && ExactReciprocal(x[1]) is { } reciprocal => Make(new Multiply(), x[0], Number(reciprocal)),
        Multiply when IsNumber(x[1], 1) => Same(op, x, 0),
        Multiply when IsNumber(x[0], 1) => Same(op, x, 1),
        Multiply when IsNumber(x[1], -1) && x[0].Type == Type(op, x) => Make(new Negate(), x[0]),
        Multiply when IsNumber(x[0], -1) && x[1].Type == Type(op, x) => Make(new Negate(), x[1]),
        Multiply when IsNumber(x[0]) && !IsNumber(x[1]) => Make(op, x[1], x[0]),
        Multiply when IsNumber(x[1]) && x[0].Operator is Multiply && IsNumber(In(x[0], 1)) => Make(op, In(x[0], 0), Make(op, In(x[0], 1), x[1])),
        Multiply when IsNumber(x[1]) && x[0].Operator is Negate => Make(op, In(x[0], 0), Make(new Negate(), x[1])),
        Multiply when x[0].Operator is Negate && x[1].Operator is Negate => Make(op, In(x[0], 0), In(x[1], 0)),
        _ => null,
    };

    /// <summary>Pointwise operators broadcast by themselves; where all operands are wider than they need be, so is the result.</summary>
    private Node? Unbroadcast(Pointwise op, Node[] x)
    {
        // Values over other axes of time meet only where one was repeated along those of the other.
        bool IsWide(Node v) => v.Operator is Broadcast && (In(v, 0).Type.Time.Count == 0 || In(v, 0).Type.Time == v.Type.Time);
        if (!x.Any(IsWide)) return null;
        var narrow = x.Select(v => IsWide(v) ? In(v, 0) : v).ToArray();
        var (type, own) = (Type(op, x), Type(op, narrow));
        return own == type ? Make(op, narrow) : Make(new Broadcast(type.Batched, type.Shape) { Time = type.Time }, Make(op, narrow));
    }

    /// <summary>Two values that are zero but for neighbouring parts of an axis, such as the gradients of a split: the parts side by side.</summary>
    private Node? JoinPads(Node a, Node b)
    {
        if (a.Operator is not Pad first || b.Operator is not Pad second || first.Axis != second.Axis || a.Type != b.Type) return null;
        var (left, right) = (In(a, 0), In(b, 0));
        if (first.Before + left.Type[first.Axis] != second.Before) return null;
        var parts = new[] { left, right }.SelectMany(p => p.Operator is Concat concat && concat.Axis == first.Axis && !_usedOften.Contains(p.Id) ? _graph.InputsOf(p).AsEnumerable() : [p]);
        return Make(new Pad(first.Axis, first.Before, second.After), Make(new Concat(first.Axis), [.. parts]));
    }

    private Node? SimplifyView(View view, Node[] x) => (view, x[0].Operator) switch
    {
        (Concat, _) => x.Length == 1 ? x[0] : null,
        _ when view.Infer([x[0].Type]) == x[0].Type && view is not Transpose => x[0],
        (Reshape, Reshape) => Make(view, In(x[0], 0)),
        (Reshape reshape, Constant constant) => _graph.Add(constant with { Shape = reshape.Shape }),
        (Reshape reshape, Broadcast broadcast) when In(x[0], 0).Type.Length == 1 => Make(broadcast with { Shape = reshape.Shape }, Make(new Reshape([]), In(x[0], 0))),
        (Transpose transpose, _) when IsReshape(transpose, x[0].Type) => Make(new Reshape(transpose.Infer([x[0].Type]).Shape), x[0]),
        (Transpose outer, Transpose inner) => Make(new Transpose(outer.Axes.Select(a => inner.Axes[a]).ToEquatable()), In(x[0], 0)),
        (Transpose transpose, Einsum einsum) when !_usedOften.Contains(x[0].Id) => Make(einsum with { Result = transpose.Axes.Select(a => einsum.Result[a]).ToEquatable() }, In(x[0], 0), In(x[0], 1)),
        (Broadcast outer, Broadcast) => Make(outer with { Time = outer.Infer([x[0].Type]).Time }, In(x[0], 0)),
        (Slice slice, Pad pad) when slice.Axis == pad.Axis && slice.Start == pad.Before && slice.Length == In(x[0], 0).Type[pad.Axis] => In(x[0], 0),
        (Slice slice, Concat concat) when slice.Axis == concat.Axis => Part(slice, x[0]),
        (Slice outer, Slice inner) when outer.Axis == inner.Axis => Make(inner with { Start = inner.Start + outer.Start, Length = outer.Length }, In(x[0], 0)),
        _ => null,
    };

    private Node? SimplifyReduce(Reduce reduce, Node x)
    {
        if (reduce.Axes.All(a => x.Type[a] == 1)) return Make(new Reshape(reduce.Infer([x.Type]).Shape), x);
        // Of an image the pixels first: channel by channel, whichever way it lies.
        if (reduce.Axes.SequenceEqual([0, 1, 2]) && x.Type is { Batched: true, Rank: 3 } && x.Type[0] > 1) return Make(reduce with { Axes = [0] }, Make(reduce with { Axes = [1, 2] }, x));
        if (x.Operator is not Broadcast broadcast) return null;
        // Along broadcast axes all terms are equal.
        var inner = In(x, 0).Type;
        int[] own = [.. Enumerable.Repeat(1, x.Type.Rank - inner.Rank), .. inner.Shape];
        if (reduce.Axes.Any(a => own[a] != 1)) return null;
        var kept = Make(new Reshape(own.Where((_, a) => !reduce.Axes.Contains(a)).ToEquatable()), In(x, 0));
        var terms = reduce.Axes.Aggregate(1, (n, a) => n * x.Type[a]);
        var value = reduce.Kind == Reduction.Sum ? Make(new Multiply(), kept, Number(terms)) : kept;
        return Make(broadcast with { Shape = reduce.Infer([x.Type]).Shape }, value);
    }

    private Node? SimplifyBatchSum(Node x) => x.Operator switch
    {
        Broadcast when !In(x, 0).Type.Batched && x.Type.Time.Count == 0 => Make(new Broadcast(false, x.Type.Shape), Make(new Multiply(), In(x, 0), _graph.Add(new LiveRows()))),
        Negate => Make(new Negate(), Make(new BatchSum(), In(x, 0))),
        Reshape => Make(x.Operator, Make(new BatchSum(), In(x, 0))),
        Transpose => Make(x.Operator, Make(new BatchSum(), In(x, 0))),
        Einsum einsum when AreOfSamples(In(x, 0).Type, In(x, 1).Type) => Make(einsum with { SumBatch = true }, In(x, 0), In(x, 1)),
        Add or Subtract when IsOuter(In(x, 0), x.Type) && IsOuter(In(x, 1), x.Type) => Make(x.Operator, Make(new BatchSum(), In(x, 0)), Make(new BatchSum(), In(x, 1))),
        _ => null,
    };

    /// <summary>A product for each sample that need never be stored if it is summed over the batch at once.</summary>
    private bool IsOuter(Node x, TensorType type) => x.Type == type && (x.Operator is Einsum
        ? AreOfSamples(In(x, 0).Type, In(x, 1).Type)
        : x.Operator is Add or Subtract && IsOuter(In(x, 0), type) && IsOuter(In(x, 1), type));

    /// <summary>Both have values for each sample, and for the same steps of it.</summary>
    private static bool AreOfSamples(TensorType a, TensorType b) => a.Batched && b.Batched && a.Time == b.Time;

    /// <summary>Transposed operands are read in place.</summary>
    private Node? SimplifyEinsum(Einsum einsum, Node a, Node b) => Rows(einsum, a, b) ?? (
        a.Operator is Transpose ta ? Make(einsum with { A = Under(ta, einsum.A) }, In(a, 0), b)
        : b.Operator is Transpose tb ? Make(einsum with { B = Under(tb, einsum.B) }, a, In(b, 0))
        : null);

    /// <summary>The product of the tokens' one-hot vectors with a matrix is the matrix's rows, and the gradient of the matrix their sum: no vector is made.</summary>
    private Node? Rows(Einsum einsum, Node a, Node b) => einsum.A.Count != 1 ? null : einsum switch
    {
        { SumBatch: false, B.Count: 2, Result.Count: 1 } when a.Operator is OneHotOf && a.Type.Time.Count > 0 && !b.Type.Batched && einsum.A[0] == einsum.B[0] && einsum.B[1] == einsum.Result[0] =>
            Make(new GatherRows(), b, In(a, 0)),
        { SumBatch: true, B.Count: 1, Result.Count: 2 } when b.Operator is OneHotOf hot && b.Type.Time.Count > 0 && einsum.B[0] == einsum.Result[0] && einsum.A[0] == einsum.Result[1] =>
            Make(new ScatterRows(hot.Classes), a, In(b, 0)),
        { SumBatch: true, B.Count: 1, Result.Count: 2 } when a.Operator is OneHotOf hot && a.Type.Time.Count > 0 && einsum.A[0] == einsum.Result[0] && einsum.B[0] == einsum.Result[1] =>
            Make(new ScatterRows(hot.Classes), b, In(a, 0)),
        _ => null,
    };

    private static EquatableArray<int> Under(Transpose transpose, EquatableArray<int> labels) =>
        Enumerable.Range(0, labels.Count).Select(axis => labels[transpose.Axes.Items.IndexOf(axis)]).ToEquatable();

    private Node? OneHot(OneHotOf oneHot, Node x) => x.Operator is not Constant labels ? null
        : _graph.Add(new Constant(labels.Values.SelectMany(label => Enumerable.Range(0, oneHot.Classes).Select(k => k == (int)label ? 1f : 0f)).ToEquatable(), [.. labels.Shape, oneHot.Classes]));

    /// <summary>A permutation that leaves the axes larger than 1 in their order.</summary>
    private static bool IsReshape(Transpose transpose, TensorType type)
    {
        var large = transpose.Axes.Where(a => type[a] != 1).ToArray();
        return large.SequenceEqual(large.OrderBy(a => a));
    }

    /// <summary>The part of a concatenation that a slice lies in, if it lies in one.</summary>
    private Node? Part(Slice slice, Node concat)
    {
        var start = 0;
        foreach (var part in _graph.InputsOf(concat))
        {
            var size = part.Type[slice.Axis];
            if (slice.Start >= start && slice.Start + slice.Length <= start + size && part.Type.Batched == concat.Type.Batched)
                return Make(slice with { Start = slice.Start - start }, part);
            start += size;
        }

        return null;
    }

    /// <summary>The operand, where it has the type of the result; where it does not, broadcast to it.</summary>
    private Node Same(Pointwise op, Node[] x, int operand) => Type(op, x) is var type && x[operand].Type == type ? x[operand] : Make(new Broadcast(type.Batched, type.Shape) { Time = type.Time }, x[operand]);

    private static TensorType Type(Operator op, Node[] x) => op.Infer([.. x.Select(v => v.Type)]);
    private Node In(Node node, int input) => _graph[node.Inputs[input]];
    private Node Number(double value) => _graph.Add(Constant.Of(value));
    private static bool IsNumber(Node x) => x.Operator is Constant { Values.Count: 1 } && x.Type.Rank == 0;

    /// <summary>1 / x of a power of two, where a product has the quotient's bits.</summary>
    private static double? ExactReciprocal(Node number) => ((Constant)number.Operator).Values[0] is var value && (float)(1.0 / value) is var reciprocal && (double)reciprocal * value == 1 ? reciprocal : null;

    /// <summary>A scalar constant of this value, or one broadcast.</summary>
    private bool IsNumber(Node x, float value) => x.Operator is Constant c ? c.Values.Count == 1 && c.Values[0] == value
        : x.Operator is Broadcast && IsNumber(In(x, 0), value);
}
