using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Passes;

/// <summary>
/// Adds what a Learn program exists for: the gradient of the mean loss over the live rows for every trained parameter and
/// optimised input, and for explicit updates the negated mean direction, which an optimizer then follows downwards.
/// </summary>
internal static class Differentiate
{
    public static Graph.Graph Run(Graph.Graph source, Program program)
    {
        var graph = GraphBuilder.From(source);
        var sums = new Dictionary<string, Node?>();
        foreach (var name in program.Trained) sums[name] = null;
        var inputs = new Dictionary<string, Node?>();
        foreach (var input in program.Inputs.Where(i => i.Optimized)) inputs[input.Name] = null;

        foreach (var update in source.Outputs.Where(o => o.Role == Role.Update && sums.ContainsKey(o.Name)))
            Accumulate(update.Name, graph.Add(new Negate(), BatchMeanOperator.Of(graph, graph[update.Node])));

        // A parameter or input may be read by several nodes: its gradient is the sum over them.
        var targets = source.Nodes.Where(n => TargetName(n) is not null).ToArray();
        var seeds = source.Outputs.Where(o => o.Role == Role.Loss).Select(o => (graph[o.Node], Autodiff.MeanSeed(graph, graph[o.Node]))).ToArray();
        var gradients = seeds.Length > 0 && targets.Length > 0 ? Autodiff.Gradients(graph, seeds, targets) : new Node?[targets.Length];
        for (var i = 0; i < targets.Length; i++)
            if (gradients[i] is { } gradient) Accumulate(TargetName(targets[i])!, gradient);

        var outputs = source.Outputs.Where(o => o.Role != Role.Update).ToList();
        foreach (var name in program.Trained)
            if ((sums[name] ?? Zero(name)) is { } gradient) outputs.Add(new(Role.Gradient, name, gradient.Id));
        foreach (var input in program.Inputs.Where(i => i.Optimized))
            outputs.Add(new(Role.InputGradient, input.Name, (inputs[input.Name] ?? graph.Add(new Broadcast(true, input.Shape) { Time = input.Time }, graph.Number(0))).Id));
        return graph.Build(outputs);

        string? TargetName(Node node) => node.Operator switch
        {
            ParameterRead read => sums.ContainsKey(read.Name) ? read.Name : null,
            InputRead read => program.Inputs[read.Index] is { Optimized: true } input ? input.Name : null,
            _ => null,
        };

        void Accumulate(string name, Node part)
        {
            var into = sums.ContainsKey(name) ? sums : inputs;
            into[name] = into[name] is { } sum ? graph.Add(new Add(), sum, part) : part;
        }

        // A trained parameter whose gradient is zero everywhere; one that the program does not read has no gradient at all.
        Node? Zero(string name) => source.Nodes.Select(n => n.Operator).OfType<ParameterRead>().FirstOrDefault(r => r.Name == name) is { } read
            ? graph.Fill(0, read.Shape) : null;
    }
}
