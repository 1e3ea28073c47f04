using System.Text.RegularExpressions;

namespace Kiln.Gpu.Compiler;

/// <summary>ILGPU numbers the names in its texts through all that it compiles, in the order in which threads come. Numbered anew, the same kernel is always the same text.</summary>
internal static partial class Names
{
    /// <param name="text">A kernel in PTX or OpenCL C.</param>
    /// <param name="kernel">Its name, which stays.</param>
    public static string Renumber(string text, string kernel)
    {
        var numbers = new Dictionary<string, int>();
        return Numbered().Replace(text, match => match.Value == kernel ? kernel : match.Groups[1].Value + Number(match.Groups[2].Value));

        int Number(string old)
        {
            if (!numbers.TryGetValue(old, out var number)) numbers.Add(old, number = numbers.Count);
            return number;
        }
    }

    /// <summary>Types, labels, shared memory, parameters of PTX, and functions that are called.</summary>
    [GeneratedRegex(@"(?<![\w.%$])((?:k\d+_)?type_|L_|retval_|shared_var_(?:len_)?|__shared_alloca_?|_\w+?_|[A-Z]\w*?_)(\d+)(?=\b|_)")]
    private static partial Regex Numbered();
}
