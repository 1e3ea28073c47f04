using Kiln.Generators.Diagnostics;
using Kiln.Generators.Operators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.Generators.Frontend;

/// <summary>An attribute's arguments as evaluated values, and where each of them stands.</summary>
internal static class AttributeArguments
{
    /// <summary>The attributes of that name of the language's.</summary>
    public static IEnumerable<AttributeData> Of(ISymbol symbol, string name, IAssemblySymbol language) =>
        symbol.GetAttributes().Where(a => a.AttributeClass?.Name == name && SymbolEqualityComparer.Default.Equals(a.AttributeClass.ContainingAssembly, language));

    /// <summary>The C# compiler does not find it, or finds no attribute of that name. It says so itself.</summary>
    public static bool IsUnknown(AttributeData attribute) => attribute.AttributeClass is null or { TypeKind: TypeKind.Error };

    /// <summary>Sizes of at least 1, and no more elements than an int can count.</summary>
    public static void CheckShape(AttributeData attribute, string name, IEnumerable<int> shape)
    {
        var length = 1L;
        foreach (var size in shape)
        {
            if (size < 1) throw new NetworkException(Descriptors.Argument, Syntax(attribute, default).GetLocation(), $"{name}: expected sizes of at least 1, got {size}");
            if ((length *= size) > int.MaxValue) throw new NetworkException(Descriptors.Argument, Syntax(attribute, default).GetLocation(), $"{name}: [{string.Join(", ", shape)}] has more elements than an int can count");
        }
    }

    /// <summary>The constructor's arguments in order; null where the attribute does not compile.</summary>
    public static object?[]? Positional(AttributeData attribute) =>
        attribute.AttributeConstructor is null || attribute.ConstructorArguments.Any(a => a.Kind == TypedConstantKind.Error) ? null
            : [.. attribute.ConstructorArguments.Select(Value)];

    public static object? Value(TypedConstant constant) => constant.Kind switch
    {
        TypedConstantKind.Array => constant.IsNull ? null : constant.Values.Select(Value).ToArray(),
        _ => constant.Value,
    };

    public static T Named<T>(AttributeData attribute, string name, T fallback) =>
        attribute.NamedArguments.FirstOrDefault(a => a.Key == name) is { Key: not null, Value.Value: T value } ? value : fallback;

    /// <summary>How bytes are widened, (b − mean) · scale: both finite, and a scale of 0 would lose them all.</summary>
    public static (float Scale, float Mean) Widening(AttributeData attribute, string name)
    {
        return ((float)Checked("Scale", 1.0 / 255, x => SinglePrecision.IsFinite(x) && (float)x != 0, "a finite number other than 0"), (float)Checked("Mean", 0, SinglePrecision.IsFinite, "a finite number"));

        double Checked(string argument, double fallback, Func<double, bool> fits, string expected) => Named(attribute, argument, fallback) is var x && fits(x) ? x
            : throw new NetworkException(Descriptors.Argument, Sources(attribute, default)[argument].GetLocation(), FormattableString.Invariant($"{name}: {argument} must be {expected}, got {x}"));
    }

    public static SyntaxNode Syntax(AttributeData attribute, CancellationToken cancellation) => attribute.ApplicationSyntaxReference!.GetSyntax(cancellation);

    /// <summary>The expression of each argument by its parameter's or property's name.</summary>
    public static Dictionary<string, SyntaxNode> Sources(AttributeData attribute, CancellationToken cancellation)
    {
        var sources = new Dictionary<string, SyntaxNode>(StringComparer.OrdinalIgnoreCase);
        var parameters = attribute.AttributeConstructor?.Parameters ?? [];
        var position = 0;
        foreach (var argument in (Syntax(attribute, cancellation) as AttributeSyntax)?.ArgumentList?.Arguments ?? [])
        {
            var name = argument.NameEquals?.Name.Identifier.Text ?? argument.NameColon?.Name.Identifier.Text
                ?? (parameters.Length > 0 ? parameters[Math.Min(position++, parameters.Length - 1)].Name : null);
            if (name is not null && !sources.ContainsKey(name)) sources.Add(name, argument.Expression);
        }
        return sources;
    }

    /// <summary>The elements of a list at the end of the constructor's parameters, written one after the other.</summary>
    public static IReadOnlyList<SyntaxNode> Listed(AttributeData attribute, CancellationToken cancellation) =>
        [.. ((Syntax(attribute, cancellation) as AttributeSyntax)?.ArgumentList?.Arguments ?? []).Where(a => a.NameEquals is null && a.NameColon is null)
            .Skip(attribute.AttributeConstructor!.Parameters.Length - 1).Select(a => a.Expression)];
}
