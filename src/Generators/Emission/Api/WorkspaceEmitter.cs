using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Emission.Api;

/// <summary>The nested Workspace, whose methods are the [Predict] programs, and the same methods on the class itself.</summary>
internal static class WorkspaceEmitter
{
    /// <summary>On the class: what its own workspace does.</summary>
    public static void EmitForwarders(CodeWriter code, ApiModel model)
    {
        foreach (var program in model.Predicts)
        {
            code.Line();
            Document(code, program);
            code.Line(model.Generated);
            code.Line($"public void {program.Name}({program.Parameters(outputs: true)}) => this.{MemberNames.OwnWorkspace}.{program.Name}({program.Arguments(outputs: true)});");
        }
        if (model.Accuracy is not { } accuracy) return;
        code.Line();
        AccuracyEmitter.Emit(code, model, accuracy, MemberNames.OwnWorkspace);
    }

    public static void Emit(CodeWriter code, ApiModel model)
    {
        code.Summary($"Memory and threads to run the programs of {model.Class.Name} with. One workspace serves one call at a time; any number of them share the network's weights.");
        code.Line(model.Generated);
        code.Open("public sealed class Workspace : global::System.IDisposable");
        code.Line($"private readonly global::Kiln.Training.Session {MemberNames.Session};");
        code.Line();
        code.Open($"internal Workspace(global::Kiln.Training.NetworkCore core, int batch, int threads, ulong seed{model.IfTime("int time")})");
        var programs = model.Predicts.SelectMany(p => p.Variants).Select(v => v.Main).ToArray();
        code.Line($"{MemberNames.Session} = new global::Kiln.Training.Session(core, batch, threads, seed, {Sizes(programs)}{LayoutEmitter.More(model, programs, "time")});");
        code.Close();
        if (model.HasStates)
        {
            code.Line();
            code.Summary("What one call leaves for the next.");
            code.Line($"public {StatesEmitter.Root} States => new {StatesEmitter.Root}({MemberNames.Session}.States);");
        }
        foreach (var program in model.Predicts)
        {
            code.Line();
            EmitProgram(code, model, program);
        }
        if (model.Accuracy is { } accuracy)
        {
            code.Line();
            AccuracyEmitter.Emit(code, model, accuracy, null);
        }
        code.Line();
        code.Line("/// <inheritdoc/>");
        code.Line($"public void Dispose() => {MemberNames.Session}.Dispose();");
        code.Close();
    }

    /// <summary>Arena sizes of programs: fixed floats, floats per row, whether a row can be alone.</summary>
    public static string Sizes(IEnumerable<CompiledProgram> programs) =>
        "[" + string.Join(", ", programs.Select(p => $"({Calls.Number(p.FixedFloats)}, {Calls.Number(p.FloatsPerRow)}, {(p.RowsApart ? "true" : "false")})")) + "]";

    private static void EmitProgram(CodeWriter code, ApiModel model, ApiProgram program)
    {
        Document(code, program);
        code.Open($"public unsafe void {program.Name}({program.Parameters(outputs: true)})");
        Calls.Check(code, model, program, MemberNames.Session, outputs: true);
        if (program.UsesStates) code.Line($"global::Kiln.Training.Guard.States({Identifiers.Literal(program.PlainName)}, {program.Rows}, this.{MemberNames.Session}.Batch);");
        Calls.Pin(code, program.Inputs.Concat(program.Outputs));
        Calls.PinLengths(code, program);
        code.Open($"using (var {program.Call} = this.{MemberNames.Session}.Enter({model.ProgramNumber(program)}, {program.Rows}))");
        Calls.Bind(code, model, program, outputs: true);
        Calls.PerVariant(code, program, v => $"{Calls.Prepared(program, v.Main)}.Run(&{model.Kernels}.{v.Main.EntryPoint});"
            + (v.Main.AssignsStates ? $"\n{program.Call}.Assign({MemberNames.Layout}.{LayoutEmitter.PlanOf(v.Main)});" : ""));
        Calls.ClearDeadSteps(code, model, program, MemberNames.Session);
        code.Close();
        code.Close();
    }

    private static void Document(CodeWriter code, ApiProgram program)
    {
        code.Summary(program.Documentation.Length > 0 ? program.Documentation : $"The program {program.PlainName}. {(program.UsesStates ? "At most the batch's rows, each with states of its own" : "Any number of rows")}; nothing is allocated{(program.Axes.Length + program.StateAxes.Length > 0 ? " for no more steps than in a call before" : "")}.");
        Calls.DocumentArguments(code, program, outputs: true);
        code.Throws("global::System.ArgumentException", $"A span has the wrong length, {(program.UsesStates ? "there are more rows than the batch, " : "")}or {(program.Axes.Length > 0 ? "a token, a label or a length" : "a label")} is out of range: the message names it.");
        DocumentStates(code, program);
        code.Throws("global::System.ObjectDisposedException", "The network or the workspace was disposed of.");
    }

    /// <summary>What a call does that comes before a sequence state has steps.</summary>
    public static void DocumentStates(CodeWriter code, ApiProgram program)
    {
        if (program.StateAxes.Length > 0)
            code.Throws("global::System.InvalidOperationException", $"A row of {string.Join(" or ", program.StateAxes.Select(a => $"the state {a.State}"))} has no steps yet.");
    }
}
