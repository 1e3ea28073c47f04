using System.Text.RegularExpressions;

namespace Kiln.Gpu.Compiler;

/// <summary>What must be changed in ILGPU's PTX so that it computes what the CPU does.</summary>
internal static partial class PtxText
{
    /// <summary>target, a, b, then, otherwise.</summary>
    public const string SelectGreater = "kiln.gt", SelectEqual = "kiln.eq";

    /// <summary>target, a: <see cref="Kernels.Numerics.RoundTensorFloat32"/>.</summary>
    public const string RoundTensorFloat32 = "kiln.tf32";

    /// <summary>The target's four numbers, then the four of a, the two of b and the four of c: <see cref="Kernels.TensorCores.MultiplyAdd"/>.</summary>
    public const string TileMultiplyAdd = "kiln.mma";

    /// <summary>The kernel alone, without the module's head.</summary>
    public static string Of(string text)
    {
        var start = text.IndexOf(".address_size", StringComparison.Ordinal);
        text = text[(text.IndexOf('\n', start) + 1)..].Trim('\n') + "\n";
        // Functions that intrinsics stand for are written out, with nothing in them and the same names in each kernel, which the driver refuses. Kernels call none.
        text = Function().Replace(text, "");
        if (Call().IsMatch(text)) throw new NotSupportedException("a kernel calls a function");
        // Loads and stores without a memory of their own are of the device's: shared ones say so, and variables are in registers. Those that could be of any memory are slower.
        if (text.Contains("cvta", StringComparison.Ordinal)) throw new NotSupportedException("a kernel makes an address of any memory");
        text = AnyMemory().Replace(text, "$1.global.$2");
        // Products and sums without a rounding of their own may be joined by the driver's compiler.
        text = Rounding().Replace(text, "$1.rn.$2");
        // Such operands are numbers without a type.
        text = RoundedOperand().Replace(text, "{\n\t.reg .b32 %q;\n\tcvt.rna.tf32.f32\t%q, $2;\n\tmov.b32\t$1, %q;\n\t}");
        text = Tile().Replace(text, m => Mma([.. m.Groups[1].Value.Split(',').Select(register => register.Trim())]));
        return Select().Replace(text, m => $"{{\n\t.reg .pred %q;\n\tsetp.{m.Groups[1].Value}.f32\t%q, {m.Groups[3].Value}, {m.Groups[4].Value};\n\tselp.f32\t{m.Groups[2].Value}, {m.Groups[5].Value}, {m.Groups[6].Value}, %q;\n\t}}");
    }

    /// <summary>A module of kernels, for the oldest GPU that has their instructions.</summary>
    public static string Module(IEnumerable<string> kernels)
    {
        var text = string.Join("\n", kernels);
        return $"{(text.Contains(".tf32", StringComparison.Ordinal) ? ".version 7.0\n.target sm_80" : ".version 6.3\n.target sm_70")}\n.address_size 64\n\n{text}";
    }

    private static string Mma(string[] registers)
    {
        static string List(IEnumerable<string> registers) => $"{{{string.Join(", ", registers)}}}";
        string[] operands = [.. Enumerable.Range(0, 6).Select(i => $"%q{i}")];
        var moves = string.Concat(operands.Select((operand, i) => $"\tmov.b32\t{operand}, {registers[4 + i]};\n"));
        return $"{{\n\t.reg .b32 %q<6>;\n{moves}\tmma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32\t{List(registers[..4])}, {List(operands[..4])}, {List(operands[4..])}, {List(registers[10..])};\n\t}}";
    }

    [GeneratedRegex(@"^(\.visible )?\.func .*?^[;}]\n+", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Function();

    [GeneratedRegex(@"^\s*(@!?%\w+\s+)?call\b", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex(@"\b(ld|st)\.([fbsu]\d+)\b")]
    private static partial Regex AnyMemory();

    [GeneratedRegex(@"\b(mul|add|sub)\.(f32|f64)\b")]
    private static partial Regex Rounding();

    [GeneratedRegex(@"kiln\.tf32\s+([^,;]+),\s*([^,;]+);")]
    private static partial Regex RoundedOperand();

    [GeneratedRegex(@"kiln\.mma\s+([^;]+);")]
    private static partial Regex Tile();

    [GeneratedRegex(@"kiln\.(gt|eq)\s+([^,;]+),\s*([^,;]+),\s*([^,;]+),\s*([^,;]+),\s*([^,;]+);")]
    private static partial Regex Select();
}
