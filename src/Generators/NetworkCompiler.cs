using Kiln.Generators.Emission;
using Kiln.Generators.Emission.Cpu;
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
    /// <param name="log">Takes the layouts that were chosen, and why, and the stages.</param>
    /// <exception cref="UnsupportedException">A program needs a kernel this version does not have.</exception>
    public static CompiledNetwork Compile(Network network, CancellationToken cancellation = default, LayoutChoice layouts = LayoutChoice.Cheapest, TextWriter? log = null)
    {
        var taken = KernelsEmitter.Taken(network.Class);
        var programs = network.Programs.SelectMany(p => Variants(p, taken, cancellation)).ToArray();
        var parameters = ParameterPlacement.Of(network, programs.Select(p => p.Graph));
        var numbers = parameters.Select((p, i) => (p.Parameter.Name, i)).ToDictionary(p => p.Name, p => p.i);
        var constants = new ConstantPool();
        var planned = new List<PlannedProgram>();
        var compiled = new List<CompiledProgram>();
        foreach (var (program, entryPoint, graph) in programs)
        {
            cancellation.ThrowIfCancellationRequested();
            log?.WriteLine($"# {entryPoint}");
            var plan = Plan(ManyRows);
            // What only computes forward is there twice, where few rows want other layouts; the bits are the same.
            if (graph.Outputs.All(o => o.Role is Role.Prediction or Role.Loss or Role.Monitor) && Plan(FewRows) is var few && !few.Lowered.InChannels.SetEquals(plan.Lowered.InChannels))
                plan = plan with { Few = few };
            planned.Add(plan);
            var lowered = plan.Lowered;
            compiled.Add(new CompiledProgram(
                program, entryPoint, graph.Outputs.Any(o => o.Role is Role.Gradient or Role.InputGradient), lowered.Scalars.Count,
                lowered.Assigned.Select(a => new AssignedPlace(numbers[a.Parameter.Parameter.Name], a.Value.Offset)).ToEquatable(),
                lowered.InputGradients.Select(g => new InputGradientPlace(g.Input, plan.FixedFloats, g.Value.Offset)).ToEquatable(),
                Math.Max(plan.FixedFloats, plan.Few?.FixedFloats ?? 0), Math.Max(plan.FloatsPerRow, plan.Few?.FloatsPerRow ?? 0)));

            PlannedProgram Plan(int rows)
            {
                var lowered = new Lowering(graph, program, parameters, constants, rows, layouts, log).Run();
                var kept = lowered.Scalars.Select(s => s.Sum).Concat(lowered.Assigned.Select(a => a.Value)).Concat(lowered.InputGradients.Select(g => g.Value)).ToArray();
                var stages = Stages.Of(Epilogues.Place(lowered.Steps, kept));
                cancellation.ThrowIfCancellationRequested();
                var (fixedFloats, floatsPerRow) = MemoryPlan.Place(stages, kept);
                return new PlannedProgram(entryPoint, stages, fixedFloats, floatsPerRow, lowered);
            }
        }
        cancellation.ThrowIfCancellationRequested();
        var source = KernelsEmitter.Emit(network.Class, planned, constants, taken);
        var floats = parameters.Count == 0 ? 0 : parameters[parameters.Count - 1].Offset + parameters[parameters.Count - 1].Floats;
        return new CompiledNetwork(network, parameters, floats, constants.Floats, compiled.ToEquatable(), source);
    }

    /// <summary>A Learn program is compiled twice: with gradients, and for its loss alone.</summary>
    private static IEnumerable<(Program Program, string EntryPoint, Graph.Graph Graph)> Variants(Program program, ISet<string> taken, CancellationToken cancellation)
    {
        var graphs = Pipeline.Run(program, cancellation: cancellation);
        var name = program.Variant == 0 ? program.Name : $"{program.Name}{program.Variant + 1}";
        string[] Methods(string entry) => [entry, entry + LossEnding];
        var free = name;
        for (var number = 2; Methods(free).Any(taken.Contains); number++) free = $"{name}_{number}";
        taken.UnionWith(Methods(free));
        yield return (program, Identifiers.Escape(free), graphs.Main);
        if (graphs.LossOnly is { } loss) yield return (program, free + LossEnding, loss);
    }

    private const string LossEnding = "Loss";
}
