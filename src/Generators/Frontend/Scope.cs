using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

/// <summary>One call of a method or a lambda.</summary>
internal sealed class Frame(object? instance, IReadOnlyDictionary<ITypeParameterSymbol, ITypeSymbol>? typeArguments)
{
    public object? This => instance;
    public object? Result { get; set; }
    public IReadOnlyDictionary<ITypeParameterSymbol, ITypeSymbol>? TypeArguments => typeArguments;
}

/// <summary>The variables of one run of a block; each iteration of a loop has its own, so that lambdas capture what C# says they do.</summary>
internal sealed class Scope(Scope? outer, Frame frame)
{
    private Dictionary<ISymbol, object?>? _values;

    public Frame Frame => frame;

    public Scope Inner() => new(this, frame);

    public void Declare(ISymbol symbol, object? value) => (_values ??= new(SymbolEqualityComparer.Default))[symbol] = value;

    public bool TryGet(ISymbol symbol, out object? value)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope._values is { } values && values.TryGetValue(symbol, out value)) return true;
        value = null;
        return false;
    }

    public bool TrySet(ISymbol symbol, object? value)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._values is not { } values || !values.ContainsKey(symbol)) continue;
            values[symbol] = value;
            return true;
        }
        return false;
    }

    private Scope? Outer => outer;
}

/// <summary>How a statement ended.</summary>
internal enum Flow { Next, Break, Continue, Return }
