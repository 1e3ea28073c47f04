using Kiln.Generators.Graph;

namespace Kiln.Generators.Emission.Api;

/// <summary>The nested Training, whose methods are the [Learn] programs, and the Train methods that make it.</summary>
internal static class TrainingEmitter
{
    private const string Optimizer = "global::Kiln.Optimizer";

    public static void EmitTrain(CodeWriter code, ApiModel model)
    {
        var names = model.OptimizerNames;
        var optimizers = names.OfType<string>().ToArray();
        var create = $"new Training(this, batch, threads, seed ?? {MemberNames.Core}.Seed";
        code.Line();
        code.Summary(optimizers.Length > 1 ? "Starts a training in which one optimizer serves all programs." : "Starts a training.");
        if (optimizers.Length > 0) code.Parameter("optimizer", "How gradients move the parameters.");
        DocumentSizes(code);
        if (optimizers.Length > 0) code.Throws("global::System.ArgumentNullException", "There is no optimizer.");
        DocumentFailures(code);
        code.Line(model.Generated);
        code.Open($"public Training Train({(optimizers.Length > 0 ? Optimizer + " optimizer, " : "")}int batch = 32, int threads = 0, ulong? seed = null)");
        if (optimizers.Length > 0) code.Line("global::System.ArgumentNullException.ThrowIfNull(optimizer);");
        code.Line($"return {create}{string.Concat(optimizers.Select(_ => ", optimizer"))});");
        code.Close();
        if (optimizers.Length < 2) return;
        code.Line();
        code.Summary("Starts a training in which each program has an optimizer of its own, or shares one instance with others.");
        DocumentSizes(code, batchOnly: true);
        foreach (var (program, name) in model.Learns.Zip(names, (p, n) => (p, n)))
            if (name is not null) code.Parameter(name, $"Moves what {program.PlainName} trains; null if it is not to: its loss and gradients can be had all the same.");
        DocumentSizes(code, batchOnly: false);
        DocumentFailures(code);
        code.Line(model.Generated);
        code.Line($"public Training Train(int batch, {string.Join(", ", optimizers.Select(n => $"{Optimizer}? {n} = null"))}, int threads = 0, ulong? seed = null) =>");
        code.Indented($"{create}{string.Concat(optimizers.Select(n => ", " + n))});");
    }

    public static void Emit(CodeWriter code, ApiModel model)
    {
        var names = model.OptimizerNames;
        code.Summary($"A training of {model.Class.Name}: gradients, the optimizers' state, memory for one batch. It serves one call at a time.");
        code.Line(model.Generated);
        code.Open("public sealed class Training : global::System.IDisposable");
        code.Line($"private readonly {model.Class.EscapedName} {MemberNames.Network};");
        code.Line($"private readonly global::Kiln.Training.TrainingSession {MemberNames.Session};");
        if (model.Accuracy is not null) code.Line($"private Workspace? {MemberNames.EvaluationField};");
        code.Line();
        code.Open($"internal unsafe Training({model.Class.EscapedName} network, int batch, int threads, ulong seed{string.Concat(names.OfType<string>().Select(n => $", {Optimizer}? {n}"))})");
        code.Line($"{MemberNames.Network} = network;");
        code.Line($"{MemberNames.Session} = new global::Kiln.Training.TrainingSession(network.{MemberNames.Core}, batch, threads, seed, {WorkspaceEmitter.Sizes(model.Learns.SelectMany(p => p.Variants).SelectMany(v => new[] { v.Main, v.LossOnly, v.Curvature }.OfType<Kernels.CompiledProgram>()))},");
        code.Line("[");
        for (var i = 0; i < names.Count; i++)
            code.Indented($"new global::Kiln.Training.LearnProgram({Identifiers.Literal(model.Learns[i].PlainName)}, {names[i] ?? "null"}, {MemberNames.Layout}.Trained[{i}], HasLoss: {(model.Learns[i].HasLoss ? "true" : "false")}, Updates: {(model.Learns[i].Updates ? "true" : "false")}){Properties(model.Learns[i])},");
        code.Line("]);");
        code.Close();
        foreach (var program in model.Learns)
        {
            code.Line();
            EmitProgram(code, model, program);
        }
        if (model.Accuracy is { } accuracy)
        {
            code.Line();
            AccuracyEmitter.Emit(code, model, accuracy, MemberNames.Evaluation + "()", takesTurn: true);
        }
        FitEmitter.Emit(code, model);
        EmitMembers(code, model);
        code.Close();
    }

    /// <summary>What it moves among its inputs, shape by shape; whether it has a Jacobian or a Hessian.</summary>
    private static string Properties(ApiProgram program)
    {
        var arguments =
            from input in program.Optimized
            from variant in Enumerable.Range(0, program.Variants.Length)
            select $"new global::Kiln.Training.OptimizedArgument({variant}, {program.Inputs.IndexOf(input)}, {input.Label}, {input.Lengths[variant]})";
        var list = string.Join(", ", arguments);
        var properties = new List<string>();
        if (list.Length > 0) properties.Add($"Optimized = [{list}]");
        if (program.Variants[0].Curvature is { Program.Residuals: var residuals }) properties.Add($"Curvature = global::Kiln.Training.Curvature.{(residuals > 0 ? "Jacobian" : "Hessian")}");
        return properties.Count == 0 ? "" : $" {{ {string.Join(", ", properties)} }}";
    }

    /// <summary>The entry point of a Jacobian or a Hessian as further arguments.</summary>
    private static string Curvature(ApiModel model, ApiVariant variant) =>
        variant.Curvature is { } curvature ? $", &{model.Kernels}.{curvature.EntryPoint}, {Calls.Number(curvature.Program.Residuals)}" : "";

    private static void EmitProgram(CodeWriter code, ApiModel model, ApiProgram program)
    {
        var plain = program.PlainName;
        var result = program.Results.Length > 0 ? (program.Results.Length == 1 ? $"float {program.Loss} = " : $"var {program.Loss} = ") : "";
        var optimized = program.Optimized.ToArray();

        code.Summary(program.Documentation.Length > 0 ? program.Documentation : "One step: loss, gradients, update. Nothing is allocated after the first.");
        Document(code, program, update: true);
        code.Open($"public {program.ResultType} {program.Name}({program.Parameters(outputs: false)})");
        code.Line($"{result}this.{MemberNames.Run(plain)}(true{Comma(program.Arguments(outputs: false))});");
        code.Line($"this.{MemberNames.Apply(plain)}({string.Join(", ", optimized.Select(o => o.Name))});");
        if (program.Results.Length > 0) code.Line($"return {program.Loss};");
        code.Close();

        if (program.Updates) EmitGradients(code, model, program);

        if (program.HasLossOnly && program.Results.Length > 0)
        {
            code.Line();
            code.Summary($"What {plain} would return, without gradients: nothing is changed. It draws the random numbers that the next step will draw. Of more rows than the batch it is the mean over parts of that many, weighted by their rows.");
            Document(code, program, update: false, anyRows: true);
            code.Line($"public {program.ResultType} {MemberNames.Loss(plain)}({program.Parameters(outputs: false)}) => this.{MemberNames.Run(plain)}(false{Comma(program.Arguments(outputs: false))});");
        }

        code.Line();
        EmitApply(code, model, program, optimized);
        code.Line();
        EmitRun(code, model, program);
    }

    private static void EmitGradients(CodeWriter code, ApiModel model, ApiProgram program)
    {
        var plain = program.PlainName;
        code.Line();
        code.Summary($"Loss and gradients of {plain} without an update; Apply{plain} makes it.");
        Document(code, program, update: false);
        code.Line($"public {program.ResultType} {MemberNames.Gradients(plain)}({program.Parameters(outputs: false)}) => this.{MemberNames.Run(plain)}(true{Comma(program.Arguments(outputs: false))});");
    }

    private static void EmitApply(CodeWriter code, ApiModel model, ApiProgram program, ApiSpan[] optimized)
    {
        var number = model.ProgramNumber(program);
        var plain = program.PlainName;
        var modifiers = program.Updates ? "public unsafe" : "private unsafe";
        if (program.Updates) DocumentApply(code, program, optimized);
        code.Open($"{modifiers} void {MemberNames.Apply(plain)}({string.Join(", ", optimized.Select(o => $"global::System.Span<float> {o.Name}"))})");
        Calls.Pin(code, optimized);
        code.Open($"using (var {program.Call} = this.{MemberNames.Session}.EnterApply({number}))");
        foreach (var input in optimized)
        {
            var index = program.Inputs.IndexOf(input);
            Calls.PerVariant(code, program, v =>
            {
                var place = v.Main.InputGradients.First(g => g.Input == index);
                return $"{program.Call}.Move({index}, {input.Label}, {input.Pointer}, {input.Name}.Length, {input.Lengths[program.Variants.IndexOf(v)]}, {Calls.Number(place.Fixed)}, {Calls.Number(place.PerRow)});";
            }, program.Call + ".Variant");
        }
        for (var i = 0; i < program.First.Assigned.Count; i++)
            Calls.PerVariant(code, program, v => $"{program.Call}.Assign({Calls.Number(v.Main.Assigned[i].Parameter)}, {Calls.Number(v.Main.Assigned[i].Offset)});", program.Call + ".Variant");
        if (program.Updates) code.Line($"{program.Call}.Update();");
        code.Line($"{program.Call}.Done();");
        code.Close();
        code.Close();
    }

    private static void EmitRun(CodeWriter code, ApiModel model, ApiProgram program)
    {
        code.Open($"private unsafe {program.ResultType} {MemberNames.Run(program.PlainName)}(bool {program.Gradients}{Comma(program.Parameters(outputs: false))})");
        Calls.Check(code, program, outputs: false);
        Calls.Pin(code, program.Inputs);
        code.Open($"using (var {program.Call} = this.{MemberNames.Session}.Enter({model.ProgramNumber(program)}, {program.Rows}, {program.Gradients}{(program.Variants.Length > 1 ? ", " + program.Variant : "")}))");
        Calls.Bind(code, program, outputs: false);
        if (program.HasLossOnly) code.Open($"if ({program.Gradients})");
        Calls.PerVariant(code, program, v => $"{program.Call}.Gradients(&{model.Kernels}.{v.Main.EntryPoint}{Curvature(model, v)});");
        if (program.HasLossOnly)
        {
            code.Close();
            code.Open("else");
            Calls.PerVariant(code, program, v => $"{program.Call}.Loss(&{model.Kernels}.{v.LossOnly!.EntryPoint});");
            code.Close();
        }
        if (program.Results.Length == 1) code.Line($"return {program.Call}.Scalar({program.Results[0].Scalar});");
        if (program.Results.Length > 1) code.Line($"return ({string.Join(", ", program.Results.Select(r => $"{program.Call}.Scalar({r.Scalar})"))});");
        code.Close();
        code.Close();
    }

    private static void EmitMembers(CodeWriter code, ApiModel model)
    {
        code.Line();
        code.Summary("Gradients of the program that ran last, named and shaped as the parameters.");
        code.Line($"public ParameterViews Gradients => new ParameterViews({MemberNames.Session}.Gradients);");
        code.Line();
        code.Summary("Updates made so far, by all programs together.");
        code.Line($"public long Step => {MemberNames.Session}.Step;");
        code.Line();
        code.Summary("Epochs that Fit has completed.");
        code.Line($"public int Epoch => (int){MemberNames.Session}.Epoch;");
        code.Line();
        code.Summary("The most rows a call can take.");
        code.Line($"public int Batch => {MemberNames.Session}.Batch;");
        code.Line();
        code.Summary("The learning rate of the (first) optimizer; setting it sets that of all.");
        code.Line($"public double LearningRate {{ get => {MemberNames.Session}.LearningRate; set => {MemberNames.Session}.LearningRate = value; }}");
        code.Line();
        code.Line("/// <inheritdoc cref=\"global::Kiln.Training.TrainingSession.Save\"/>");
        code.Line($"public void Save(string path) => {MemberNames.Session}.Save(path);");
        code.Line();
        code.Line("/// <inheritdoc cref=\"global::Kiln.Training.TrainingSession.Load\"/>");
        code.Line($"public void Load(string path) => {MemberNames.Session}.Load(path);");
        code.Line();
        code.Line("/// <inheritdoc/>");
        code.Open("public void Dispose()");
        if (model.Accuracy is not null) code.Line($"{MemberNames.EvaluationField}?.Dispose();");
        code.Line($"{MemberNames.Session}.Dispose();");
        code.Close();
        if (model.Accuracy is null) return;
        code.Line();
        code.Line($"private Workspace {MemberNames.Evaluation}() => {MemberNames.EvaluationField} ??= {MemberNames.Network}.CreateWorkspace({MemberNames.Session}.Batch, {MemberNames.Session}.Threads);");
    }

    private static void Document(CodeWriter code, ApiProgram program, bool update, bool anyRows = false)
    {
        Calls.DocumentArguments(code, program, outputs: false);
        if (program.HasLoss) code.Returns(program.Results.Length == 1 ? "The mean loss over the rows." : "The mean loss over the rows and what the program monitors.");
        code.Throws("global::System.ArgumentException", $"A span has the wrong length, {(anyRows ? "" : "there are more rows than the batch, ")}or a label is out of range: the message names it.");
        if (!anyRows) code.Throws("global::System.InvalidOperationException", "A call on another thread or a Fit of this training is under way.");
        code.Throws("global::System.ObjectDisposedException", "The network or the training was disposed of.");
        if (update && program.HasLoss) code.Throws("global::Kiln.NonFiniteLossException", "The loss is not a finite number; nothing was changed.");
        if (update && program.Updates) code.Throws("global::Kiln.NonFiniteGradientException", "A gradient is not a finite number; nothing was changed.");
        if (update) DocumentAssigned(code, program);
    }

    private static void DocumentApply(CodeWriter code, ApiProgram program, ApiSpan[] optimized)
    {
        var plain = program.PlainName;
        code.Summary($"Updates what {plain} trains by the gradients that {plain}Gradients left.");
        foreach (var input in optimized) code.Parameter(input.Name, "The values whose gradients these are; the call moves them.");
        code.Throws("global::System.InvalidOperationException", $"{plain}Gradients was not called right before, or the training has no optimizer for it.");
        code.Throws("global::Kiln.NonFiniteGradientException", "A gradient is not a finite number; nothing was changed.");
        DocumentAssigned(code, program);
    }

    private static void DocumentAssigned(CodeWriter code, ApiProgram program)
    {
        if (program.First.Assigned.Count > 0) code.Throws("global::Kiln.NonFiniteAssignmentException", "A value to assign is not finite; nothing was changed.");
    }

    private static void DocumentSizes(CodeWriter code, bool? batchOnly = null)
    {
        if (batchOnly != false) code.Parameter("batch", "The most rows a step takes, at least 1.");
        if (batchOnly == true) return;
        code.Parameter("threads", "Threads that share a step; 0 for one per processor. Results do not depend on it.");
        code.Parameter("seed", "Chooses random draws and the order of samples; null for the network's own seed.");
    }

    private static void DocumentFailures(CodeWriter code)
    {
        code.Throws("global::System.ArgumentOutOfRangeException", "Batch or threads are out of range.");
        code.Throws("global::System.ObjectDisposedException", "The network was disposed of.");
    }

    private static string Comma(string arguments) => arguments.Length == 0 ? "" : ", " + arguments;
}
