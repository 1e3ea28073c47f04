using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

internal sealed partial class Evaluator
{
    public override object? VisitInterpolatedString(IInterpolatedStringOperation operation, Scope scope)
    {
        var text = new StringBuilder();
        foreach (var part in operation.Parts)
            switch (part)
            {
                case IInterpolatedStringTextOperation literal:
                    text.Append((string)literal.Text.ConstantValue.Value!);
                    break;
                case IInterpolationOperation hole:
                    var type = hole.Expression is IConversionOperation { Operand.Type: { } inner } ? inner : hole.Expression.Type;
                    var value = Visit(hole.Expression, scope);
                    var alignment = Visit(hole.Alignment, scope) as int? ?? 0;
                    CheckText(Math.Abs((long)alignment), hole);
                    var width = alignment == 0 ? "" : "," + alignment.ToString(CultureInfo.InvariantCulture);
                    var shown = Visit(hole.FormatString, scope) is string format && value is IFormattable formattable ? Formatted(formattable, format, hole) : ToText(value, type, hole.Expression);
                    text.Append(Formatted(FormattableStringFactory.Create("{0" + width + "}", shown), null, hole));
                    break;
                default:
                    throw Reject(part, "it is not a plain interpolation");
            }
        return Short(text.ToString(), operation);
    }

    private static string Formatted(IFormattable value, string? format, IOperation hole)
    {
        // Some runtimes write as many digits as are asked for, however many.
        if (format is { Length: > 4 } && char.IsLetter(format[0]) && format.Skip(1).All(char.IsDigit)) throw Reject(hole, $"the format {format} asks for too many digits");
        try
        {
            return value.ToString(format, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            throw Reject(hole, $"the format {format} does not fit its type");
        }
    }

    /// <summary>Characters that are copied as fast as one step is made.</summary>
    private const int CharactersPerStep = 64;

    /// <summary>A text that doubles in a loop would fill the memory long before the steps are spent.</summary>
    internal string Short(string text, IOperation where)
    {
        CheckText(text.Length, where);
        return text;
    }

    internal void CheckText(long length, IOperation where)
    {
        if (length > MaxSteps) throw Reject(where, $"a text of {length} characters");
        Step(where.Syntax, (int)length / CharactersPerStep);
    }

    private static string ToText(object? value, ITypeSymbol? type, IOperation where) =>
        Text.IsPlain(value) ? Text.Of(value, type) : throw Reject(where, "it has no text at build time");
}
