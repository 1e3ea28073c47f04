using System.Globalization;

namespace Kiln;

/// <summary>Numbers with their nouns, as messages say them: 1 row, 2 rows.</summary>
internal static class English
{
    /// <summary>A number and its noun, which is in the plural unless the number is 1.</summary>
    internal static string Count(string number, string noun) => $"{number} {(number == "1" ? noun : Plural(noun))}";

    /// <inheritdoc cref="Count(string, string)"/>
    internal static string Count(IFormattable number, string noun, string? format = null) => Count(Text(number, format), noun);

    /// <summary>"is" or "are", after the number.</summary>
    internal static string Is(int number) => number == 1 ? "is" : "are";

    /// <summary>"there is 1" or "there are 2".</summary>
    internal static string There(IFormattable number) => $"there {(Text(number) == "1" ? "is" : "are")} {Text(number)}";

    /// <summary>"there is 1 row" or "there are 2 rows".</summary>
    internal static string There(IFormattable number, string noun) => $"there {(Text(number) == "1" ? "is" : "are")} {Count(number, noun)}";

    private static string Text(IFormattable number, string? format = null) => number.ToString(format, CultureInfo.InvariantCulture);

    // The rules that the nouns of messages need.
    private static string Plural(string noun) =>
        noun.EndsWith("axis", StringComparison.Ordinal) ? noun.Substring(0, noun.Length - 2) + "es"
        : noun.EndsWith("s", StringComparison.Ordinal) || noun.EndsWith("ch", StringComparison.Ordinal) ? noun + "es"
        : noun + "s";
}
