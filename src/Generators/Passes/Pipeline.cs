using Kiln.Generators.Graph;

namespace Kiln.Generators.Passes;

/// <summary>What is done to a graph before kernels are chosen. The name is what the log calls it.</summary>
internal sealed record Pass(string Name, Func<Graph.Graph, Graph.Graph> Run);

/// <param name="Main">Everything the program does; for a Learn program with its gradients.</param>
/// <param name="LossOnly">Of a Learn program, loss and monitors alone; null where there are none.</param>
/// <param name="InUse">The same as the network is used; null where there is no difference.</param>
/// <param name="Curvature">Of a Learn program, its Jacobian or Hessian; null where it has none.</param>
internal sealed record ProgramGraphs(Graph.Graph Main, Graph.Graph? LossOnly = null, Graph.Graph? InUse = null, Graph.Graph? Curvature = null);

/// <summary>The passes, in their order.</summary>
internal static class Pipeline
{
    private static readonly Pass SimplifyForward = new("Simplify", graph => Simplify.Run(graph, differentiated: false));
    private static readonly Pass SimplifyAll = new("Simplify", graph => Simplify.Run(graph, differentiated: true));
    private static readonly Pass Gather = new("Moments", Moments.Run);
    private static readonly Pass Share = new("ShareCommon", ShareCommon.Run);
    private static readonly Pass Drop = new("DropDead", DropDead.Run);
    private static readonly Pass Check = new("Verify", Verify.Run);

    public static IReadOnlyList<Pass> Forward => [SimplifyAll, Gather, Share, Drop, Check];

    public static IReadOnlyList<Pass> Learning(Program program) =>
        [SimplifyForward, Share, new("Differentiate", graph => Differentiate.Run(graph, program)), SimplifyAll, Gather, Share, Drop, new("Recompute", graph => Recompute.Run(graph, program.Recompute)), Check];

    /// <summary>The optimised graphs of a program.</summary>
    /// <param name="log">Takes the graph before the first pass and after each, as text.</param>
    public static ProgramGraphs Run(Program program, TextWriter? log = null, CancellationToken cancellation = default)
    {
        if (program.Kind == ProgramKind.Predict) return new(Run(program.Graph, Forward, log, cancellation));
        var loss = program.Results;
        return new(
            Run(program.Graph, Learning(program), log, cancellation),
            loss.Outputs.Count > 0 ? Run(loss, Forward, log, cancellation) : null,
            program.InUse is { } inUse ? Run(inUse, Forward, log, cancellation) : null,
            program.Curvature is { } curvature ? Run(curvature, Forward, log, cancellation) : null);
    }

    public static Graph.Graph Run(Graph.Graph graph, IReadOnlyList<Pass> passes, TextWriter? log = null, CancellationToken cancellation = default)
    {
        Log("as evaluated");
        foreach (var pass in passes)
        {
            cancellation.ThrowIfCancellationRequested();
            graph = pass.Run(graph);
            Log("after " + pass.Name);
        }

        return graph;

        void Log(string when)
        {
            if (log is null) return;
            log.WriteLine("# " + when);
            GraphPrinter.Print(graph, log);
        }
    }
}
