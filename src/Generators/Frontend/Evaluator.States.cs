using System.Collections.Immutable;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

// States, and the recurrent layers that keep one.
internal sealed partial class Evaluator
{
    private readonly Dictionary<string, (State State, Node Node)> _states = new(StringComparer.Ordinal);

    /// <summary>The states of all programs in the order in which they were first read or assigned.</summary>
    public IEnumerable<State> States => _states.Values.Select(s => s.State);

    private Node Read(StateObject state, Location? where = null)
    {
        var wanted = new State(state.Place.Path, state.Shape.ToEquatable(), state.Initial);
        if (_states.TryGetValue(wanted.Name, out var known))
            return known.State == wanted ? known.Node : throw new NetworkException(Descriptors.SharedShape, where ?? Location.None, wanted.Name, known.State.Shape, wanted.Shape, "");
        var node = Graph.Add(new StateRead(wanted.Name, wanted.Shape));
        _states.Add(wanted.Name, (wanted, node));
        return node;
    }

    private object? AssignState(StateObject state, object? value, Location where)
    {
        var before = Read(state, where);
        var node = value is SequenceValue or LabelsValue or TokensValue ? null : AsNode(value);
        if (node is null) throw new NetworkException(Descriptors.NotState, where, $"Assign: a state is a Tensor, and not {Kind(value)}");
        if (node.Type.Shape != before.Type.Shape) throw new NetworkException(Descriptors.Shape, where, $"Assign: expected a value of the state's shape {before.Type.Sample}, got {node.Type}");
        if (node.Type.Time.Count > 0) throw new NetworkException(Descriptors.TimeAxes, where, "Assign: a state has one value after a call, and within a Map or Scan there are several: assign what the Scan ends with, its Last");
        var name = ((StateRead)before.Operator).Name;
        if (_program!.Assigned.Any(a => a.Role == Role.State && a.Name == name)) throw new NetworkException(Descriptors.AssignedTwice, where, name);
        _program.Assigned.Add(new(Role.State, name, PerRow(node).Id));
        return null;
    }

    private readonly Dictionary<string, State> _sequenceStates = new(StringComparer.Ordinal);

    /// <summary>The sequence states of all programs in the order in which they were first read or assigned.</summary>
    public IEnumerable<State> SequenceStates => _sequenceStates.Values;

    /// <summary>The sequence states that the program reads: inputs of it that are not the caller's.</summary>
    public IEnumerable<Input> StateInputs => _program!.SequenceStates.Select(s => s.Input);

    /// <summary>A sequence state as a value: over an axis of its own, whose lengths it has itself.</summary>
    private SequenceValue Read(SequenceStateObject state)
    {
        var known = Known(state);
        foreach (var (read, value) in _program!.SequenceStates)
            if (read.State == known.Name) return value;
        var axis = new TimeAxis($"States.{known.Name}");
        var input = new Input(axis.Name, InputKind.Tensor, known.Shape, 0, false, false, 1, 0) { Time = [axis], State = known.Name };
        var node = Graph.Add(new InputRead(Parameters.Inputs.Count + _program.SequenceStates.Count, TensorType.Float(true, known.Shape) with { Time = [axis] }));
        _program.SequenceStates.Add((input, new(node, axis)));
        return new(node, axis);
    }

    private State Known(SequenceStateObject state)
    {
        var name = state.Place.Path;
        return _sequenceStates.TryGetValue(name, out var known) ? known : _sequenceStates[name] = new State(name, state.Shape.ToEquatable(), 0);
    }

    private object? AssignState(SequenceStateObject state, object? value, IOperation site)
    {
        var known = Known(state);
        var where = ArgumentPlaces.Of(site).Find("value") ?? Site(site.Syntax);
        if (value is not SequenceValue { Node: var node, Axis: var axis }) throw new NetworkException(Descriptors.NotState, where, $"Assign: a sequence state is a Sequence, and not {Kind(value)}");
        if (node.Type.Shape != known.Shape) throw new NetworkException(Descriptors.Shape, where, $"Assign: expected steps of the state's shape [{string.Join(", ", known.Shape)}], got {node.Type}");
        if (node.Type.Time.Count > 1) throw new NetworkException(Descriptors.TimeAxes, where, "Assign: a sequence state has one sequence after a call, and within a Map or Scan there are several");
        if (_program!.Assigned.Any(a => a.Role == Role.SequenceState && a.Name == known.Name)) throw new NetworkException(Descriptors.AssignedTwice, Site(site.Syntax), known.Name);
        _program.Assigned.Add(new(Role.SequenceState, known.Name, node.Id));
        _program.Assigned.Add(new(Role.SequenceLengths, known.Name, PerRow(Graph.LengthsOf(axis)).Id));
        return null;
    }

    /// <summary>A value of each row, also where it is the same in all of them.</summary>
    private Node PerRow(Node node) => node.Type.Batched ? node : Graph.Add(new Broadcast(true, node.Type.Shape), node);

    /// <summary>A recurrent layer applied to a sequence; from its own state on, or one step of it on a tensor, where it keeps one.</summary>
    private object? ApplyRecurrent(RecurrentOperator cell, LayerObject layer, object? x, Location site, string origin)
    {
        if (!(layer.Arguments.TryGetValue("Stateful", out var stateful) && stateful is true)) return Apply(cell, Called(layer, x, null, site), layer.Sources, site, origin);
        if (layer.Arguments.TryGetValue("Bidirectional", out var both) && both is true)
            throw new NetworkException(Descriptors.Argument, layer.Sources.Find("Bidirectional") ?? site, $"{layer.Name}: a bidirectional layer keeps no state, as its two directions end at different ends");
        var units = layer.Arguments["units"] is int n ? n : 1;
        var states = cell.States.Select(part => new StateObject(layer.Place.Named(part), [units])).ToArray();
        var result = Recur(cell, layer, x, new TupleValue([.. states]), isStep: x is not SequenceValue, site, origin);
        var last = result.Items[1] is TupleValue tuple ? tuple.Items : [result.Items[1]];
        for (var i = 0; i < states.Length; i++) AssignState(states[i], last[i], site);
        return result.Items[0];
    }

    /// <summary>layer.Apply(xs, initial) and layer.Step(x, state): the output or outputs, and the state.</summary>
    private TupleValue Recur(RecurrentOperator cell, LayerObject layer, object? x, object? state, bool isStep, Location site, string origin)
    {
        var parts = state is TupleValue tuple ? tuple.Items : [state];
        var call = Called(layer, x, parts.ToArray(), site);
        IReadOnlyList<Node> last = [];
        var output = Apply(cell, call, layer.Sources, site, origin, () =>
        {
            var initial = call.Argument<Node[]>("state", []);
            (var value, last) = isStep ? cell.Once(call, initial) : cell.Run(call, initial);
            return value;
        });
        return new([output, last.Count == 1 ? last[0] : new TupleValue([.. last])]);
    }

    private LanguageCall Called(LayerObject layer, object? x, object?[]? state, Location site)
    {
        var arguments = new Dictionary<string, object?>(layer.Arguments, StringComparer.OrdinalIgnoreCase);
        if (state is not null) arguments["state"] = state;
        return Call(layer.Name, x, arguments, layer.Place, layer.Sources, site);
    }

    /// <summary>layer.Zero: the state to start from.</summary>
    private object? Zero(RecurrentOperator cell, LayerObject layer, IOperation site)
    {
        var zeros = cell.Zeros(Called(layer, null, null, Site(site.Syntax)));
        return zeros.Length == 1 ? zeros[0] : new TupleValue([.. zeros]);
    }

    private static RecurrentOperator? Cell(LayerObject layer) => DslOperators.TryGet(layer.Name, out var word) ? word as RecurrentOperator : null;
}
