using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class CtcOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Ctc"];

    public override object? Apply(DslCall call)
    {
        var (graph, scores) = (call.Graph, call.Operand);
        var labels = call.Argument<LabelsValue>("labels", null!);
        var blank = call.Argument("blank", 0);
        if (scores.Type.Rank != 1) throw new ShapeException($"Ctc: scores of the classes at each step expected, got {scores.Type}");
        if (blank < 0 || blank >= scores.Type[0]) throw new ShapeException($"Ctc: blank is a class, 0 to {scores.Type[0] - 1}, got {blank}", "blank");
        if (labels.Classes > scores.Type[0]) throw new ShapeException($"Ctc: labels of {English.Count(labels.Classes, "class")}, and scores of {scores.Type[0]}", "labels");
        return graph.Add(new CtcLoss(blank, call.Argument("skipInfeasible", false)), scores, labels.Node);
    }
}

/// <summary>
/// (scores [t, classes], labels over another axis) → −log p(labels | scores) of each sample: connectionist temporal classification, softmax included. Of a sample whose
/// labels do not fit its steps it is infinite, or zero if such samples are skipped. Graves et al. 2006.
/// </summary>
internal sealed record CtcLoss(int Blank, bool SkipInfeasible) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs)
    {
        if (inputs[0] is not { Rank: 1, Time.Count: 1 }) throw new ShapeException($"Ctc: scores over one axis of time expected, got {inputs[0]}");
        if (inputs[1] is not { Rank: 0, DType: DType.Int32, Time.Count: 1 }) throw new ShapeException($"Ctc: labels over time expected, got {inputs[1]}");
        return TensorType.Float(true, []);
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Multiply(), graph.Add(new CtcGradient(Blank), x), dy), null];
}

/// <summary>(scores, labels) → the derivative of <see cref="CtcLoss"/> with respect to the scores: zero where that is infinite, and at dead steps.</summary>
internal sealed record CtcGradient(int Blank) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0];

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        throw new ShapeException("Gradient: the second derivative of Ctc is not available", "x");
}
