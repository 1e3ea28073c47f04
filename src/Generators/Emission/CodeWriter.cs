using System.Text;

namespace Kiln.Generators.Emission;

/// <summary>Indented C# text with \n line ends.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _indent;

    public CodeWriter Line(string line = "")
    {
        if (line.Length > 0) _text.Append(' ', 4 * _indent).Append(line);
        _text.Append('\n');
        return this;
    }

    /// <summary>A line per line of the text.</summary>
    public CodeWriter Lines(string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n')) Line(line);
        return this;
    }

    public CodeWriter Open(string? line = null)
    {
        if (line is not null) Line(line);
        Line("{");
        _indent++;
        return this;
    }

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

    public override string ToString() => _text.ToString();
}
