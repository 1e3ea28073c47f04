using System.Text.RegularExpressions;

namespace Kiln.Gpu.Compiler;

/// <summary>What must be changed in ILGPU's PTX so that it computes what the CPU does.</summary>
internal static partial class PtxText
{
    /// <summary>target, a, b, then, otherwise.</summary>
    public const string SelectGreater = "kiln.gt", SelectEqual = "kiln.eq";

    /// <summary>The kernel alone, without the module's head.</summary>
    public static string Of(string text)
    {
        var start = text.IndexOf(".address_size", StringComparison.Ordinal);
        text = text[(text.IndexOf('\n', start) + 1)..].Trim('\n') + "\n";
        // Functions that intrinsics stand for are written out, with nothing in them and the same names in each kernel, which the driver refuses. Kernels call none.
        text = Function().Replace(text, "");
        if (Call().IsMatch(text)) throw new NotSupportedException("a kernel calls a function");
        // Products and sums without a rounding of their own may be joined by the driver's compiler.
        text = Rounding().Replace(text, "$1.rn.$2");
        return Select().Replace(text, m => $"{{\n\t.reg .pred %q;\n\tsetp.{m.Groups[1].Value}.f32\t%q, {m.Groups[3].Value}, {m.Groups[4].Value};\n\tselp.f32\t{m.Groups[2].Value}, {m.Groups[5].Value}, {m.Groups[6].Value}, %q;\n\t}}");
    }

    /// <summary>A module of kernels.</summary>
    public static string Module(IEnumerable<string> kernels) => ".version 6.3\n.target sm_70\n.address_size 64\n\n" + string.Join("\n", kernels);

    [GeneratedRegex(@"^(\.visible )?\.func .*?^[;}]\n+", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Function();

    [GeneratedRegex(@"^\s*(@!?%\w+\s+)?call\b", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex(@"\b(mul|add|sub)\.(f32|f64)\b")]
    private static partial Regex Rounding();

    [GeneratedRegex(@"kiln\.(gt|eq)\s+([^,;]+),\s*([^,;]+),\s*([^,;]+),\s*([^,;]+),\s*([^,;]+);")]
    private static partial Regex Select();
}
