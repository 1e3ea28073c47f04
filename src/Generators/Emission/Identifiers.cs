using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Kiln.Generators.Emission;

/// <summary>C# names made of the network's names.</summary>
internal static class Identifiers
{
    public static bool IsValid(string name) => SyntaxFacts.IsValidIdentifier(name);

    /// <summary>A keyword gets its @.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    /// <summary>conv1 → Conv1, dense1.weight → Dense1Weight, running_mean → RunningMean, 0 → Item0; Value where nothing is left.</summary>
    public static string Pascal(string name)
    {
        var result = new StringBuilder();
        var start = true;
        foreach (var c in name)
        {
            if (char.GetUnicodeCategory(c) == UnicodeCategory.Format) continue;        // C# does not count them
            if (!SyntaxFacts.IsIdentifierPartCharacter(c) || c == '_')
            {
                start = true;
                continue;
            }
            result.Append(start ? char.ToUpperInvariant(c) : c);
            start = false;
        }
        if (result.Length == 0) return "Value";
        if (!SyntaxFacts.IsIdentifierStartCharacter(result[0])) result.Insert(0, "Item");
        return result.ToString();
    }

    /// <summary>Judge → judge, dense1.weight → dense1Weight: for arguments and locals; not yet escaped.</summary>
    public static string Camel(string name)
    {
        var pascal = Pascal(name);
        return char.ToLowerInvariant(pascal[0]) + pascal.Substring(1);
    }

    /// <summary>The name, or the first of name2, name3, … that is free; it is taken afterwards.</summary>
    public static string Unique(string name, ISet<string> taken)
    {
        var unique = name;
        for (var i = 2; !taken.Add(unique); i++) unique = name + i.ToString(CultureInfo.InvariantCulture);
        return unique;
    }

    /// <summary>A C# string literal.</summary>
    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
