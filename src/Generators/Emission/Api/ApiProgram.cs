using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Emission.Api;

/// <summary>A span that the caller passes.</summary>
/// <param name="Name">A C# identifier, escaped.</param>
/// <param name="Element">float, int or byte.</param>
/// <param name="Lengths">Elements per row, for each variant of the program.</param>
/// <param name="Shapes">Of one row, for each variant.</param>
/// <param name="Batched">False for an output that is the same for all samples.</param>
internal sealed record ApiSpan(string Name, string Element, ImmutableArray<int> Lengths, ImmutableArray<EquatableArray<int>> Shapes, bool Batched, int Classes = 0, bool Optimized = false)
{
    /// <summary>Shape in a message or comment: 1×28×28; a single number per row has none.</summary>
    public string ShapeText => string.Join(" or ", Shapes.Select(s => s.Count == 0 ? "1" : string.Join("×", s)).Distinct());

    /// <summary>Its axes of time; the lengths and shapes are those of one step.</summary>
    public EquatableArray<TimeAxis> Time { get; init; } = [];

    // Names of what its methods make of it, free beside all other names there.
    public string Pointer { get; init; } = "";
    public string FitName { get; init; } = "";
    public string FitBatch { get; init; } = "";

    public string PlainName => Name.TrimStart('@');

    /// <summary>The name in a message.</summary>
    public string Label => Identifiers.Literal(PlainName);
}

/// <summary>An int argument that chooses among declared shapes.</summary>
/// <param name="OfImages">What of an ImageSet has its value.</param>
internal sealed record ApiDimension(string Name, ImmutableArray<int> Values, string OfImages);

/// <summary>An axis of time, whose lengths the caller gives after the first input that runs over it.</summary>
/// <param name="Axis">As the graph has it.</param>
/// <param name="Input">The number of that input.</param>
/// <param name="Name">Of the span of lengths, escaped.</param>
/// <param name="Steps">Of the local with its steps.</param>
internal sealed record ApiAxis(TimeAxis Axis, int Input, string Name, string Steps)
{
    // As for a span.
    public string Pointer { get; init; } = "";
    public string FitBatch { get; init; } = "";
    public string BatchSteps { get; init; } = "";

    /// <summary>The name in a message.</summary>
    public string Label => Identifiers.Literal(Name.TrimStart('@'));
}

/// <summary>The axis of a sequence state, whose lengths that has itself.</summary>
/// <param name="Axis">As the graph has it.</param>
/// <param name="State">Its name.</param>
/// <param name="Steps">Of the local with its steps.</param>
internal sealed record ApiStateAxis(TimeAxis Axis, string State, string Steps);

/// <summary>One specialisation of a program: its entry point, and for a Learn program those that compute no gradients.</summary>
internal sealed record ApiVariant(CompiledProgram Main, CompiledProgram? LossOnly, CompiledProgram? InUse, CompiledProgram? Curvature)
{
    public IEnumerable<CompiledProgram> All => new[] { Main, LossOnly, InUse, Curvature }.OfType<CompiledProgram>();
}

/// <summary>A program as the caller sees it: a method name, spans in order, the variants behind it.</summary>
internal sealed class ApiProgram
{
    public ApiProgram(ImmutableArray<ApiVariant> variants)
    {
        Variants = variants;
        var first = First.Program;
        var taken = new HashSet<string>();
        Inputs = [.. first.Inputs.Where(i => i.State.Length == 0).Select((input, i) => Input(i, input, taken))];
        Outputs = [.. Enumerable.Range(0, Predictions(First).Length).Select(i => Output(i, taken))];
        Axes = [.. first.TimeAxes.Where(axis => Inputs.Any(i => i.Time.Contains(axis))).Select(axis => Axis(axis, taken))];
        StateAxes = [.. first.Inputs.Where(i => i.State.Length > 0).Select(i => new ApiStateAxis(i.Time[0], i.State, Identifiers.Unique(Identifiers.Camel(i.State) + "Steps", taken)))];
        DimensionsOf = [.. Inputs.Select((input, i) => Chooses(i) ? Dimensions(input, taken) : [])];
        var batched = variants.Any(v => v.Main.Program.Graph.Nodes.Any(n => n.Type.Batched));
        Rows = Identifiers.Unique("rows", taken);
        TakesRows = Inputs.IsEmpty && batched;
        Variant = Identifiers.Unique("variant", taken);
        Call = Identifiers.Unique("call", taken);
        Loss = Identifiers.Unique("loss", taken);
        Mode = Identifiers.Unique("mode", taken);
        Lengths = [.. Inputs.Concat(Outputs).Select(s => s.Lengths.Distinct().Count() == 1
            ? s.Lengths[0].ToString(System.Globalization.CultureInfo.InvariantCulture)
            : Identifiers.Unique(s.PlainName + "Length", taken))];
        NameLocals(taken);
        Results = [.. ResultNames()];
    }

    public ImmutableArray<ApiVariant> Variants { get; }
    public CompiledProgram First => Variants[0].Main;
    public string Name => Identifiers.Escape(First.Program.Name);
    public string PlainName => First.Program.Name;
    public string Documentation => First.Program.Documentation;
    public ImmutableArray<ApiSpan> Inputs { get; private set; }
    public ImmutableArray<ApiSpan> Outputs { get; private set; }

    /// <summary>The axes of time, as the program numbers them.</summary>
    public ImmutableArray<ApiAxis> Axes { get; private set; }

    /// <summary>The axes of the sequence states that it reads.</summary>
    public ImmutableArray<ApiStateAxis> StateAxes { get; }

    /// <summary>It reads or assigns states.</summary>
    public bool UsesStates => Variants.Any(v => v.All.Any(p => p.UsesStates));

    /// <summary>For each input, the dimensions that tell its declared shapes apart; none where they follow from those of the inputs before it.</summary>
    public ImmutableArray<ImmutableArray<ApiDimension>> DimensionsOf { get; }
    public IEnumerable<ApiDimension> AllDimensions => DimensionsOf.SelectMany(d => d);

    /// <summary>Elements per row of each span, inputs first: a number, or the name of a local where variants differ.</summary>
    public ImmutableArray<string> Lengths { get; }

    /// <summary>There is a batch axis but no input to tell its length.</summary>
    public bool TakesRows { get; }

    // Names of arguments and locals that the user's own names leave free.
    public string Rows { get; }
    public string Variant { get; }
    public string Call { get; }
    public string Loss { get; }
    public string Mode { get; }

    public bool HasLoss => First.Program.Graph.Outputs.Any(o => o.Role == Role.Loss);
    /// <summary>It writes gradients (or directions) for an optimizer; otherwise it only assigns.</summary>
    public bool Updates => First.HasGradients;
    public bool HasLossOnly => Variants.All(v => v.LossOnly != null);

    /// <summary>Its loss in use is another than in training.</summary>
    public bool HasInUse => Variants.All(v => v.InUse != null);

    /// <summary>What a Learn program returns, as tuple element names with their index in Frame.Scalars.</summary>
    public ImmutableArray<(string Name, int Scalar)> Results { get; }

    public string ResultType => Results.Length switch
    {
        0 => "void",
        1 => "float",
        _ => "(" + string.Join(", ", Results.Select(r => "float " + r.Name)) + ")",
    };

    /// <summary>
    /// What of the loss is infinite where the labels of a sample do not fit its steps: the axis of the steps, that of the labels, and the number of their input, or −1 where they are computed.
    /// </summary>
    public IEnumerable<(TimeAxis Steps, ApiAxis Labels, int Input)> Alignments()
    {
        var graph = First.Program.Graph;
        var needed = new HashSet<int>(graph.Outputs.Where(o => o.Role == Role.Loss).Select(o => o.Node));
        foreach (var node in graph.Nodes.Reverse().Where(n => needed.Contains(n.Id)))
        {
            needed.UnionWith(node.Inputs);
            if (node.Operator is not CtcLoss { SkipInfeasible: false }) continue;
            var (scores, labels) = (graph[node.Inputs[0]], graph[node.Inputs[1]]);
            if (labels.Type.Time[0] is { Fixed: 0, Stride: 1 } axis) yield return (scores.Type.Time[0], AxisOf(axis), labels.Operator is InputRead read ? read.Index : -1);
        }
    }

    public IEnumerable<ApiSpan> Optimized => Inputs.Where(i => i.Optimized);

    /// <summary>The method's parameters, without and with the output spans.</summary>
    public string Parameters(bool outputs)
    {
        var list = new List<string>();
        if (TakesRows) list.Add("int " + Rows);
        for (var i = 0; i < Inputs.Length; i++)
        {
            list.Add($"global::System.{(Inputs[i].Optimized ? "Span" : "ReadOnlySpan")}<{Inputs[i].Element}> {Inputs[i].Name}");
            list.AddRange(DimensionsOf[i].Select(d => "int " + d.Name));
            list.AddRange(AxesFirstOf(i).Select(a => $"global::System.ReadOnlySpan<int> {a.Name}"));
        }
        if (outputs) list.AddRange(Outputs.Select(o => $"global::System.Span<{o.Element}> {o.Name}"));
        return string.Join(", ", list);
    }

    /// <summary>The same as arguments handed on.</summary>
    public string Arguments(bool outputs)
    {
        var list = new List<string>();
        if (TakesRows) list.Add(Rows);
        for (var i = 0; i < Inputs.Length; i++) list.AddRange(DimensionsOf[i].Select(d => d.Name).Prepend(Inputs[i].Name).Concat(AxesFirstOf(i).Select(a => a.Name)));
        if (outputs) list.AddRange(Outputs.Select(o => o.Name));
        return string.Join(", ", list);
    }

    /// <summary>The axes whose lengths follow an input.</summary>
    public IEnumerable<ApiAxis> AxesFirstOf(int input) => Axes.Where(a => a.Input == input);

    /// <summary>The axis of a span, before the stride.</summary>
    public ApiAxis AxisOf(TimeAxis axis) => Axes.First(a => a.Axis.Name == axis.Name);

    /// <summary>The steps of an axis, with its stride, in C#.</summary>
    /// <param name="steps">The name of the local with an axis's steps; null for that of a call.</param>
    public string StepsOf(TimeAxis axis, Func<ApiAxis, string>? steps = null)
    {
        if (axis.Fixed > 0) return Calls.Number(axis.Fixed);
        var all = StateAxes.FirstOrDefault(a => a.Axis.Name == axis.Name) is { } state ? state.Steps : steps is null ? AxisOf(axis).Steps : steps(AxisOf(axis));
        return axis.Stride == 1 ? all : $"(({all} + {Calls.Number(axis.Stride - 1)}) / {Calls.Number(axis.Stride)})";
    }

    /// <summary>Elements of a row, steps and all, in C#.</summary>
    /// <param name="length">Elements of a step.</param>
    public string PerRow(ApiSpan span, string length, Func<ApiAxis, string>? steps = null) =>
        span.Time.Count == 0 ? length : string.Join(" * ", span.Time.Select(a => StepsOf(a, steps))) + Calls.Times(length);

    /// <summary>Programs of one kind, variants of one name together, in the order of declaration.</summary>
    public static ImmutableArray<ApiProgram> All(CompiledNetwork network, ProgramKind kind)
    {
        var programs = network.Programs.Where(p => p.Program.Kind == kind).ToArray();
        return
        [
            .. programs.Select(p => p.Program.Name).Distinct().Select(name => new ApiProgram(
            [
                .. programs.Where(p => p.Program.Name == name).GroupBy(p => p.Program.Variant).OrderBy(g => g.Key).Select(Entries),
            ])),
        ];
    }

    private static ApiVariant Entries(IEnumerable<CompiledProgram> compiled)
    {
        var all = compiled.ToArray();
        CompiledProgram? Of(Entry entry) => all.FirstOrDefault(p => p.Entry == entry);
        return new ApiVariant(Of(Entry.Main)!, Of(Entry.Loss), Of(Entry.InUse), Of(Entry.Curvature));
    }

    private ApiSpan Input(int index, Input input, ISet<string> taken)
    {
        var shapes = Variants.Select(v => v.Main.Program.Inputs[index].Shape).ToImmutableArray();
        return new ApiSpan(SpanName(input.Name, "input", taken), input.Element, [.. shapes.Select(Length)], shapes, true, input.Classes, input.Optimized) { Time = input.Time };
    }

    private ApiAxis Axis(TimeAxis axis, ISet<string> taken)
    {
        var name = Identifiers.IsValid(axis.Name) ? axis.Name : Identifiers.Camel(axis.Name);
        return new(axis, Inputs.ToList().FindIndex(i => i.Time.Contains(axis)), Identifiers.Escape(Identifiers.Unique(name + "Lengths", taken)), Identifiers.Unique(name + "Steps", taken));
    }

    private ApiSpan Output(int index, ISet<string> taken)
    {
        var types = Variants.Select(v => Predictions(v.Main)[index].Type).ToArray();
        var shapes = types.Select(t => t.Shape).ToImmutableArray();
        return new ApiSpan(
            SpanName(Predictions(First)[index].Name is { Length: > 0 } name ? Identifiers.Camel(name) : "", "output", taken),
            types[0].DType == DType.Int32 ? "int" : "float", [.. shapes.Select(Length)], shapes, types[0].Batched)
        { Time = types[0].Time };
    }

    private static string SpanName(string name, string fallback, ISet<string> taken) =>
        Identifiers.Escape(Identifiers.Unique(name.Length == 0 ? fallback : name.TrimStart('@'), taken));

    private static (string Name, TensorType Type)[] Predictions(CompiledProgram program) =>
        [.. program.Program.Graph.Outputs.Where(o => o.Role == Role.Prediction).Select(o => (o.Name, program.Program.Graph[o.Node].Type))];

    private static int Length(EquatableArray<int> shape) => shape.Aggregate(1, (length, size) => checked(length * size));

    private bool Chooses(int input) =>
        Variants.Select(v => v.Main.Program.Inputs.Take(input).Select(i => i.Shape).ToEquatable()).Distinct().Count() < Variants.Length;

    private static ImmutableArray<ApiDimension> Dimensions(ApiSpan input, ISet<string> taken)
    {
        var rank = input.Shapes[0].Count;
        string[] ofImages = rank == 2 ? ["Height", "Width"] : ["Channels", "Height", "Width"];
        string[] axes = rank switch { 1 => ["Length"], 2 => ["Rows", "Columns"], 3 => ["Channels", "Height", "Width"], _ => [.. Enumerable.Range(0, rank).Select(a => "Axis" + a)] };
        return
        [
            .. Enumerable.Range(0, rank).Where(a => input.Shapes.Select(s => s[a]).Distinct().Count() > 1)
                .Select(a => new ApiDimension(Identifiers.Unique(input.PlainName + axes[a], taken), [.. input.Shapes.Select(s => s[a])], ofImages.ElementAtOrDefault(a) ?? "")),
        ];
    }

    private void NameLocals(ISet<string> taken)
    {
        ApiSpan Pinned(ApiSpan span) => span with { Pointer = Identifiers.Unique(span.PlainName + "Pointer", taken) };
        Inputs = [.. Inputs.Select(Pinned)];
        Outputs = [.. Outputs.Select(Pinned)];
        Axes = [.. Axes.Select(a => a with { Pointer = Identifiers.Unique(a.Name.TrimStart('@') + "Pointer", taken) })];
        // Fit has arguments of its own.
        var own = new HashSet<string> { "epochs", "progress", "validation", "validate", "other", "otherRows", "otherSize", "options", "cancellation", "samples", FitStep.Ahead };
        taken.UnionWith(own);
        Inputs = [.. Inputs.Select(i => i with
        {
            FitName = own.Contains(i.Name) ? Identifiers.Unique(i.Name + "Data", taken) : i.Name,
            FitBatch = Identifiers.Unique(i.PlainName + "Batch", taken),
        })];
        Axes = [.. Axes.Select(a => a with
        {
            FitBatch = Identifiers.Unique(a.Name.TrimStart('@') + "Batch", taken),
            BatchSteps = Identifiers.Unique(a.Steps + "Batch", taken),
        })];
    }

    /// <summary>What Fit reports besides the loss, in the order of Frame.Scalars from 1: what is returned and watched, then metrics.</summary>
    public IEnumerable<string> Monitored => Results.Where(r => r.Scalar > 0).OrderBy(r => r.Scalar).Select(r => r.Name.TrimStart('@'))
        .Concat(First.Program.Graph.Outputs.Where(o => o.Role == Role.Metric).Select(o => o.Name));

    /// <summary>Layers whose outputs Fit reports, in the order of Frame.Scalars after what is monitored.</summary>
    public IEnumerable<string> Activations => First.Program.Graph.Outputs.Where(o => o.Role == Role.Activation).Select(o => o.Name.Substring(0, o.Name.LastIndexOf('.'))).Distinct();

    private IEnumerable<(string, int)> ResultNames()
    {
        // What C# allows no tuple's element to be called.
        var taken = new HashSet<string> { "CompareTo", "Deconstruct", "Equals", "GetHashCode", "Rest", "ToString" };
        var place = 1;
        var scalar = 1;
        foreach (var output in First.Program.Graph.Outputs.OrderBy(o => o.Role != Role.Loss).Where(o => o.Role is Role.Loss or Role.Monitor))
        {
            var name = output.Name.Length == 0 ? output.Role.ToString() : Identifiers.Pascal(output.Name);
            // Item2 is the second element's name or nobody's.
            if (name.StartsWith("Item", StringComparison.Ordinal) && int.TryParse(name.Substring(4), out var number) && number != place) name = output.Role.ToString();
            yield return (Identifiers.Unique(name, taken), output.Role == Role.Loss ? 0 : scalar++);
            place++;
        }
    }
}
