using System.Text;

namespace Kiln.Generators.Emission.Api;

/// <summary>Indented lines of C#, ended by \n on every machine.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>One or several lines at the present depth; without argument, an empty one.</summary>
    public void Line(string text = "")
    {
        foreach (var line in text.Split('\n'))
            _text.Append(line.Length == 0 ? "" : new string(' ', 4 * _depth)).Append(line).Append('\n');
    }

    /// <summary>A heading and the opening brace of its block.</summary>
    public void Open(string heading)
    {
        Line(heading);
        Line("{");
        _depth++;
    }

    public void Close()
    {
        _depth--;
        Line("}");
    }

    /// <summary>Closes a lambda's block and the call it is an argument of.</summary>
    public void CloseCall(string rest)
    {
        _depth--;
        Line("}" + rest);
    }

    /// <summary>A line that belongs to the one before: one step further in.</summary>
    public void Indented(string text)
    {
        _depth++;
        Line(text);
        _depth--;
    }

    /// <summary>The XML summary of the member that follows; the text is escaped.</summary>
    public void Summary(string text) => Line($"/// <summary>{Xml(text)}</summary>");

    public void Parameter(string name, string text) => Line($"/// <param name=\"{name.TrimStart('@')}\">{Xml(text)}</param>");

    public void Returns(string text) => Line($"/// <returns>{Xml(text)}</returns>");

    public void Throws(string exception, string text) => Line($"/// <exception cref=\"{exception}\">{Xml(text)}</exception>");

    public static string Xml(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\r", "").Replace("\n", " ");

    public override string ToString() => _text.ToString();
}
