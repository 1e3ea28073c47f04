using System.Globalization;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

/// <summary>One application of a word of the language, by a method or by a layer.</summary>
internal sealed class LanguageCall(Evaluator evaluator, string name, object? receiver, IReadOnlyDictionary<string, object?> arguments, Place place, Location where)
    : DslCall(evaluator.Graph, name)
{
    private readonly Dictionary<Node, string> _own = [];

    /// <summary>Arguments that were left out of the call and so have the method's own default.</summary>
    public HashSet<string>? Defaulted { get; init; }

    public override Node? Receiver => evaluator.AsNode(receiver);
    public override LabelsValue? Labels => Evaluator.AsLabels(receiver);
    public override EquatableArray<TimeAxis> Open => evaluator.Open;
    public override bool IsInScan => evaluator.IsInScan;

    public override TimeAxis Time => Axis(receiver) ?? throw new ShapeException($"{Name}: expected a Sequence, got {(Receiver is { } x ? x.Type.ToString() : "nothing")}");

    private static TimeAxis? Axis(object? value) => value switch
    {
        SequenceValue sequence => sequence.Axis,
        TokensValue tokens => tokens.Axis,
        IEnumerable<object?> parts => parts.Select(Axis).FirstOrDefault(axis => axis is not null),
        _ => null,
    };
    public override bool IsTraining => evaluator.AskMode();

    public override bool Has(string name) =>
        arguments.TryGetValue(name, out var value) && value is not null and not UnsetSize && !(Defaulted?.Contains(name) == true && IsDefault(value));

    public override T Argument<T>(string name, T fallback)
    {
        if (!arguments.TryGetValue(name, out var value) || value is null or UnsetSize) return fallback;
        return As(value, typeof(T)) is T converted ? converted : throw new ShapeException($"{Name}: {name} is no {typeof(T).Name}", name);
    }

    private static bool IsDefault(object value) => value is 0 or 0.0 or false or object?[] { Length: 0 };

    private object? As(object value, Type type)
    {
        if (type.IsInstanceOfType(value)) return value;
        if (type == typeof(Node)) return evaluator.AsNode(value);
        if (type == typeof(LabelsValue)) return Evaluator.AsLabels(value);
        if (type == typeof(Node[])) return value is IEnumerable<object?> nodes ? nodes.Select(n => evaluator.AsNode(n) ?? throw new ShapeException($"{Name}: tensors expected")).ToArray() : null;
        if (type == typeof(int[]) && value is int one) return new[] { one };
        if (type == typeof(int[]) && value is ValueTuple<int, int> pair) return new[] { pair.Item1, pair.Item2 };
        if (type == typeof(int[])) return value is IEnumerable<object?> sizes ? sizes.Select(s => Convert.ToInt32(s, CultureInfo.InvariantCulture)).ToArray() : null;
        if (type == typeof(float[])) return value is IEnumerable<object?> numbers ? numbers.Select(s => Convert.ToSingle(s, CultureInfo.InvariantCulture)).ToArray() : null;
        if (type == typeof((int, int))) return value is int side ? (side, side) : null;
        if (type.IsEnum) return Enum.ToObject(type, value) is var member && Enum.IsDefined(type, member) ? member : null;
        return value is IConvertible ? Convert.ChangeType(value, type, CultureInfo.InvariantCulture) : null;
    }

    public override Node Parameter(string suffix, IEnumerable<int> shape, ParameterKind kind, int fanIn, int fanOut, Initializer fallback, bool trainable = true, double scale = 1)
    {
        var isWeight = suffix == "weight";
        var setting = isWeight ? "initializer" : suffix == "bias" ? "biasInitializer" : null;
        var initializer = setting is null ? fallback : Argument(setting, fallback);
        if (initializer == Initializer.Default) initializer = fallback;
        var dimensions = shape.ToEquatable();
        if (initializer is Initializer.Orthogonal or Initializer.Identity && dimensions.Count < 2)
            throw new ShapeException($"{Name}: {initializer} expects at least two axes, but the {suffix} is {dimensions}", setting);
        if (dimensions.Aggregate(1.0, (elements, size) => elements * size) > int.MaxValue)
            throw new ShapeException($"{Name}: the {suffix} {dimensions} would have more elements than an int can count");
        var parameter = new Parameter(
            Place.Join(place.Path, suffix), place.Part, dimensions, kind, Evaluator.Resolve(initializer, kind, dimensions), setting is null ? scale : this.Finite(setting + "Scale", scale),
            fanIn, fanOut, trainable, isWeight ? Penalty("L1") : 0, isWeight ? Penalty("L2") : 0);
        var node = evaluator.Parameters.Get(parameter, place, where);
        _own[node] = parameter.Name;
        return node;
    }

    private double Penalty(string name) => Argument(name, 0.0) is var factor && factor >= 0 && !double.IsInfinity(factor) ? factor
        : throw new ShapeException(FormattableString.Invariant($"{Name}: {name} must be at least 0 and finite, got {factor}"), name);

    public override void Assign(Node parameter, Node value) => evaluator.AssignStatistics(_own[parameter], value, place.Path);

    /// <summary>Within loops each of their steps draws by itself, and on a sequence each step of it.</summary>
    public override Node Random(Distribution distribution, bool batched, IEnumerable<int> shape)
    {
        var own = arguments.Values.Prepend(receiver).Select(Axis).FirstOrDefault(axis => axis is not null);
        EquatableArray<TimeAxis> time = [.. Open, .. own is null ? [] : new[] { own }];
        return Graph.Add(new RandomDraw(distribution, evaluator.Stream(Name), batched || time.Count > 0, shape.ToEquatable()) { Time = time });
    }

    public override Node RandomOfAllSteps(Distribution distribution, IEnumerable<int> shape, bool single)
    {
        var around = single ? Open.Take(Open.Count - 1).ToEquatable() : Open;
        return single ? evaluator.Once($"{place.Path} {around}", Draw) : Draw();

        Node Draw() => Graph.Add(new RandomDraw(distribution, evaluator.Stream(Name), true, shape.ToEquatable()) { Time = around });
    }
}
