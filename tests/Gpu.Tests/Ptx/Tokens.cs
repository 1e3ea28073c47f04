namespace Gpu.Tests.Ptx;

/// <summary>The words of a text, one after the other. Comments and spaces are left out.</summary>
internal sealed class Tokens
{
    private readonly string _text;
    private int _next, _line = 1;

    public Tokens(string text)
    {
        _text = text;
        Advance();
    }

    /// <summary>The word that comes next; empty at the end.</summary>
    public string Current { get; private set; } = "";

    /// <summary>The line of <see cref="Current"/>, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>The word that comes next, which is then behind.</summary>
    public string Take()
    {
        if (Current.Length == 0) throw Error("the text ends too early");
        var taken = Current;
        Advance();
        return taken;
    }

    /// <summary>Takes a word if it comes next.</summary>
    public bool TryTake(string word)
    {
        if (Current != word) return false;
        Advance();
        return true;
    }

    /// <summary>Takes a word that must come next.</summary>
    public void Expect(string word)
    {
        if (!TryTake(word)) throw Error($"'{word}' is expected, not '{Current}'");
    }

    public PtxException Error(string message) => new($"PTX, line {Line}: {message}.");

    private void Advance()
    {
        Skip();
        Line = _line;
        var start = _next;
        if (_next < _text.Length && IsWord(_text[_next++]))
            while (_next < _text.Length && IsWord(_text[_next])) _next++;
        Current = _text[start.._next];
    }

    private void Skip()
    {
        while (_next < _text.Length)
        {
            if (_text[_next] == '\n') _line++;
            else if (Starts("//")) _next = End("\n", 0) - 1;
            else if (Starts("/*"))
            {
                var end = End("*/", 2);
                _line += _text.AsSpan(_next, end - _next).Count('\n');
                _next = end - 1;
            }
            else if (!char.IsWhiteSpace(_text[_next])) return;
            _next++;
        }
    }

    private bool Starts(string mark) => string.CompareOrdinal(_text, _next, mark, 0, mark.Length) == 0;

    private int End(string mark, int more)
    {
        var at = _text.IndexOf(mark, _next, StringComparison.Ordinal);
        return at < 0 ? _text.Length : at + more;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '%' or '$';
}
