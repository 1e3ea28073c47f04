using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Kiln.Generators.Frontend;

/// <summary>
/// Where the arguments of a call stand that the user wrote: by parameter, without regard to case; of a list each element too.
/// </summary>
internal sealed class ArgumentPlaces
{
    private readonly Dictionary<string, Location> _places = new(StringComparer.OrdinalIgnoreCase);

    public bool Contains(string name) => _places.ContainsKey(name);

    /// <summary>The argument's place, or its element's where that is known; null where it was not written.</summary>
    public Location? Find(string name, int? element = null) =>
        element is { } i && _places.TryGetValue(ElementOf(name, i), out var place) || _places.TryGetValue(name, out place) ? place : null;

    public void Add(string name, SyntaxNode expression) => _places[name] = expression.GetLocation();

    /// <summary>The elements of a list, written one after the other.</summary>
    public void Add(string name, IReadOnlyList<SyntaxNode> elements)
    {
        if (elements.Count == 0) return;
        var (first, last) = (elements[0], elements[elements.Count - 1]);
        _places[name] = Location.Create(first.SyntaxTree, TextSpan.FromBounds(first.SpanStart, last.Span.End));
        AddElements(name, elements);
    }

    /// <summary>The arguments of a call; those that were left out and have a default have no place.</summary>
    public static ArgumentPlaces Of(IOperation call)
    {
        var places = new ArgumentPlaces();
        foreach (var argument in call switch { IInvocationOperation invocation => invocation.Arguments, IObjectCreationOperation creation => creation.Arguments, _ => [] })
            if (argument.ArgumentKind != ArgumentKind.DefaultValue && argument.Parameter is { } parameter) places.Add(parameter.Name, argument, call.Syntax);
        return places;
    }

    private void Add(string name, IArgumentOperation argument, SyntaxNode call)
    {
        var elements = Elements(argument.Value)?.Select(e => e.Syntax).ToList();
        if (argument.ArgumentKind == ArgumentKind.ParamArray)
        {
            Add(name, elements ?? []);
            return;
        }
        if (argument.Value.Syntax == call) return; // the receiver of an extension
        Add(name, argument.Value.Syntax);
        AddElements(name, elements ?? []);
    }

    private void AddElements(string name, IReadOnlyList<SyntaxNode> elements)
    {
        for (var i = 0; i < elements.Count; i++) _places[ElementOf(name, i)] = elements[i].GetLocation();
    }

    private static string ElementOf(string name, int i) => $"{name}[{i}]";

    /// <summary>The elements of a list that is written out.</summary>
    private static IEnumerable<IOperation>? Elements(IOperation value) => value switch
    {
        IConversionOperation conversion => Elements(conversion.Operand),
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        ICollectionExpressionOperation collection when !collection.Elements.Any(e => e is ISpreadOperation) => collection.Elements,
        _ => null,
    };
}
