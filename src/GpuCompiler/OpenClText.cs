using System.Text.RegularExpressions;

namespace Kiln.Gpu.Compiler;

/// <summary>What must be changed in ILGPU's OpenCL C so that it compiles for OpenCL 1.2 and computes what the CPU does.</summary>
internal static partial class OpenClText
{
    public const string SelectGreater = "kiln_gt", SelectEqual = "kiln_eq", MultiplyHigh = "kiln_mul_hi", RoundTensorFloat32 = "kiln_tf32", Add = "kiln_add", Subtract = "kiln_sub", Multiply = "kiln_mul", Divide = "kiln_div";

    /// <summary>The head of a program: no product is joined with a sum, but where a kernel says fma. Whole numbers have a sign only where an operation says so.</summary>
    public const string Head = """
        #pragma OPENCL FP_CONTRACT OFF
        #define kiln_add(a, b) ((a) + (b))
        #define kiln_sub(a, b) ((a) - (b))
        #define kiln_mul(a, b) ((a) * (b))
        #define kiln_div(a, b) ((a) / (b))
        #define kiln_gt(a, b, then, otherwise) ((a) > (b) ? (then) : (otherwise))
        #define kiln_eq(a, b, then, otherwise) ((a) == (b) ? (then) : (otherwise))
        #define kiln_mul_hi(a, b) mul_hi((uint)(a), (uint)(b))
        #define kiln_tf32(a) as_float((as_uint(a) & 0x7f800000u) == 0x7f800000u ? as_uint(a) : (as_uint(a) + 0x1000u) & 0xffffe000u)

        """;

    /// <summary>A kernel with names of its own for its types.</summary>
    /// <param name="number">The kernel's number in its program.</param>
    public static string Of(string text, int number)
    {
        text = Extension().Replace(text, "");
        text = text.Replace("__generic ", "global ").Replace("work_group_barrier ( CLK_GLOBAL_MEM_FENCE )", "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)");
        text = TypeName().Replace(text, $"k{number}_$0");
        // Arithmetic of pointers comes out as that of whole numbers.
        foreach (var name in LongName().Matches(text).Select(m => m.Groups[1].Value).ToArray())
            text = Regex.Replace(text, $@"(?<=[\s=])\*\s+{name}\b", $"*(global float*){name}");
        return text.TrimStart('\n');
    }

    [GeneratedRegex(@"^#pragma OPENCL EXTENSION .*\n", RegexOptions.Multiline)]
    private static partial Regex Extension();

    [GeneratedRegex(@"\btype_\d+")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^\tlong (var\d+);", RegexOptions.Multiline)]
    private static partial Regex LongName();
}
