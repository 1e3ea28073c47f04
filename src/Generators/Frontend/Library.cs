using Kiln.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

/// <summary>The part of .NET's library that evaluated code may use: Math, strings, lists and LINQ.</summary>
internal static partial class Library
{
    public static object? Call(Evaluator evaluator, IMethodSymbol method, object? instance, object?[] values, IOperation site, Scope scope)
    {
        var type = method.ContainingType.OriginalDefinition.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat);
        var caller = new Caller(evaluator, site, scope);
        try
        {
            return (type switch
            {
                "System.Math" => Known(Mathematics(method.Name, values)),
                "System.MathF" => Known(Mathematics(method.Name, [.. values.Select(v => v is float f ? (double)f : v)]) is double d ? (object)(float)d : null),
                "System.Linq.Enumerable" => Linq(caller, method.Name, method.ReturnType.SpecialType, values),
                "System.MemoryExtensions" when method.Name == "Reverse" => Arrays(caller, method.Name, null, values),
                "string" => Strings(caller, method.Name, instance, values),
                "System.Array" => Arrays(caller, method.Name, instance, values),
                _ when instance is List<object?> list => Lists(caller, method.Name, list, values),
                _ when instance is object?[] && method.Name == "Clone" => Arrays(caller, method.Name, instance, values),
                _ when method.Name == "ToString" && values.Length == 0 && Text.IsPlain(instance) => Known(Text.Of(instance, method.ContainingType)),
                _ when method.Name == "Equals" && values.Length == 1 => Known(Equals(instance, values[0])),
                _ when method.Name == "CompareTo" && instance is IComparable => Known(Ordinal.Comparer.Compare(instance, values[0])),
                _ => null,
            } ?? throw NoSource(method, site)).Value;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or ArithmeticException or FormatException or InvalidCastException or NullReferenceException or IndexOutOfRangeException)
        {
            throw Reject(site, e.Message.Split('\n')[0].TrimEnd());
        }
    }

    public static object? Create(Evaluator evaluator, INamedTypeSymbol type, object?[] values, IOperation site, Scope scope) => (type.Name, type.TypeArguments.Length) switch
    {
        ("List", 1) => values.Length == 1 && Sequence(values[0]) is { } items ? new Caller(evaluator, site, scope).Counted(items).ToList() : new List<object?>(),
        ("Index", 0) => new IndexValue((int)values[0]!, values[1] is true),
        ("Object", 0) => new object(),
        _ => throw NoSource(type, site),
    };

    public static object? Property(IPropertySymbol property, object? instance, object?[] values, IOperation site) => (property.Name, instance) switch
    {
        ("Length", object?[] array) => array.Length,
        ("LongLength", object?[] array) => (long)array.Length,
        ("Count", List<object?> list) => list.Count,
        ("Count", object?[] array) => array.Length,
        ("Count", IEnumerable<object?> items) => items.Count(),
        ("Length", string text) => text.Length,
        ("HasValue", _) => instance is not null,
        ("Value", not null) when property.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T => instance,
        (_, List<object?> list) when property.IsIndexer => list[Checked(values[0], list.Count, site)],
        (_, object?[] array) when property.IsIndexer => array[Checked(values[0], array.Length, site)],
        (_, string text) when property.IsIndexer => text[Checked(values[0], text.Length, site)],
        (_, TupleValue tuple) when property.Name == "Length" => tuple.Items.Length,
        ("Message", ExceptionValue exception) => exception.Message,
        (_, UserObject user) when user.Fields.TryGetValue(property, out var value) => value,
        _ => throw NoSource(property, site),
    };

    public static object? Static(ISymbol symbol, IOperation site) => (symbol.ContainingType.SpecialType, symbol.Name) switch
    {
        (SpecialType.System_String, "Empty") => "",
        _ => throw NoSource(symbol, site),
    };

    private static int Checked(object? index, int count, IOperation site) =>
        index is int i && (uint)i < (uint)count ? i : throw Reject(site, $"the index {index} is outside of {English.Count(count, "element")}");

    /// <summary>A result that may itself be null.</summary>
    private sealed record Result(object? Value);

    private static Result? Known(object? value) => value is null ? null : new(value);

    private static Result Done(Action action)
    {
        action();
        return new(null);
    }

    private static NetworkException NoSource(ISymbol symbol, IOperation site) =>
        new(Descriptors.NoSource, Evaluator.Site(site.Syntax), symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat));

    private static NetworkException Reject(IOperation site, string why) => new(Descriptors.NotEvaluable, site.Syntax.GetLocation(), Evaluator.Show(site.Syntax), why);
}
