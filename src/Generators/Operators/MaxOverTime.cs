using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class MaxOverTimeOperator : DslOperator
{
    public override IEnumerable<string> Names => ["MaxOverTime"];

    /// <summary>A recurrence, whose gradient finds the step that it comes from.</summary>
    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        var scan = new Scan(graph, call.Time, call.Open, [graph.Fill(double.NegativeInfinity, x.Type.Shape)]);
        return scan.Last(scan.Close([graph.Add(new Maximum(), scan.Previous[0], x)])[0]);
    }
}
