using System.Globalization;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

/// <summary>Values as text, the same in every culture.</summary>
internal static class Text
{
    public static string Of(object? value, ITypeSymbol? type = null) => value switch
    {
        null => "",
        _ when type is INamedTypeSymbol { TypeKind: TypeKind.Enum } named => EnumMember(named, value),
        double or float => ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        string or bool => value.ToString()!,
        TupleValue tuple => $"({string.Join(", ", tuple.Items.Select(i => Of(i)))})",
        ShapeValue shape => $"[{string.Join(", ", shape.Type.Shape)}]",
        Node node => node.Type.ToString(),
        SequenceValue sequence => sequence.Node.Type.ToString(),
        _ => value.GetType().Name,
    };

    /// <summary>Whether C# would print it the same way.</summary>
    public static bool IsPlain(object? value) => value is null or string or bool or IFormattable or ShapeValue || (value is TupleValue tuple && tuple.Items.All(IsPlain));

    private static string EnumMember(INamedTypeSymbol type, object value) =>
        type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => f.HasConstantValue && Equals(f.ConstantValue, value))?.Name
        ?? ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture);
}
