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
        EmitStates(code, compiled);
        EmitPlans(code, compiled);
        code.Close();
    }

    private static void EmitStates(CodeWriter code, CompiledNetwork compiled)
    {
        if (compiled.Network.States.Count + compiled.Network.SequenceStates.Count == 0) return;
        code.Line();
        code.Line("public static readonly global::Kiln.Training.StateInfo[] States =");
        code.Line("[");
        foreach (var state in compiled.Network.States)
            code.Indented($"new({Identifiers.Literal(state.Name)}, [{string.Join(", ", state.Shape)}], {((float)state.Initial).ToString("R", System.Globalization.CultureInfo.InvariantCulture)}f),");
        foreach (var state in compiled.Network.SequenceStates)
            code.Indented($"new({Identifiers.Literal(state.Name)}, [{string.Join(", ", state.Shape)}], 0f) {{ IsSequence = true }},");
        code.Line("];");
    }

    private static void EmitPlans(CodeWriter code, CompiledNetwork compiled)
    {
        foreach (var program in compiled.Programs.Where(NeedsPlan))
        {
            code.Line();
            code.Line($"public static readonly global::Kiln.Training.ProgramPlan {PlanOf(program)} = new({Calls.Number(program.FixedFloats)}, {Calls.Number(program.FloatsPerRow)},");
            code.Indented($"[{string.Join(", ", program.Pools.Select(p => $"new([{string.Join(", ", p.Axes.Select(a => $"({a.Axis}, {a.Stride}, {a.Fixed})"))}], {Calls.Number(p.FloatsPerRow)})"))}],");
            code.Indented($"[{string.Join(", ", program.States.Select(s => $"({s.State}, {Calls.Number(s.Offset)})"))}]){Sequences(program)};");
        }
    }

    private static string Sequences(CompiledProgram program) => program.Sequences.Count == 0 ? ""
        : $" {{ Sequences = [{string.Join(", ", program.Sequences.Select(s => $"({s.State}, {s.Pool}, {Calls.Number(s.Offset)}, {Calls.Number(s.Lengths)})"))}] }}";

    /// <summary>Its memory depends on steps, or it assigns states.</summary>
    public static bool NeedsPlan(CompiledProgram program) => program.Pools.Count > 0 || program.AssignsStates;

    /// <summary>The field with the plan of an entry point.</summary>
    public static string PlanOf(CompiledProgram program) => program.EntryPoint.TrimStart('@') + "Plan";

    /// <summary>What sessions are made with beyond the sizes: plans, steps to take memory for, states.</summary>
    /// <param name="time">The number of those steps.</param>
    public static string More(ApiModel model, IEnumerable<CompiledProgram> programs, string time)
    {
        if (!model.HasTime && !model.HasStates && !programs.Any(NeedsPlan)) return "";
        var plans = string.Join(", ", programs.Where(NeedsPlan).Select(p => $"{MemberNames.Layout}.{PlanOf(p)}"));
        return $", [{plans}], {(model.HasTime ? time : "0")}{(model.HasStates ? $", {MemberNames.Layout}.States" : "")}";
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
