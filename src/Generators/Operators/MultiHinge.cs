using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class MultiHingeOperator : DslOperator
{
    public override IEnumerable<string> Names => ["MultiHinge"];

    public override object? Apply(DslCall call)
    {
        var (graph, x, margin) = (call.Graph, call.Operand, call.Argument("margin", 1.0));
        if (!(margin > 0 && SinglePrecision.IsFinite(margin))) throw new ShapeException(FormattableString.Invariant($"MultiHinge: expected a finite margin above 0, got {margin}"), "margin");
        var oneHot = call.OneHot(call.Argument<LabelsValue>("labels", null!));
        var (last, zero) = (x.Type.Rank - 1, graph.Number(0));
        // The label's score is selected, not multiplied out, so that another class may have −∞.
        var own = graph.Keep(graph.Sum(graph.Add(new SelectGreater(), oneHot, zero, x, zero), [last]), x.Type.Shape, [last]);
        var missing = graph.Add(new Relu(), graph.Add(new Add(), graph.Add(new Subtract(), x, own), graph.Number(margin)));
        return graph.Scale(graph.Sum(graph.Add(new SelectGreater(), oneHot, zero, zero, missing), [last]), 1.0 / x.Type[last]);
    }
}
