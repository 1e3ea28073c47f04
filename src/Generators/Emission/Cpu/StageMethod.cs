namespace Kiln.Generators.Emission.Cpu;

/// <summary>A stage, as workers run it: its arguments are in the frame, and each repetition of a block takes its own from there.</summary>
internal sealed class StageMethod(string name) : Method(name)
{
    private const string Signature = $"<V>(Frame* frame, int first, int last) where V : struct, {KernelsEmitter.Vector}";

    public override string Text()
    {
        var main = Text(0, i => $"at[{i}]");
        var body = new CodeWriter().Open();
        if (ArgumentsOf(Uses[0]).Any(a => a.Count > 0)) body.Line("var at = frame->Places;");
        var block = 0;
        foreach (var line in main.TrimEnd('\n').Split('\n'))
        {
            if (line.TrimStart() is CodeBlock.RepeatedMark) Repeat(body, ++block, (line.Length - 1) / 4);
            else body.Line(line);
        }
        return Declaration(Signature, body.Close().ToString());
    }

    private void Repeat(CodeWriter body, int block, int depth)
    {
        var first = Enumerable.Range(0, block).Sum(b => Count(b) * Uses[0].Block(b).Count());
        var end = first + Count(block) * Uses[0].Block(block).Count();
        for (var i = 0; i < depth; i++) body.Indent();
        body.Open($"for (var each = at{(first == 0 ? "" : $" + {first}")}; each < at + {end}; each += {Count(block)})");
        body.Lines(Text(block, i => $"each[{i}]")).Close().Outdent(depth);
    }
}
