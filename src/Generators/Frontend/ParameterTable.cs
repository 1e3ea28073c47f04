using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

/// <summary>The parameters of the network by their names, in the order in which they were first reached.</summary>
internal sealed class ParameterTable(GraphBuilder graph)
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<Parameter> _all = [];
    private readonly Dictionary<IMethodSymbol, Place> _helpers = new(SymbolEqualityComparer.Default);

    public IReadOnlyList<Parameter> All => _all;

    /// <summary>What the program takes that is evaluated now.</summary>
    public IReadOnlyList<Input> Inputs { get; set; } = [];

    public bool TryGet(string name, out Node node, out Parameter parameter)
    {
        var found = _entries.TryGetValue(name, out var entry);
        (node, parameter) = found ? (entry!.Node, entry.Parameter) : (null!, null!);
        return found;
    }

    /// <summary>The parameter of that name, made on first use; the second use must agree.</summary>
    public Node Get(Parameter wanted, Place place, Location where)
    {
        CheckHelpers(place);
        if (_entries.TryGetValue(wanted.Name, out var known))
        {
            var isAnother = place.Owner.IsField && known.Origin is not null && place.Origin is { } origin && origin != known.Origin;
            if (isAnother || known.IsNamed != place.IsNamed) throw new NetworkException(Descriptors.DuplicateName, where, wanted.Name);
            if (known.Parameter.Shape != wanted.Shape) throw new NetworkException(Descriptors.SharedShape, where, wanted.Name, known.Parameter.Shape, wanted.Shape, Sizes(known.Inputs));
            return known.Node;
        }
        var node = graph.Add(new ParameterRead(wanted.Name, wanted.Shape));
        _entries.Add(wanted.Name, new(wanted, node, place.IsNamed, place.Owner.IsField ? place.Origin : null, Inputs));
        _all.Add(wanted);
        return node;
    }

    /// <summary>The inputs of one name that have one size there and another here: mostly why a parameter's shape differs.</summary>
    private string Sizes(IReadOnlyList<Input> there)
    {
        var differ = from input in Inputs
                     from other in there
                     where other.Name == input.Name && other.Shape.Count == input.Shape.Count && other.Shape != input.Shape
                     select $"'{input.Name}' is {other.Shape} there and {input.Shape} here";
        return differ.FirstOrDefault() is { } first ? $": {first}" : "";
    }

    /// <summary>
    /// A helper that makes parameters belongs to one owner at a time; called by a [Learn] program itself and by another
    /// program, it would make two sets where one was meant.
    /// </summary>
    private void CheckHelpers(Place place)
    {
        for (var at = place; at is not null; at = at.Parent)
        {
            if (at.Helper is not { } helper || at.Owner is not { Program: { } program } owner) continue;
            if (!_helpers.TryGetValue(helper, out var first)) _helpers.Add(helper, owner);
            else if (first.Program != program && (first.Learns || owner.Learns))
                throw new NetworkException(Descriptors.UnsharedHelper, at.CallSite ?? Location.None, helper.Name, first.Program!, program);
        }
    }

    private sealed record Entry(Parameter Parameter, Node Node, bool IsNamed, Place? Origin, IReadOnlyList<Input> Inputs);
}
