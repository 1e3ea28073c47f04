using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Kiln.Generators.Emission.Api;

/// <summary>C# names made of the network's names.</summary>
internal static class Identifiers
{
    /// <summary>A C# keyword gets its @.</summary>
    public static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    /// <summary>conv1 → Conv1, running_mean → RunningMean, 0 → Item0.</summary>
    public static string Pascal(string name)
    {
        var result = new StringBuilder();
        var start = true;
        foreach (var c in name)
        {
            if (!SyntaxFacts.IsIdentifierPartCharacter(c) || c == '_')
            {
                start = true;
                continue;
            }
            result.Append(start ? char.ToUpperInvariant(c) : c);
            start = false;
        }
        if (result.Length == 0 || !SyntaxFacts.IsIdentifierStartCharacter(result[0])) result.Insert(0, "Item");
        return result.ToString();
    }

    /// <summary>Judge → judge, for arguments; not yet escaped.</summary>
    public static string Camel(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name.Substring(1);

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
