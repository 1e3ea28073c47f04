using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Emission.Api;

/// <summary>Tables of the network, in a nested class: static fields in the user's class would run the user's initialisers.</summary>
internal static class LayoutEmitter
{
    public static void Emit(CodeWriter code, ApiModel model)
    {
        var compiled = model.Compiled;
        code.Open($"private static class {MemberNames.Layout}");
        code.Line("public static readonly global::Kiln.Kernels.ParameterInfo[] Parameters =");
        code.Line("[");
        foreach (var stored in compiled.Parameters) code.Indented(Parameter(stored) + ",");
        code.Line("];");
        code.Line();
        code.Line("// For each Learn program, the parameters it trains.");
        code.Line("public static readonly int[][] Trained =");
        code.Line("[");
        foreach (var program in model.Learns) code.Indented($"[{string.Join(", ", Trained(compiled, program.First.Program))}],");
        code.Line("];");
        code.Close();
    }

    private static string Parameter(StoredParameter stored)
    {
        var p = stored.Parameter;
        return "new(" + string.Join(", ",
            Identifiers.Literal(p.Name), Identifiers.Literal(p.Owner), $"[{string.Join(", ", ApiModel.CheckpointShape(stored))}]",
            "global::Kiln.Kernels.ParameterStorage." + stored.Storage, Calls.Number(stored.Offset), Calls.Number(stored.Floats),
            "global::Kiln.Initializer." + p.Initializer, p.Scale.ToString("R", System.Globalization.CultureInfo.InvariantCulture), Calls.Number(p.FanIn), Calls.Number(p.FanOut), p.Trainable ? "true" : "false") + ")";
    }

    private static IEnumerable<int> Trained(CompiledNetwork compiled, Program program)
    {
        var names = new HashSet<string>(program.Trained);
        for (var i = 0; i < compiled.Parameters.Count; i++)
            if (compiled.Parameters[i].Parameter is { Trainable: true } parameter && names.Contains(parameter.Name)) yield return i;
    }
}
