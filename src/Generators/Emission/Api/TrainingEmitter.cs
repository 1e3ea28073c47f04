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
        var create = $"new Training(this, batch, threads, seed?.Value ?? {MemberNames.Core}.Seed{model.IfTime("time")}";
        var time = model.IfTime("int time = 0");
        code.Line();
        code.Summary(optimizers.Length > 1 ? "Starts a training in which one optimizer serves all programs." : "Starts a training.");
        if (optimizers.Length > 0) code.Parameter("optimizer", "How gradients move the parameters.");
        DocumentSizes(code, model);
        if (optimizers.Length > 0) code.Throws("global::System.ArgumentNullException", "There is no optimizer.");
        DocumentFailures(code, model, optimizers.Length > 0);
        code.Line(model.Generated);
        code.Open($"public Training Train({(optimizers.Length > 0 ? Optimizer + " optimizer, " : "")}int batch = 32, int threads = 0, global::Kiln.Seed? seed = null{time})");
        if (optimizers.Length > 0) code.Line("global::System.ArgumentNullException.ThrowIfNull(optimizer);");
        code.Line($"return {create}{string.Concat(optimizers.Select(_ => ", optimizer"))});");
        code.Close();
        if (optimizers.Length < 2) return;
        code.Line();
        code.Summary("Starts a training in which each program has an optimizer of its own, or shares one instance with others.");
        DocumentSizes(code, model, batchOnly: true);
        foreach (var (program, name) in model.Learns.Zip(names, (p, n) => (p, n)))
            if (name is not null) code.Parameter(name, $"Moves what {program.PlainName} trains; null if it is not to: its loss and gradients can be had all the same.");
        DocumentSizes(code, model, batchOnly: false);
        DocumentFailures(code, model, hasOptimizers: true);
        code.Line(model.Generated);
        code.Line($"public Training Train(int batch, {string.Join(", ", optimizers.Select(n => $"{Optimizer}? {n} = null"))}, int threads = 0, global::Kiln.Seed? seed = null{time}) =>");
        code.Indented($"{create}{string.Concat(optimizers.Select(n => ", " + n))});");
    }

    public static void Emit(CodeWriter code, ApiModel model)
    {
        var names = model.OptimizerNames;
        code.Summary($"A training of {model.Class.Name}: gradients, the optimizers' state, memory for one batch. It serves one call at a time.");
        code.Line(model.Generated);
        code.Open("public sealed class Training : global::Kiln.NetworkTraining");
        code.Line($"private readonly {model.Class.EscapedName} {MemberNames.Network};");
        if (model.Accuracy is not null) code.Line($"private Workspace? {MemberNames.EvaluationField};");
        code.Line();
        code.Line($"internal unsafe Training({model.Class.EscapedName} network, int batch, int threads, ulong seed{model.IfTime("int time")}{string.Concat(names.OfType<string>().Select(n => $", {Optimizer}? {n}"))})");
        code.Indented($": base(new global::Kiln.Training.TrainingSession(network.{MemberNames.Core}, batch, threads, seed, {WorkspaceEmitter.Sizes(model.Learns.SelectMany(p => p.Variants).SelectMany(v => v.All))},");
        code.Indented("[");
        for (var i = 0; i < names.Count; i++)
            code.Indented($"    new global::Kiln.Training.LearnProgram({Identifiers.Literal(model.Learns[i].PlainName)}, {names[i] ?? "null"}, {MemberNames.Layout}.Trained[{i}], HasLoss: {(model.Learns[i].HasLoss ? "true" : "false")}, Updates: {(model.Learns[i].Updates ? "true" : "false")}){Properties(model.Learns[i])},");
        code.Indented($"]{LayoutEmitter.More(model, model.Learns.SelectMany(p => p.Variants).SelectMany(v => v.All), "time")})) => {MemberNames.Network} = network;");
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

    /// <summary>What it moves among its inputs, shape by shape; what it monitors and of which layers; whether it has a Jacobian or a Hessian.</summary>
    private static string Properties(ApiProgram program)
    {
        var arguments =
            from input in program.Optimized
            from variant in Enumerable.Range(0, program.Variants.Length)
            select $"new global::Kiln.Training.OptimizedArgument({variant}, {program.Inputs.IndexOf(input)}, {input.Label}, {input.Lengths[variant]})";
        var monitored = program.Monitored.Select(Identifiers.Literal);
        var activations = program.Activations.Select(Identifiers.Literal);
        var curvature = program.Variants[0].Curvature is { Program.Residuals: var residuals } ? "global::Kiln.Training.Curvature." + (residuals > 0 ? "Jacobian" : "Hessian") : "";
        var properties = new[] { ("Optimized", List(arguments)), ("Monitored", List(monitored)), ("Activations", List(activations)), ("Curvature", curvature) }.Where(p => p.Item2.Length > 0).Select(p => $"{p.Item1} = {p.Item2}").ToArray();
        return properties.Length == 0 ? "" : $" {{ {string.Join(", ", properties)} }}";

        static string List(IEnumerable<string> items) => string.Join(", ", items) is { Length: > 0 } list ? $"[{list}]" : "";
    }

    /// <summary>The entry point of a Jacobian or a Hessian as further arguments.</summary>
    private static string Curvature(ApiModel model, ApiVariant variant) =>
        variant.Curvature is { } curvature ? $", &{model.Kernels}.{curvature.EntryPoint}, {Calls.Number(curvature.Program.Residuals)}" : "";

    private static void EmitProgram(CodeWriter code, ApiModel model, ApiProgram program)
    {
        var plain = program.PlainName;
        var result = program.Results.Length > 0 ? (program.Results.Length == 1 ? $"float {program.Loss} = " : $"var {program.Loss} = ") : "";
        var optimized = program.Optimized.ToArray();

        code.Summary(program.Documentation.Length > 0 ? program.Documentation : $"One step: loss, gradients, update{(program.First.AssignsStates ? ", states" : "")}. Nothing is allocated after the first{(program.Axes.Length + program.StateAxes.Length > 0 ? " of as many steps of time" : "")}.");
        Document(code, program, update: true);
        code.Open($"public {program.ResultType} {program.Name}({program.Parameters(outputs: false)})");
        code.Line($"{result}this.{MemberNames.Run(plain)}({Mode("Gradients")}{Comma(program.Arguments(outputs: false))});");
        code.Line($"this.{MemberNames.Apply(plain)}({string.Join(", ", optimized.Select(o => o.Name))});");
        if (program.Results.Length > 0) code.Line($"return {program.Loss};");
        code.Close();

        if (program.Updates) EmitGradients(code, model, program);

        if (program.HasLossOnly && program.Results.Length > 0)
        {
            code.Line();
            code.Summary($"What {plain} would return, without gradients: nothing is changed. It draws the random numbers that the next step will draw. {(program.UsesStates ? "It reads the states and leaves them as they are." : "Of more rows than the batch it is the mean over parts of that many, weighted by their rows.")}");
            Document(code, program, update: false, anyRows: true);
            code.Line($"public {program.ResultType} {MemberNames.Loss(plain)}({program.Parameters(outputs: false)}) => this.{MemberNames.Run(plain)}({Mode("Loss")}{Comma(program.Arguments(outputs: false))});");
            code.Line();
            code.Summary($"What {plain} returns for the network as it is used: {(program.HasInUse ? "without dropout, normalised by running statistics" : $"{plain} has nothing that learns otherwise, so the same as {MemberNames.Loss(plain)}")}. Of rows of validation or test data; {(program.UsesStates ? "it reads the states and leaves them as they are" : "any number of them")}.");
            Document(code, program, update: false, anyRows: true);
            code.Line($"public {program.ResultType} {MemberNames.Evaluate(plain)}({program.Parameters(outputs: false)}) => this.{MemberNames.Run(plain)}({Mode(program.HasInUse ? "InUse" : "Loss")}{Comma(program.Arguments(outputs: false))});");
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
        code.Line($"public {program.ResultType} {MemberNames.Gradients(plain)}({program.Parameters(outputs: false)}) => this.{MemberNames.Run(plain)}({Mode("Gradients")}{Comma(program.Arguments(outputs: false))});");
    }

    private static void EmitApply(CodeWriter code, ApiModel model, ApiProgram program, ApiSpan[] optimized)
    {
        var number = model.ProgramNumber(program);
        var plain = program.PlainName;
        var modifiers = program.Updates ? "public unsafe" : "private unsafe";
        if (program.Updates) DocumentApply(code, program, optimized);
        code.Open($"{modifiers} void {MemberNames.Apply(plain)}({string.Join(", ", optimized.Select(o => $"global::System.Span<float> {o.Name}"))})");
        Calls.Pin(code, optimized);
        code.Open($"using (var {program.Call} = this.{MemberNames.TrainingSession}.EnterApply({number}))");
        foreach (var input in optimized)
        {
            var index = program.Inputs.IndexOf(input);
            Calls.PerVariant(code, program, v =>
            {
                var place = v.Main.InputGradients.First(g => g.Input == index);
                return $"{program.Call}.Move({index}, {input.Label}, {input.Pointer}, {input.Name}.Length, {input.Lengths[program.Variants.IndexOf(v)]}, {Calls.Number(place.Fixed)}, {Calls.Number(place.PerRow)});";
            }, program.Call + ".Variant");
        }
        if (program.First.Assigned.Count > 0) Calls.PerVariant(code, program, v => $"{program.Call}.Assign([{Places(v.Main.Assigned)}]);", program.Call + ".Variant");
        if (program.First.AssignsStates) Calls.PerVariant(code, program, v => $"{program.Call}.Assign({MemberNames.Layout}.{LayoutEmitter.PlanOf(v.Main)});", program.Call + ".Variant");
        if (program.Updates) code.Line($"{program.Call}.Update();");
        code.Line($"{program.Call}.Done();");
        code.Close();
        code.Close();
    }

    /// <summary>Numbers of parameters and the places of their values, some on a line.</summary>
    private static string Places(IReadOnlyList<Kernels.AssignedPlace> assigned)
    {
        const int perLine = 8;
        var lines = assigned.Select((place, i) => (Text: $"{Calls.Number(place.Parameter)}, {Calls.Number(place.Offset)}", i)).GroupBy(p => p.i / perLine, p => p.Text).Select(line => string.Join(", ", line)).ToArray();
        return lines.Length == 1 ? lines[0] : "\n    " + string.Join(",\n    ", lines);
    }

    private static void EmitRun(CodeWriter code, ApiModel model, ApiProgram program)
    {
        code.Open($"private unsafe {program.ResultType} {MemberNames.Run(program.PlainName)}(global::Kiln.Training.LearnMode {program.Mode}{Comma(program.Parameters(outputs: false))})");
        Calls.Check(code, model, program, MemberNames.TrainingSession, outputs: false);
        if (program.UsesStates) code.Line($"global::Kiln.Training.Guard.States({Identifiers.Literal(program.PlainName)}, {program.Rows}, this.{MemberNames.TrainingSession}.Batch);");
        Calls.Pin(code, program.Inputs);
        Calls.PinLengths(code, program);
        code.Open($"using (var {program.Call} = this.{MemberNames.TrainingSession}.Enter({model.ProgramNumber(program)}, {program.Rows}, {program.Mode}{(program.Variants.Length > 1 ? ", " + program.Variant : "")}))");
        Calls.Bind(code, model, program, outputs: false);
        EmitEntry("Gradients", v => v.Main, program.HasLossOnly);
        if (program.HasLossOnly) EmitEntry("Loss", v => v.LossOnly!, program.HasInUse);
        if (program.HasInUse) EmitEntry("InUse", v => v.InUse!, isChoice: false);
        if (program.Results.Length == 1) code.Line($"return {program.Call}.Scalar({program.Results[0].Scalar});");
        if (program.Results.Length > 1) code.Line($"return ({string.Join(", ", program.Results.Select(r => $"{program.Call}.Scalar({r.Scalar})"))});");
        code.Close();
        code.Close();

        // The last needs no question.
        void EmitEntry(string mode, Func<ApiVariant, Kernels.CompiledProgram> entry, bool isChoice)
        {
            var condition = isChoice ? $"if ({program.Mode} == {Mode(mode)}) " : "";
            var otherwise = mode == "Gradients" ? "" : "else ";
            if (program.Variants.Length == 1)
            {
                code.Line($"{otherwise}{condition}{Calls.Prepared(program, entry(program.Variants[0]))}.{mode}(&{model.Kernels}.{entry(program.Variants[0]).EntryPoint}{More(program.Variants[0])});");
                return;
            }
            if (otherwise.Length + condition.Length > 0) code.Open((otherwise + condition).TrimEnd());
            Calls.PerVariant(code, program, v => $"{Calls.Prepared(program, entry(v))}.{mode}(&{model.Kernels}.{entry(v).EntryPoint}{More(v)});");
            if (otherwise.Length + condition.Length > 0) code.Close();

            string More(ApiVariant variant) => mode == "Gradients" ? Curvature(model, variant) : "";
        }
    }

    private static string Mode(string mode) => "global::Kiln.Training.LearnMode." + mode;

    private static void EmitMembers(CodeWriter code, ApiModel model)
    {
        if (model.HasStates)
        {
            code.Line();
            code.Summary("What one step leaves for the next. Save keeps them, and Load brings them back.");
            code.Line($"public {StatesEmitter.Root} States => new {StatesEmitter.Root}({MemberNames.TrainingSession}.States);");
        }
        code.Line();
        code.Summary("Gradients of the program that ran last, named and shaped as the parameters.");
        code.Line($"public ParameterViews Gradients => new ParameterViews({MemberNames.TrainingSession}.Gradients);");
        if (model.Accuracy is null) return;
        code.Line();
        code.Line("/// <inheritdoc/>");
        code.Open("public override void Dispose()");
        code.Line($"{MemberNames.EvaluationField}?.Dispose();");
        code.Line("base.Dispose();");
        code.Close();
        code.Line();
        code.Line($"private Workspace {MemberNames.Evaluation}() => {MemberNames.EvaluationField} ??= {MemberNames.Network}.CreateWorkspace({MemberNames.TrainingSession}.Batch, {MemberNames.TrainingSession}.Threads);");
    }

    private static void Document(CodeWriter code, ApiProgram program, bool update, bool anyRows = false)
    {
        Calls.DocumentArguments(code, program, outputs: false);
        if (program.HasLoss) code.Returns(program.Results.Length == 1 ? "The mean loss over the rows." : "The mean loss over the rows and what the program monitors.");
        code.Throws("global::System.ArgumentException", $"A span has the wrong length, {(anyRows && !program.UsesStates ? "" : "there are more rows than the batch, ")}or {(program.Axes.Length > 0 ? "a token, a label or a length" : "a label")} is out of range: the message names it.");
        WorkspaceEmitter.DocumentStates(code, program);
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
        if (program.First.AssignsStates || program.First.Assigned.Count > 0) code.Throws("global::Kiln.NonFiniteAssignmentException", "A value to assign is not finite; nothing was changed.");
    }

    private static void DocumentSizes(CodeWriter code, ApiModel model, bool? batchOnly = null)
    {
        if (batchOnly != false) code.Parameter("batch", "The most rows a step takes, at least 1.");
        if (batchOnly == true) return;
        code.Parameter("threads", "Threads that share a step; 0 for one per processor. Results do not depend on it.");
        code.Parameter("seed", "Chooses random draws and the order of samples; null for the network's own seed.");
        ApiEmitter.DocumentTime(code, model);
    }

    private static void DocumentFailures(CodeWriter code, ApiModel model, bool hasOptimizers)
    {
        if (hasOptimizers)
            code.Throws("global::System.ArgumentException", "An optimizer does not suit its program: a full-batch optimizer lacks the loss, the Jacobian or the Hessian that it needs, or a group has none of the parameters that are moved. The message says which.");
        code.Throws("global::System.ArgumentOutOfRangeException", $"{(model.HasTime ? "Batch, threads or time" : "Batch or threads")} are out of range.");
        code.Throws("global::System.ObjectDisposedException", "The network was disposed of.");
    }

    private static string Comma(string arguments) => arguments.Length == 0 ? "" : ", " + arguments;
}
