using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.Generators.Frontend;

/// <summary>An attribute's arguments as evaluated values, and where each of them stands.</summary>
internal static class AttributeArguments
{
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
}
