namespace Kiln.Generators.Emission.Cpu;

/// <summary>A stage that a program runs.</summary>
/// <param name="Run">The method of Workers; <paramref name="Items"/>: what it shares out.</param>
internal sealed record StageCall(StageMethod Method, MethodBody Use, string Run, string Items)
{
    /// <summary>The numbers that the stage asks for: of the whole, then of every repetition in it.</summary>
    public IReadOnlyList<string> Numbers { get; } = [.. Method.ArgumentsOf(Use).Where(block => block.Count > 0).Select(block => string.Join(", ", block))];

    public int Count { get; } = Method.ArgumentsOf(Use).Sum(block => block.Count);

    /// <param name="numbers">The text that gives them.</param>
    public string Text(string numbers) => $"workers.{Run}(&{Method.Name}<V>, frame, {Items}{(Count == 0 ? "" : $", {numbers}")});";
}

/// <summary>Writes the calls of a program's stages. Equal layers, one after the other, are a loop over a table of their numbers.</summary>
internal static class StageCalls
{
    /// <summary>Characters of a line of numbers.</summary>
    private const int WidestLine = 200;

    /// <summary>Calls of the longest loop.</summary>
    private const int LongestLoop = 128;

    public static void Write(CodeWriter code, IReadOnlyList<StageCall> calls)
    {
        var names = new HashSet<string>();
        foreach (var part in Repetitions.Of([.. calls.Select(c => c.Method)], LongestLoop, part => part.Count))
        {
            var (first, length, count) = part;
            var numbers = Enumerable.Range(first, length).Sum(i => calls[i].Count);
            if (count == 1 || numbers == 0)
                for (var i = first; i < first + length * count; i++) Write(code, calls[i]);
            else
                Loop(code, part, calls, Identifiers.Unique("numbers", names), numbers);
        }
    }

    private static void Write(CodeWriter code, StageCall call)
    {
        var one = call.Text($"[{string.Join(", ", call.Numbers)}]");
        if (one.Length <= WidestLine || call.Numbers.Count < 2) code.Line(one);
        else code.Line(call.Text($"\n[\n{Lines(call.Numbers)}]"));
    }

    private static void Loop(CodeWriter code, Part part, IReadOnlyList<StageCall> calls, string name, int numbers)
    {
        var table = Enumerable.Range(0, part.Count).Select(i => Enumerable.Range(part.First + i * part.Length, part.Length).SelectMany(c => calls[c].Numbers));
        code.Line($"// {part.Count} times {part.Length} stages, which differ in {numbers} numbers each time.");
        code.Line($"global::System.ReadOnlySpan<int> {name} =\n[\n{string.Concat(table.Select(Lines))}];");
        code.Open($"for (var each = 0; each < {name}.Length; each += {numbers})");
        var at = 0;
        foreach (var call in calls.Skip(part.First).Take(part.Length))
        {
            code.Line(call.Text($"{name}.Slice(each{(at == 0 ? "" : $" + {at}")}, {call.Count})"));
            at += call.Count;
        }
        code.Close();
    }

    /// <summary>Numbers in lines, those of a block together.</summary>
    private static string Lines(IEnumerable<string> blocks)
    {
        var lines = new List<string>();
        foreach (var next in blocks)
            if (lines.Count > 0 && lines[lines.Count - 1].Length + next.Length <= WidestLine) lines[lines.Count - 1] += ", " + next;
            else lines.Add(next);
        return string.Concat(lines.Select(l => $"    {l},\n"));
    }
}
