using System.Collections.Immutable;
using Kiln.Generators.Emission.Cpu;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Emission.Api;

/// <summary>What all parts of the generated class ask for.</summary>
internal sealed class ApiModel
{
    private static readonly string Version = typeof(ApiModel).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public ApiModel(CompiledNetwork compiled)
    {
        Compiled = compiled;
        Predicts = ApiProgram.All(compiled, ProgramKind.Predict);
        Learns = ApiProgram.All(compiled, ProgramKind.Learn);
        Accuracy = FindClassifier();
        var taken = new HashSet<string> { "batch", "threads", "seed", "optimizer", "network", "time" };
        OptimizerNames = [.. Learns.Select(p => p.Updates ? Identifiers.Escape(Identifiers.Unique(Identifiers.Camel(p.PlainName), taken)) : null)];
    }

    public CompiledNetwork Compiled { get; }
    public ClassDetails Class => new(Compiled.Network.Class);
    public ImmutableArray<ApiProgram> Predicts { get; }
    public ImmutableArray<ApiProgram> Learns { get; }

    /// <summary>Set where the network is a classifier by its programs' types.</summary>
    public Classifier? Accuracy { get; }

    /// <summary>For each Learn program, the argument that takes its optimizer; null for one that only assigns.</summary>
    public IReadOnlyList<string?> OptimizerNames { get; }

    /// <summary>A program runs over time.</summary>
    public bool HasTime => Predicts.Concat(Learns).Any(p => p.Axes.Length + p.StateAxes.Length > 0);

    /// <summary>It keeps values from call to call.</summary>
    public bool HasStates => Compiled.Network.States.Count + Compiled.Network.SequenceStates.Count > 0;

    /// <summary>The number of a sequence state among those of the network.</summary>
    public string NumberOf(ApiStateAxis axis) => Calls.Number(Compiled.Network.SequenceStates.Items.ToList().FindIndex(s => s.Name == axis.State));

    /// <summary>An argument or a parameter after others, where there is time.</summary>
    public string IfTime(string argument) => HasTime ? ", " + argument : "";

    /// <summary>The same, if the network can be given to a device.</summary>
    public string IfGpu(string argument) => Compiled.Gpu is null ? "" : ", " + argument;

    /// <summary>The attribute on all members added to the user's class.</summary>
    public string Generated => $"[global::System.CodeDom.Compiler.GeneratedCode(\"Kiln\", \"{Version}\")]";

    /// <summary>The class of the kernels.</summary>
    public string Kernels => KernelsEmitter.FullName(Compiled.Network.Class);

    /// <summary>Its place among the programs of its kind.</summary>
    public int ProgramNumber(ApiProgram program) => program.First.Program.Kind == ProgramKind.Predict ? Predicts.IndexOf(program) : Learns.IndexOf(program);

    /// <summary>One image, grey or in colour, or one with a label: an ImageSet will do.</summary>
    public bool TakesImages(ApiProgram program)
    {
        var inputs = program.Inputs;
        if (inputs.Length is not (1 or 2) || inputs[0] is { Element: "int" } or { Optimized: true } || inputs.Any(i => i.Time.Count > 0)) return false;
        return (inputs[0].Shapes[0].Count is 2 or 3 || (inputs[0].Shapes[0].Count == 1 && program.Variants.Length == 1)) && (inputs.Length == 1 || IsLabel(inputs[1]));
    }

    /// <summary>The shape that checkpoints have: a dense weight's is [units, inputs].</summary>
    public static IEnumerable<int> CheckpointShape(StoredParameter stored) =>
        stored.Storage == ParameterStorage.TransposedPanels ? stored.Parameter.Shape.Reverse() : stored.Parameter.Shape;

    private Classifier? FindClassifier()
    {
        if (Compiled.Network.Class.HasAccuracy) return null;
        var candidates = (
            from classes in Learns.SelectMany(p => p.Inputs).Where(IsLabel).Select(i => i.Classes).Distinct()
            from program in Predicts
            where Classifies(program, classes)
            select new Classifier(program, classes)).ToArray();
        if (candidates.Length == 0) candidates = [.. ClassifiersOverTime().Distinct()];
        return candidates.Length == 1 ? candidates[0] : null;
    }

    /// <summary>Programs of one sequence that score the classes of what a program over one axis of time learns: of the whole sequence, or of each step.</summary>
    private IEnumerable<Classifier> ClassifiersOverTime() =>
        from learn in Learns
        where learn is { Axes.Length: 1, Inputs.Length: 2, Variants.Length: 1 } && learn.Inputs[1] is { Classes: > 1 } && learn.Inputs[1].Lengths[0] == 1
        from program in Predicts
        where program is { Inputs.Length: 1, Outputs.Length: 1, Axes.Length: 1, UsesStates: false, Variants.Length: 1 } && program.Inputs[0] is { Time.Count: 1, Optimized: false, Element: not "byte" }
        let output = program.Outputs[0]
        let classifier = new Classifier(program, learn.Inputs[1].Classes, OverTime: true, PerStep: output.Time.Count > 0)
        where output.Batched && (output.Time.Count == 0 || output.Time.SequenceEqual(program.Inputs[0].Time)) && output.Lengths[0] == (output.Element == "int" ? 1 : classifier.Classes) && classifier.Scores(learn)
        select classifier;

    private static bool IsLabel(ApiSpan input) => input is { Classes: > 1, Time.Count: 0 } && input.Lengths.All(l => l == 1);

    private static bool Classifies(ApiProgram program, int classes) =>
        program.Inputs.Length == 1 && program.Outputs.Length == 1
        && program.Inputs[0] is { Classes: 0, Optimized: false, Time.Count: 0 } && program.Outputs[0] is { Batched: true } output && !program.UsesStates
        && output.Lengths.All(length => length == (output.Element == "int" ? 1 : classes));
}

/// <summary>How the user's class is written in C#.</summary>
internal readonly struct ClassDetails(ClassInfo info)
{
    public string Name => info.Name;
    public string EscapedName => Identifiers.Escape(info.Name);
}
