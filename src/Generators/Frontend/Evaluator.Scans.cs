using System.Collections.Immutable;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

// Recurrences: a step is evaluated once, from states that stand for those before all steps.
internal sealed partial class Evaluator
{
    /// <summary>xs.Scan(initial, step), where a step gives its output and the next state, or the state alone.</summary>
    private TupleValue Scan(SequenceValue xs, object? initial, Closure step, bool hasOutput, IOperation site, Scope scope)
    {
        xs = (SequenceValue)Closed(xs)!;
        var where = Site(site.Syntax);
        var initialPlace = ArgumentPlaces.Of(site).Find("initial") ?? where;
        var leaves = Leaves(initial, initialPlace).ToList();
        if (leaves.Count == 0) throw new NetworkException(Descriptors.NotState, initialPlace, "Scan: a state of at least one tensor expected, and this has none");
        Graph.Origin = Origin(site.Syntax);
        var scan = Guarded(where, () => new Scan(Graph, xs.Axis, Open, leaves.Select(l => l.Node)));
        var (output, next, state) = Along(xs.Axis, true, () =>
        {
            var result = Invoke(step, [Arranged(initial, scan.Previous), xs.Node], site, scope);
            var parts = hasOutput ? result as TupleValue ?? throw new NetworkException(Descriptors.NotState, Returned(step, where), $"Scan: a step gives an output and a state, and not {Kind(result)}") : null;
            var after = parts is null ? result : parts.Items[1];
            IReadOnlyList<int> path = parts is null ? [] : [1];
            var states = Matched(leaves, Leaves(after, Returned(step, where, path)).ToList(), at => Returned(step, where, [.. path, .. at]));
            if (parts is null) return (states[0], states, after);
            if (parts.Items[0] is SequenceValue or TokensValue or LabelsValue || AsNode(parts.Items[0]) is not { } y)
                throw new NetworkException(Descriptors.NotState, Returned(step, where, [0]), $"Scan: the output of a step is a Tensor, and not {Kind(parts.Items[0])}");
            return (y, states, after);
        });
        Graph.Origin = Origin(site.Syntax);
        return Guarded(where, () =>
        {
            var closed = scan.Close(next);
            // An output that is a state is taken as it is held.
            var held = next.FindIndex(n => n.Id == output.Id);
            return new TupleValue([new SequenceValue(held >= 0 ? closed[held] : Everywhere(output, xs.Axis), xs.Axis), Arranged(state, closed.Select(scan.Last))]);
        });
    }

    /// <summary>The next states; each has the shape of the one before.</summary>
    private static List<Node> Matched(List<(Node Node, ImmutableArray<int> Path)> before, List<(Node Node, ImmutableArray<int> Path)> after, Func<ImmutableArray<int>, Location> place, string word = "Scan")
    {
        if (after.Count != before.Count) throw new NetworkException(Descriptors.NotState, place([]), $"{word}: the number of tensors in the state is {before.Count} before a step and {after.Count} after it");
        for (var i = 0; i < before.Count; i++)
            if (after[i].Node.Type.Shape != before[i].Node.Type.Shape)
                throw new NetworkException(Descriptors.StateShape, place(after[i].Path), before[i].Node.Type.Sample, after[i].Node.Type.Sample);
        return [.. after.Select(a => a.Node)];
    }

    /// <summary>The tensors of a state and where in it they are, by the tuples that it is made of.</summary>
    private IEnumerable<(Node Node, ImmutableArray<int> Path)> Leaves(object? state, Location where, ImmutableArray<int> path = default)
    {
        path = path.IsDefault ? [] : path;
        switch (state)
        {
            case TupleValue tuple: return tuple.Items.SelectMany((item, i) => Leaves(item, where, path.Add(i)));
            case object?[] or List<object?>: return ((IEnumerable<object?>)state).SelectMany(item => Leaves(item, where, path));
            case UserObject { IsLayer: false } user: return Members(user).SelectMany(m => Leaves(m.Value, where, path));
            case Node or ParameterObject or StateObject when !HasLeaked(state): return [(AsNode(state)!, path)];
            default: throw new NetworkException(Descriptors.NotState, where, $"Scan: a state consists of tensors, and not of {Kind(state)}");
        }
    }

    private static IEnumerable<KeyValuePair<ISymbol, object?>> Members(UserObject user) => user.Fields.OrderBy(f => f.Key.Name, StringComparer.Ordinal);

    /// <summary>Other tensors in the same arrangement.</summary>
    private static object? Arranged(object? state, IEnumerable<Node> leaves)
    {
        using var next = leaves.GetEnumerator();
        return Of(state);

        object? Of(object? part)
        {
            switch (part)
            {
                case TupleValue tuple: return new TupleValue([.. tuple.Items.Select(Of)]);
                case object?[] array: return array.Select(Of).ToArray();
                case List<object?> list: return list.Select(Of).ToList();
                case UserObject user:
                    var copy = user.Copy();
                    foreach (var member in Members(user).ToList()) copy.Fields[member.Key] = Of(member.Value);
                    return copy;
                default:
                    next.MoveNext();
                    return next.Current;
            }
        }
    }

    /// <summary>The expression that a lambda returns, and of a tuple that is written out the element; otherwise another place.</summary>
    private static Location Returned(Closure closure, Location otherwise, IReadOnlyList<int>? path = null)
    {
        var returns = closure.Body?.Descendants().OfType<IReturnOperation>().ToList();
        if (returns is not { Count: 1 } || returns[0].ReturnedValue is not { } value) return otherwise;
        foreach (var index in path ?? [])
        {
            if (Plain(value) is not ITupleOperation tuple) break;
            value = tuple.Elements[index];
        }
        return Plain(value).Syntax.GetLocation();

        static IOperation Plain(IOperation operation) => operation is IConversionOperation { Operand: var inner } ? Plain(inner) : operation;
    }

    /// <summary>What goes wrong in the graph is the call's fault.</summary>
    private static T Guarded<T>(Location where, Func<T> build)
    {
        try
        {
            return build();
        }
        catch (ShapeException e)
        {
            throw new NetworkException(Descriptors.Shape, where, e.Message);
        }
    }
}
