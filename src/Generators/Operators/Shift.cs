using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ShiftOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Shift"];

    public override object? Apply(DslCall call)
    {
        var (graph, axis, steps) = (call.Graph, call.Graph.OfCaller("Shift", call.Time), call.Argument("steps", 0));
        var shifted = steps == 0 ? call.Operand : graph.Add(new ShiftTime(axis, checked(-steps)), call.Operand);
        if (call.Labels is not { } tokens) return shifted;
        var fill = call.Argument("fill", 0);
        if (fill < 0 || fill >= tokens.Classes) throw new ShapeException($"Shift: expected a token from 0 to {tokens.Classes - 1}, got {fill}", "fill");
        return new LabelsValue(fill == 0 || steps == 0 ? shifted : Filled(graph, axis, shifted, steps, fill, tokens.Classes), tokens.Classes);
    }

    /// <summary>The token where the shift leaves none: chosen among one-hot vectors.</summary>
    private static Node Filled(GraphBuilder graph, TimeAxis axis, Node shifted, int steps, int fill, int vocabulary)
    {
        var step = graph.Add(new StepNumber(axis));
        var filled = graph.Add(new OneHotOf(vocabulary), graph.Add(new Constant([fill], [], DType.Int32)));
        var hot = graph.Add(new OneHotOf(vocabulary), shifted);
        var chosen = steps > 0
            ? graph.Add(new SelectGreater(), graph.Number(steps), step, filled, hot)
            : graph.Add(new SelectGreater(), graph.LengthsOf(axis), graph.Add(new Subtract(), step, graph.Number(steps)), hot, filled);
        return graph.Add(new ArgMaxIndex(), chosen);
    }
}
