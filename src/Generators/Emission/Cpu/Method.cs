using System.Globalization;

namespace Kiln.Generators.Emission.Cpu;

/// <summary>Lines of code, in which the comments' places are marked: code that is the same may be commented differently.</summary>
internal sealed class CodeBlock
{
    /// <summary>A line for the next comment; a line for the next repeated block.</summary>
    public const string CommentMark = "\u0001", RepeatedMark = "\u0002";

    public CodeBlock(string code, IEnumerable<string> comments, int least = 0)
    {
        Code = NumberedText.OfCode(code, least);
        Comments = [.. comments];
    }

    public NumberedText Code { get; }
    public IReadOnlyList<string> Comments { get; }
}

/// <summary>A method as one use of it wants it: a block, and in it blocks that are repeated, one after the other, with other numbers.</summary>
internal sealed record MethodBody(string Summary, CodeBlock Main, IReadOnlyList<IReadOnlyList<CodeBlock>> Repeated)
{
    /// <summary>Equal for bodies that differ in numbers and comments alone.</summary>
    public string Pattern => string.Join("\u0003", Repeated.Select(r => $"{r.Count} {r[0].Code.Pattern}").Prepend(Main.Code.Pattern));

    /// <summary>All texts of the main block (0) or of a repeated one.</summary>
    public IEnumerable<CodeBlock> Block(int number) => number == 0 ? [Main] : Repeated[number - 1];
}

/// <summary>
/// A method of the kernels class for all its uses, which differ in numbers alone. A number that is not the same in all of them is
/// an argument; the others stay constants.
/// </summary>
internal abstract class Method(string name)
{
    private readonly List<MethodBody> _uses = [];
    private int[][]? _arguments;
    private int[]? _counts;

    public string Name => name;
    protected IReadOnlyList<MethodBody> Uses => _uses;

    public void Add(MethodBody use)
    {
        if (_arguments is not null) throw new InvalidOperationException($"{name} has its arguments");
        _uses.Add(use);
    }

    /// <summary>The arguments of a use: of the main block, then of every repetition.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ArgumentsOf(MethodBody use) =>
        [.. Enumerable.Range(0, 1 + use.Repeated.Count).SelectMany(block => use.Block(block).Select(b => Values(block, b)))];

    public abstract string Text();

    /// <summary>How many arguments a block has.</summary>
    protected int Count(int block)
    {
        Settle();
        return _counts![block];
    }

    /// <summary>A block's text, with its comments.</summary>
    /// <param name="argument">From an argument's number to its text.</param>
    protected string Text(int block, Func<int, string> argument)
    {
        Settle();
        var all = _uses.SelectMany(u => u.Block(block)).ToArray();
        var code = all[0].Code.With(i => _arguments![block][i] is var number && number < 0 ? all[0].Code.Numbers[i] : argument(number));
        var parts = code.Split(CodeBlock.CommentMark[0]);
        return string.Concat(parts.Select((part, i) => i == 0 ? part : "// " + NumberedText.Common([.. all.Select(b => b.Comments[i - 1])]) + part));
    }

    /// <summary>The first number that is this argument of the main block, seen from its text.</summary>
    protected IEnumerable<string> Before(int argument) =>
        Enumerable.Range(0, _arguments![0].Length).Where(i => _arguments[0][i] == argument).Select(_uses[0].Main.Code.Before);

    private IReadOnlyList<string> Values(int block, CodeBlock text)
    {
        var values = new string[Count(block)];
        for (var i = 0; i < text.Code.Numbers.Count; i++)
            if (_arguments![block][i] is var number and >= 0) values[number] = text.Code.Numbers[i];
        return values;
    }

    /// <summary>Numbers that are equal in every use are one argument.</summary>
    private void Settle()
    {
        if (_arguments is not null) return;
        var blocks = 1 + _uses[0].Repeated.Count;
        (_arguments, _counts) = (new int[blocks][], new int[blocks]);
        for (var block = 0; block < blocks; block++)
        {
            var all = _uses.SelectMany(u => u.Block(block)).Select(b => b.Code.Numbers).ToArray();
            var known = new Dictionary<string, int>();
            _arguments[block] = new int[all[0].Count];
            for (var i = 0; i < all[0].Count; i++)
            {
                var column = string.Join(",", all.Select(numbers => numbers[i]));
                if (all.All(numbers => numbers[i] == all[0][i])) _arguments[block][i] = -1;
                else if (known.TryGetValue(column, out var number)) _arguments[block][i] = number;
                else known.Add(column, _arguments[block][i] = known.Count);
            }
            _counts[block] = known.Count;
        }
    }

    /// <summary>The method's declaration.</summary>
    protected string Declaration(string signature, string body) =>
        $"/// <summary>{CodeWriter.Xml(NumberedText.Common([.. _uses.Select(u => u.Summary)]))}</summary>\n"
        + $"[MethodImplAttribute(KilnHot)] private static void {name}{signature}\n{body}";

    protected static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
