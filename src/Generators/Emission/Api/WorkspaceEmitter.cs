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
        code.Open("internal Workspace(global::Kiln.Training.NetworkCore core, int batch, int threads, ulong seed)");
        code.Line($"{MemberNames.Session} = new global::Kiln.Training.Session(core, batch, threads, seed, {Sizes(model.Predicts.SelectMany(p => p.Variants).Select(v => v.Main))});");
        code.Close();
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
        Calls.Check(code, program, outputs: true);
        Calls.Pin(code, program.Inputs.Concat(program.Outputs));
        code.Open($"using (var {program.Call} = this.{MemberNames.Session}.Enter({model.ProgramNumber(program)}, {program.Rows}))");
        Calls.Bind(code, program, outputs: true);
        Calls.PerVariant(code, program, v => $"{program.Call}.Run(&{model.Kernels}.{v.Main.EntryPoint});");
        code.Close();
        code.Close();
    }

    private static void Document(CodeWriter code, ApiProgram program)
    {
        code.Summary(program.Documentation.Length > 0 ? program.Documentation : $"The program {program.PlainName}. Any number of rows; nothing is allocated.");
        Calls.DocumentArguments(code, program, outputs: true);
        code.Throws("global::System.ArgumentException", "A span has the wrong length, or a label is out of range: the message names it.");
        code.Throws("global::System.ObjectDisposedException", "The network or the workspace was disposed of.");
    }
}
