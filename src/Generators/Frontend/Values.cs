using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

// What evaluated expressions are made of. Numbers, strings, bools and enums (as their number) are themselves, arrays are
// object?[], lists are List<object?>, LINQ's results are lazy IEnumerable<object?>, a tensor is a Node, labels a LabelsValue,
// a Size a pair of ints.

/// <summary>A tensor for each step of an axis of time.</summary>
internal sealed record SequenceValue(Node Node, TimeAxis Axis);

/// <summary>Whole numbers for each step of an axis of time.</summary>
internal sealed record TokensValue(Node Node, TimeAxis Axis, int Vocabulary);

/// <summary>A tuple; assigning to an element replaces the whole, so that copies stay apart.</summary>
internal sealed class TupleValue(ImmutableArray<object?> items)
{
    public ImmutableArray<object?> Items => items;
    public TupleValue With(int index, object? value) => new(items.SetItem(index, value));
    public override bool Equals(object? other) => other is TupleValue tuple && tuple.Items.SequenceEqual(items);
    public override int GetHashCode() => items.Aggregate(17, (hash, item) => unchecked(hash * 31 + (item?.GetHashCode() ?? 0)));
}

/// <summary>The default of Size: none was given, which is not the same as 0.</summary>
internal sealed class UnsetSize
{
    public static readonly UnsetSize Value = new();
}

/// <summary>A lambda, a local function or a method as a value.</summary>
internal sealed record Closure(IMethodSymbol Method, IOperation? Body, Scope? Scope, object? Instance);

/// <summary>^2 or 2.</summary>
internal sealed record IndexValue(int Value, bool FromEnd)
{
    public int Offset(int length) => FromEnd ? length - Value : Value;
}

internal sealed record RangeValue(IndexValue Start, IndexValue End);

/// <summary>An exception that was made and not yet thrown.</summary>
internal sealed record ExceptionValue(string Type, string? Message);

/// <summary>A value's shape, as x.Shape gives it.</summary>
internal sealed record ShapeValue(TensorType Type);

/// <summary>A per-sample scalar that a [Learn] program minimises.</summary>
internal sealed record LossValue(Node Node);

/// <summary>Numbers of a sample that a [Learn] program brings near zero, and the expression they are.</summary>
internal sealed record ResidualsValue(Node Node, Location Where);

/// <summary>Steps of parameters along directions, in the order written.</summary>
internal sealed record UpdateValue(ImmutableArray<(string Parameter, Node Direction)> Steps);

/// <summary>Something that has parameters, and so a place in the tree of names.</summary>
internal interface IOwned
{
    Place Place { get; }
}

/// <summary>A layer of the language: its arguments by name, without regard to case.</summary>
internal sealed class LayerObject(INamedTypeSymbol type, Place place, SyntaxNode syntax) : IOwned
{
    public INamedTypeSymbol Type => type;
    public string Name => type.Name;
    public Place Place => place;

    /// <summary>Where it was made, and where each of its arguments stands.</summary>
    public SyntaxNode Syntax => syntax;
    public Dictionary<string, object?> Arguments { get; } = new(StringComparer.OrdinalIgnoreCase);
    public ArgumentPlaces Sources { get; init; } = new();

    /// <summary>For a transposed layer, the one whose weight it uses.</summary>
    public LayerObject? Original { get; init; }
}

/// <summary>new Parameter(…), or a layer's weight.</summary>
internal sealed class ParameterObject(Place place, ImmutableArray<int> shape, Location where) : IOwned
{
    public Place Place => place;
    public ImmutableArray<int> Shape => shape;
    public Location Where => where;
    public Initializer Initializer { get; set; }
    public double Scale { get; set; } = 1;
    public bool Trainable { get; set; } = true;

    /// <summary>Set where it is a layer's: that parameter's name.</summary>
    public string? LayerParameter { get; init; }
}

/// <summary>new State(…), or the state that a layer keeps itself.</summary>
internal sealed class StateObject(Place place, ImmutableArray<int> shape) : IOwned
{
    public Place Place => place;
    public ImmutableArray<int> Shape => shape;
    public double Initial { get; set; }
}

/// <summary>new SequenceState(…).</summary>
internal sealed class SequenceStateObject(Place place, ImmutableArray<int> shape) : IOwned
{
    public Place Place => place;

    /// <summary>Of a step.</summary>
    public ImmutableArray<int> Shape => shape;
}

/// <summary>An object of a class, record or struct of the user's; a layer if its class derives from Layer.</summary>
internal sealed class UserObject(INamedTypeSymbol type, Place place, bool isLayer, SyntaxNode syntax) : IOwned
{
    public INamedTypeSymbol Type => type;
    public Place Place => place;
    public bool IsLayer => isLayer;
    public SyntaxNode Syntax => syntax;

    /// <summary>Fields, auto-properties and captured primary constructor parameters.</summary>
    public Dictionary<ISymbol, object?> Fields { get; private init; } = new(SymbolEqualityComparer.Default);

    public UserObject Copy() => new(type, place, isLayer, syntax) { Fields = new(Fields, SymbolEqualityComparer.Default) };

    /// <summary>Records and structs are compared by value, classes by reference.</summary>
    public override bool Equals(object? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (!(type.IsRecord || type.IsValueType || type.IsAnonymousType) || other is not UserObject that || !SymbolEqualityComparer.Default.Equals(type, that.Type)) return false;
        return Fields.Count == that.Fields.Count && Fields.All(f => that.Fields.TryGetValue(f.Key, out var value) && Equals(f.Value, value));
    }

    public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(type);
}
