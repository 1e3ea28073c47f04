using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

// Decoding in one call: a recurrence over a fixed number of steps, whose state has the last token as well.
internal sealed partial class Evaluator
{
    /// <summary>Sequence.Generate(initial, start, end, max, step). All steps are computed; the tokens before the first end are live.</summary>
    private TokensValue Generate(object? initial, LabelsValue start, int end, int max, Closure step, IOperation site, Scope scope)
    {
        var (where, places) = (Site(site.Syntax), ArgumentPlaces.Of(site));
        Location Place(string argument) => places.Find(argument) ?? where;
        if (max < 1) throw new NetworkException(Descriptors.Argument, Place("max"), $"Generate: at least 1 step expected, {max} came");
        if (start.Node.Type.Rank > 0 || start.Node.Type.Time.Any(a => !Open.Contains(a)))
            throw new NetworkException(Descriptors.Shape, Place("start"), $"Generate: one first token per sample expected, {start.Node.Type} came");
        var leaves = Leaves(initial, Place("initial")).ToList();
        Graph.Origin = Origin(site.Syntax);
        var axis = new TimeAxis($"generated{Graph.Nodes.Count}", Fixed: max);
        var (scan, last) = Guarded(where, () => (
            new Scan(Graph, axis, Open, leaves.Select(l => l.Node).Append(Graph.Number(1))),
            Graph.Add(new PreviousState($"scan{Graph.Nodes.Count}", axis, false, Open), start.Node)));
        var (token, next) = Along(axis, true, () =>
        {
            var result = Invoke(step, [Arranged(initial, scan.Previous), new LabelsValue(last, start.Classes)], site, scope);
            if (result is not TupleValue parts || parts.Items[0] is not LabelsValue given || given.Node.Type.Rank > 0)
                throw new NetworkException(Descriptors.NotState, Returned(step, where), $"Generate: a step gives a token, as ArgMax does, and a state, and not {Kind(result is TupleValue tuple ? tuple.Items[0] : result)}");
            return (given, Matched(leaves, Leaves(parts.Items[1], Returned(step, where, [1])).ToList(), at => Returned(step, where, [1, .. at]), "Generate"));
        });
        var classes = Math.Max(token.Classes, start.Classes);
        if (classes > 0 && (end < 0 || end >= classes)) throw new NetworkException(Descriptors.Argument, Place("end"), $"Generate: a token from 0 to {classes - 1} expected, {end} came");
        if (classes > 0 && start.Node.Operator is Constant { Values: var first } && (first[0] < 0 || first[0] >= classes))
            throw new NetworkException(Descriptors.Argument, Place("start"), $"Generate: a token from 0 to {classes - 1} expected, {first[0]} came");
        Graph.Origin = Origin(site.Syntax);
        return Guarded(where, () =>
        {
            var tokens = Everywhere(token.Node, axis);
            // One until the end has come, then zero: their sum is the number of tokens before it.
            var distance = Graph.Add(new Abs(), Graph.Add(new Subtract(), tokens, Graph.Number(end)));
            var going = Graph.Add(new SelectGreater(), distance, Graph.Number(0.5), scan.Previous[leaves.Count], Graph.Number(0));
            var closed = scan.Close([.. next, going]);
            var generated = Graph.Add(new NextState(((PreviousState)last.Operator).Loop), last, tokens);
            Graph.End(axis, Graph.Add(new ReduceTime(Reduction.Sum, axis), closed[leaves.Count]));
            return new TokensValue(generated, axis, classes);
        });
    }
}
