using System.Globalization;
using Kiln.Generators.Emission;
using Kiln.Generators.Emission.Cpu;
using Kiln.Generators.Emission.Gpu;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Generators.Passes;

namespace Kiln.Generators;

/// <summary>From a network to its kernels: passes, lowering, stages, memory, text.</summary>
internal static class NetworkCompiler
{
    /// <summary>Rows of a batch that layouts are chosen for.</summary>
    private const int ManyRows = 64, FewRows = 1;

    /// <param name="layouts">What decides how images lie: the cost, but in tests.</param>
    /// <param name="winograd">What decides whether convolutions are computed by Winograd's algorithm: the cost, if the network allows it; in tests, this.</param>
    /// <param name="log">Takes the layouts that were chosen, and why, and the stages.</param>
    /// <param name="gpu">Whether there are programs for GPUs, too.</param>
    /// <exception cref="UnsupportedException">A program needs a kernel this version does not have.</exception>
    public static CompiledNetwork Compile(Network network, CancellationToken cancellation = default, LayoutChoice layouts = LayoutChoice.Cheapest, WinogradChoice? winograd = null, TextWriter? log = null, bool gpu = false)
    {
        var taken = KernelsEmitter.Taken(network.Class);
        // Numbers that are transformed before they are rounded would not be the operands.
        var algorithm = gpu && network.Precision == Precision.TensorFloat32 ? WinogradChoice.Never : winograd ?? (network.Winograd ? WinogradChoice.Cheapest : WinogradChoice.Never);
        var programs = network.Programs.SelectMany(p => Variants(p, taken, cancellation)).ToArray();
        var parameters = ParameterPlacement.Of(network, programs.Select(p => p.Graph));
        var numbers = parameters.Select((p, i) => (p.Parameter.Name, i)).ToDictionary(p => p.Name, p => p.i);
        var constants = new ConstantPool();
        var prepared = new PreparedPool();
        var planned = new List<PlannedProgram>();
        var compiled = new List<CompiledProgram>();
        foreach (var (program, entry, entryPoint, graph) in programs)
        {
            cancellation.ThrowIfCancellationRequested();
            log?.WriteLine($"# {entryPoint}");
            var plan = Plan(Lower(ManyRows), ManyRows);
            // What only computes forward is there twice, where few rows want other layouts; the bits are the same.
            if (graph.Outputs.All(o => o.Role is Role.Prediction or Role.Loss or Role.Monitor or Role.Metric or Role.Activation) && program.TimeAxes.Count == 0 && Lower(FewRows) is var few && !few.Layouts.All(l => plan.Lowered.Layouts[l.Key] == l.Value))
                plan = plan with { Few = Plan(few, FewRows) };
            planned.Add(plan);
            var lowered = plan.Lowered;
            // A device runs the plan for many rows, however few there are.
            var rowsApart = (plan.Few ?? plan).Sizes.RowsApart && (!gpu || plan.Sizes.RowsApart);
            compiled.Add(new CompiledProgram(
                program, entry, entryPoint, graph.Outputs.Any(o => o.Role is Role.Gradient or Role.InputGradient), lowered.Scalars.Count,
                lowered.Assigned.Select(a => new AssignedPlace(numbers[a.Parameter.Parameter.Name], a.Value.Offset)).ToEquatable(),
                lowered.InputGradients.Select(g => new InputGradientPlace(g.Input, plan.Sizes.FixedFloats, g.Value.Offset)).ToEquatable(),
                Math.Max(plan.Sizes.FixedFloats, plan.Few?.Sizes.FixedFloats ?? 0), Math.Max(plan.Sizes.FloatsPerRow, plan.Few?.Sizes.FloatsPerRow ?? 0), rowsApart)
            {
                Pools = plan.Sizes.Pools.Select(pool => new TimePool(pool.Time.Select(a => program.PlaceOf(a)).ToEquatable(), pool.FloatsPerRow)).ToEquatable(),
                States = lowered.NextStates.Select(s => new AssignedState(Number(network.States, s.State), s.Value.Offset)).ToEquatable(),
                Sequences = lowered.NextSequences.Select(s => new AssignedSequence(Number(network.SequenceStates, s.State), plan.Sizes.Pools.Items.ToList().FindIndex(p => p.Time == s.Value.Pool) + 1, s.Value.Offset, s.Lengths.Offset)).ToEquatable(),
            });

            LoweredProgram Lower(int rows) => new Lowering(graph, entry == Entry.InUse ? program with { Kind = ProgramKind.Predict } : program, parameters, network.States, constants, prepared, rows, layouts, new Winograd(algorithm), log).Run();

            PlannedProgram Plan(LoweredProgram lowered, int rows)
            {
                var kept = lowered.Kept;
                var stages = SharedGradients.Of(Postponement.Run(Stages.Of(TimeLoops.Of(Epilogues.Place(lowered.Steps, kept), kept)), kept));
                cancellation.ThrowIfCancellationRequested();
                var sizes = MemoryPlan.Place(stages, kept);
                if (log is not null) Stages.Print(log, stages, rows);
                return new PlannedProgram(entryPoint, stages, sizes, lowered, program.TimeAxes);
            }
        }
        cancellation.ThrowIfCancellationRequested();
        var source = KernelsEmitter.Emit(network.Class, planned, constants, prepared, taken, gpu ? GpuEmitter.ClassName(network.Class) : null);
        cancellation.ThrowIfCancellationRequested();
        var device = gpu ? GpuEmitter.Emit(network.Class, planned, prepared, network.Precision) : null;
        var floats = parameters.Count == 0 ? 0 : parameters[parameters.Count - 1].Offset + parameters[parameters.Count - 1].Floats;
        return new CompiledNetwork(network, parameters, floats, constants.Floats, prepared.Floats, compiled.ToEquatable(), source) { Gpu = device };
    }

    private static int Number(EquatableArray<State> states, string name) => states.Items.ToList().FindIndex(s => s.Name == name);

    /// <summary>What the compiler decides for a network: layouts of images and their costs, stages and their pieces. As a file of comments.</summary>
    public static string Log(Network network, CancellationToken cancellation = default)
    {
        var log = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Compile(network, cancellation, log: log);
        return "// <auto-generated/>\n" + string.Concat(log.ToString().TrimEnd('\n').Split('\n').Select(line => $"// {line}".TrimEnd() + "\n"));
    }

    /// <summary>
    /// A Learn program is compiled twice: with gradients, and for its loss alone. Further times where it computes another loss in use, or has a Jacobian or a Hessian.
    /// </summary>
    private static IEnumerable<(Program Program, Entry Entry, string EntryPoint, Graph.Graph Graph)> Variants(Program program, ISet<string> taken, CancellationToken cancellation)
    {
        var graphs = Pipeline.Run(program, cancellation: cancellation);
        var name = program.Variant == 0 ? program.Name : $"{program.Name}{program.Variant + 1}";
        string[] Methods(string entry) => [entry, entry + LossEnding, entry + InUseEnding, entry + CurvatureEnding(program)];
        var free = name;
        for (var number = 2; Methods(free).Any(taken.Contains); number++) free = $"{name}_{number}";
        taken.UnionWith(Methods(free));
        yield return (program, Entry.Main, Identifiers.Escape(free), graphs.Main);
        if (graphs.LossOnly is { } loss) yield return (program, Entry.Loss, free + LossEnding, loss);
        if (graphs.InUse is { } inUse) yield return (program, Entry.InUse, free + InUseEnding, inUse);
        if (graphs.Curvature is { } curvature) yield return (program, Entry.Curvature, free + CurvatureEnding(program), curvature);
    }

    private const string LossEnding = "Loss", InUseEnding = "InUse";

    private static string CurvatureEnding(Program program) => program.Residuals > 0 ? "Jacobian" : "Hessian";
}
