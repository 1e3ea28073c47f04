using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Kiln.Generators.Emission;

/// <summary>Names in emitted code.</summary>
internal static class Identifiers
{
    /// <summary>"dense1.weight" → "dense1Weight"; a keyword gets its @.</summary>
    public static string Camel(string name)
    {
        var text = new StringBuilder();
        var upper = false;
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c))
            {
                upper = text.Length > 0;
                continue;
            }
            if (text.Length == 0 && char.IsDigit(c)) text.Append('_');
            text.Append(text.Length == 0 ? char.ToLowerInvariant(c) : upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }
        return Escaped(text.Length == 0 ? "value" : text.ToString());
    }

    /// <summary>"dense1.weight" → "Dense1Weight".</summary>
    public static string Pascal(string name)
    {
        var camel = Camel(name).TrimStart('@');
        return char.ToUpperInvariant(camel[0]) + camel.Substring(1);
    }

    public static string Escaped(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    public static string Xml(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
