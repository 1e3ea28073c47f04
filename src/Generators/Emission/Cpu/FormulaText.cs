using Kiln.Generators.Kernels;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Emission.Cpu;

/// <summary>What a kernel computes, as a formula in its parameters' names: <c>y = tanh(a + b)</c>.</summary>
internal static class FormulaText
{
    public static string Of(Map map)
    {
        var value = Text(map.Value, source => MapKernel.SourceName(map.Sources.Items.IndexOf(source)));
        return map.Fold switch
        {
            Reduction.Sum => $"y = Σ {value}",
            Reduction.Max => $"y = max {value}",
            _ => $"y = {Outer(value)}",
        };
    }

    private static string Text(Scalar e, Func<Buffer, string> name) => e switch
    {
        Literal literal => ScalarText.Number(literal.Value).TrimEnd('f'),
        Load load => name(load.Buffer),
        IndexValue => "index",
        RowCount => "rows",
        StepIndex => "t",
        Guarded guarded => $"[{Outer(Text(guarded.Then, name))} inside, {Outer(Text(guarded.Otherwise, name))} outside]",
        Call { Function: var f, Arguments: var x } => f switch
        {
            Function.Add => $"({Text(x[0], name)} + {Text(x[1], name)})",
            Function.Subtract => $"({Text(x[0], name)} − {Text(x[1], name)})",
            Function.Multiply => $"{Text(x[0], name)}·{Text(x[1], name)}",
            Function.Divide => $"({Text(x[0], name)} / {(x[1] is Call { Function: Function.Multiply } ? $"({Text(x[1], name)})" : Text(x[1], name))})",
            Function.Negate => $"−{Text(x[0], name)}",
            Function.MultiplyAdd => $"({Text(x[0], name)}·{Text(x[1], name)} + {Text(x[2], name)})",
            Function.Greater => $"[{Text(x[0], name)} > {Text(x[1], name)}]",
            Function.SelectGreater or Function.SelectAbove => $"({Text(x[0], name)} > {Text(x[1], name)} ? {Text(x[2], name)} : {Text(x[3], name)})",
            Function.Equal => $"[{Text(x[0], name)} = {Text(x[1], name)}]",
            Function.Abs => $"|{Outer(Text(x[0], name))}|",
            Function.Sqrt => $"√({Outer(Text(x[0], name))})",
            _ => $"{f.ToString().ToLowerInvariant()}({string.Join(", ", x.Select(a => Outer(Text(a, name))))})",
        },
        _ => "?",
    };

    /// <summary>Without brackets around all of it.</summary>
    private static string Outer(string text) => MapKernel.Unwrapped(text);
}
