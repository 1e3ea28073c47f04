using System.Collections.Immutable;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

// Values over time. Within Map and Scan a step stands for all steps: it is a tensor there, whose node runs over the axis, and the axis is open.
internal sealed partial class Evaluator
{
    private readonly List<(TimeAxis Axis, bool IsScan)> _open = [];

    /// <summary>The axes that are open, the outermost first.</summary>
    public EquatableArray<TimeAxis> Open => _open.Select(o => o.Axis).ToEquatable();

    public bool IsInScan => _open.Any(o => o.IsScan);

    /// <summary>The value of a program's input.</summary>
    public object Read(int index, Input input)
    {
        var isLabels = input.Kind == InputKind.Labels;
        var node = Graph.Add(new InputRead(index, new(isLabels ? DType.Int32 : DType.Float32, true, input.Shape) { Time = input.Time }));
        return OverTime(isLabels ? new LabelsValue(node, input.Classes) : node)!;
    }

    /// <summary>What a word gave, as a value of the language: over an axis that is not open it is a sequence, or tokens.</summary>
    private object? OverTime(object? value) => value switch
    {
        Node node when Own(node) is { } axis => new SequenceValue(node, axis),
        LabelsValue labels when Own(labels.Node) is { } axis => new TokensValue(labels.Node, axis, labels.Classes),
        Node[] nodes => nodes.Select(n => OverTime(n)).ToArray(),
        _ => value,
    };

    /// <summary>The axis of a value that is not open; null where all are.</summary>
    private TimeAxis? Own(Node node) => node.Type.Time.LastOrDefault(axis => !Open.Contains(axis));

    /// <summary>A tensor for which C# has the type Tensor, but which is one step of a Map or Scan that is over.</summary>
    internal bool HasLeaked(object? value) => value is Node node && Own(node) is not null;

    /// <summary>
    /// What a word is applied to. Values over other axes of open loops meet where one of them is repeated along all; two sequences are over one axis.
    /// </summary>
    private (object? Receiver, IReadOnlyDictionary<string, object?> Arguments) Meet(string word, object? receiver, IReadOnlyDictionary<string, object?> arguments, ArgumentPlaces sources, Location site)
    {
        var open = Open;
        // Gradients are of these very values.
        if (open.Count > 0 && word != "Gradient") (receiver, arguments) = (Closed(receiver), arguments.ToDictionary(a => a.Key, a => Closed(a.Value), StringComparer.OrdinalIgnoreCase));
        TimeAxis? common = null;
        Node? widest = null;
        var axes = new HashSet<TimeAxis>();
        Take(receiver, site);
        // The labels of Ctc have an axis of their own.
        foreach (var argument in arguments.Where(a => word != "Ctc" || a.Key != "labels")) Take(argument.Value, sources.Find(argument.Key) ?? site);
        EquatableArray<TimeAxis> all = [.. open.Where(axes.Contains), .. common is null ? [] : new[] { common }];
        if (widest is null || widest.Type.Time.Count == all.Count || word == "Gradient") return (receiver, arguments);
        return (Repeated(receiver), arguments.ToDictionary(a => a.Key, a => Repeated(a.Value), StringComparer.OrdinalIgnoreCase));

        void Take(object? value, Location where)
        {
            switch (value)
            {
                case SequenceValue sequence: Over(sequence.Node, sequence.Axis, where); break;
                case TokensValue tokens: Over(tokens.Node, tokens.Axis, where); break;
                case Node or LabelsValue:
                    var node = AsNode(value)!;
                    if (Own(node) is { } closed) throw new NetworkException(Descriptors.TimeAxes, where, $"{Shown(word)}: this is a value of one step over '{closed}', and is used outside of its Map or Scan");
                    Over(node, null, where);
                    break;
                case object?[] or List<object?>:
                    foreach (var item in (IEnumerable<object?>)value) Take(item, where);
                    break;
            }
        }

        void Over(Node node, TimeAxis? own, Location where)
        {
            if (own is not null)
            {
                if (open.Contains(own)) throw new NetworkException(Descriptors.TimeAxes, where, $"{Shown(word)}: a sequence over '{own}' cannot be used within a Map or Scan over '{own}' itself");
                if (common is not null && common != own) throw new NetworkException(Descriptors.TimeAxes, where, $"{Shown(word)}: values over '{common}' and over '{own}' have different lengths. Inputs whose lengths are the same share a name: [Time(\"t\")]");
                common = own;
            }
            foreach (var axis in node.Type.Time) axes.Add(axis);
            if (widest is null || node.Type.Time.Count >= widest.Type.Time.Count) widest = node;
        }

        object? Repeated(object? value) => value switch
        {
            Node node when node == widest => Wide(node),
            SequenceValue sequence when sequence.Node == widest => sequence with { Node = Wide(sequence.Node) },
            LabelsValue labels when labels.Node == widest => labels with { Node = Wide(labels.Node) },
            TokensValue tokens when tokens.Node == widest => tokens with { Node = Wide(tokens.Node) },
            object?[] array => array.Select(Repeated).ToArray(),
            List<object?> list => list.Select(Repeated).ToList(),
            _ => value,
        };

        Node Wide(Node node) => Graph.Add(new Broadcast(true, node.Type.Shape) { Time = all }, node);
    }

    /// <summary>What a step sees of a sequence over the axis whose step it is: all steps of it, along a copy of the axis. So a sequence attends to itself.</summary>
    private object? Closed(object? value)
    {
        var open = Open;
        return value switch
        {
            SequenceValue sequence when open.Contains(sequence.Axis) => sequence with { Node = Renamed(sequence.Node, sequence.Axis), Axis = Free(sequence.Axis) },
            TokensValue tokens when open.Contains(tokens.Axis) => tokens with { Node = Renamed(tokens.Node, tokens.Axis), Axis = Free(tokens.Axis) },
            object?[] array => array.Select(Closed).ToArray(),
            List<object?> list => list.Select(Closed).ToList(),
            _ => value,
        };

        Node Renamed(Node node, TimeAxis axis) => Graph.Add(new RenameAxis(axis, Free(axis)), node);

        TimeAxis Free(TimeAxis axis)
        {
            while (open.Contains(axis)) axis = axis with { Copy = axis.Copy + 1 };
            return axis;
        }
    }

    private static string Shown(string word) => word.Replace("op_", "");

    /// <summary>Evaluates something for all steps of an axis at once.</summary>
    private T Along<T>(TimeAxis axis, bool isScan, Func<T> evaluate)
    {
        _open.Add((axis, isScan));
        var value = evaluate();
        _open.RemoveAt(_open.Count - 1);
        return value;
    }

    /// <summary>xs.Map(step).</summary>
    private object? Map(SequenceValue xs, Closure step, IOperation site, Scope scope) => PerStep((SequenceValue)Closed(xs)!, "Map", Site(site.Syntax), x => Invoke(step, [x], site, scope));

    /// <summary>What a program of one step makes of a sequence.</summary>
    private SequenceValue PerStep(SequenceValue xs, string word, Location where, Func<object?, object?> step)
    {
        var value = Along(xs.Axis, false, () =>
        {
            var result = step(xs.Node);
            return result is SequenceValue or TokensValue or LabelsValue ? throw new NetworkException(Descriptors.NotState, where, $"{word}: a step gives a Tensor, and not {Kind(result)}")
                : AsNode(result) ?? throw new NetworkException(Descriptors.NotState, where, $"{word}: a step gives a Tensor, and not {Kind(result)}");
        });
        return new(Everywhere(value, xs.Axis), xs.Axis);
    }

    /// <summary>The value at all steps of an axis and of the loops around, also where it is the same at all of them.</summary>
    private Node Everywhere(Node value, TimeAxis axis) => value.Type.Time.Contains(axis) ? value
        : Graph.Add(new Broadcast(true, value.Type.Shape) { Time = [.. Open, axis] }, value);

    /// <summary>xs.Bidirectional(direction): once forward, once backward.</summary>
    private object? BothDirections(SequenceValue xs, Location where, Func<SequenceValue, object?> forward, Func<SequenceValue, object?> backward)
    {
        var (onwards, back) = (Direction(forward, xs), Reversed(Direction(backward, Reversed(xs))));
        return Apply("Concat", onwards, new Dictionary<string, object?> { ["others"] = new object?[] { back } }, where);

        SequenceValue Reversed(SequenceValue value) => (SequenceValue)Apply("Reverse", value, new Dictionary<string, object?>(), where)!;
        SequenceValue Direction(Func<SequenceValue, object?> direction, SequenceValue input) => direction(input) is SequenceValue value ? value
            : throw new NetworkException(Descriptors.NotState, where, "Bidirectional: each direction gives a Sequence");
    }

    /// <summary>What a value is, for messages.</summary>
    private static string Kind(object? value) => value switch
    {
        null => "null",
        Node => "a Tensor",
        SequenceValue => "a Sequence",
        TokensValue => "a TokenSequence",
        LabelsValue => "Labels",
        UserObject user => $"an object of the class {user.Type.Name}",
        LayerObject layer => $"a layer {layer.Name}",
        string => "a text",
        IConvertible => $"the constant {Text.Of(value)}",
        _ => "something else",
    };
}
