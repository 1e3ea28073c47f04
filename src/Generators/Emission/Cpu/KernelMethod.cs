using System.Text.RegularExpressions;

namespace Kiln.Generators.Emission.Cpu;

/// <summary>A kernel: loops over the elements of one value. Sizes that its calls differ in come after its other arguments.</summary>
/// <param name="generic">&lt;V&gt;, or nothing.</param>
/// <param name="parameters">The first ones.</param>
/// <param name="constraint">What follows the parameters.</param>
internal sealed class KernelMethod(string name, string generic, string parameters, string constraint) : Method(name)
{
    /// <summary>Smaller numbers stay constants: the JIT compiler writes loops out that are so short.</summary>
    public const int LeastArgument = 17;

    private static readonly Regex Extent = new(@"for \(nint (?:i(?<loop>\d+)|lane) = 0; \w+ < $");
    private IReadOnlyList<string>? _names;

    public override string Text() =>
        Declaration($"{generic}({parameters}{string.Concat(Names.Select(n => $", nint {n}"))}){constraint}", Text(0, i => Names[i]));

    /// <summary>A call, as one use wants it.</summary>
    public string Call(MethodBody use, string arguments) => $"{Name}{generic}({string.Join(", ", ArgumentsOf(use)[0].Prepend(arguments))})";

    /// <summary>The extent of loop i1 is n1; of the samples' lanes, lanes; all else is a step from one element to another.</summary>
    private IReadOnlyList<string> Names
    {
        get
        {
            if (_names is not null) return _names;
            var taken = new HashSet<string>();
            return _names = [.. Enumerable.Range(0, Count(0)).Select(i => Identifiers.Unique(NameOf(i), taken))];
        }
    }

    private string NameOf(int argument)
    {
        var extent = Before(argument).Select(text => Extent.Match(text)).FirstOrDefault(m => m.Success);
        return extent is null ? "step" : extent.Groups["loop"] is { Success: true } loop ? "n" + loop.Value : "lanes";
    }
}
