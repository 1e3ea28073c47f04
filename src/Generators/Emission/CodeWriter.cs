using System.Text;

namespace Kiln.Generators.Emission;

/// <summary>Indented C# text, its lines ended by \n on every machine.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _indent;

    /// <summary>One or several lines at the present depth; without argument, an empty one.</summary>
    public CodeWriter Line(string text = "")
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.Length > 0) _text.Append(' ', 4 * _indent).Append(line);
            _text.Append('\n');
        }
        return this;
    }

    /// <summary>Lines that another writer ended.</summary>
    public CodeWriter Lines(string text) => Line(text.TrimEnd('\n'));

    /// <summary>A heading, if any, and the opening brace of its block.</summary>
    public CodeWriter Open(string? heading = null)
    {
        if (heading is not null) Line(heading);
        Line("{");
        _indent++;
        return this;
    }

    /// <param name="end">The brace, with what closes beside it.</param>
    public CodeWriter Close(string end = "}")
    {
        _indent--;
        return Line(end);
    }

    /// <summary>One more level for a single statement below a loop.</summary>
    public CodeWriter Indent()
    {
        _indent++;
        return this;
    }

    public CodeWriter Outdent(int levels = 1)
    {
        _indent -= levels;
        return this;
    }

    /// <summary>A line that belongs to the one before: one step further in.</summary>
    public CodeWriter Indented(string text) => Indent().Line(text).Outdent();

    /// <summary>The XML summary of the member that follows; the text is escaped, here and below.</summary>
    public CodeWriter Summary(string text) => Line($"/// <summary>{Xml(text)}</summary>");

    public CodeWriter Parameter(string name, string text) => Line($"/// <param name=\"{name.TrimStart('@')}\">{Xml(text)}</param>");

    public CodeWriter Returns(string text) => Line($"/// <returns>{Xml(text)}</returns>");

    public CodeWriter Throws(string exception, string text) => Line($"/// <exception cref=\"{exception}\">{Xml(text)}</exception>");

    /// <summary>A line of comment.</summary>
    public CodeWriter Comment(string text) => Line("// " + OneLine(text));

    /// <summary>Text as it stands in an XML comment of one line.</summary>
    public static string Xml(string text) => OneLine(text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    /// <summary>Without what would end the line, nor control characters, which XML does not allow.</summary>
    public static string OneLine(string text) =>
        new([.. text.Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\ufffe' or '\uffff' ? ' ' : c)]);

    public override string ToString() => _text.ToString();
}
