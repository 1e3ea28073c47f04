using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Passes;

/// <summary>Every graph that reaches the back end is well formed; what is not is a fault of the compiler, and is said where it arose.</summary>
internal static class Verify
{
    public static Graph.Graph Run(Graph.Graph graph)
    {
        var reads = new Dictionary<string, ParameterRead>();
        for (var id = 0; id < graph.Nodes.Count; id++)
        {
            var node = graph[id];
            if (node.Id != id) throw Malformed($"%{node.Id} stands at {id}");
            foreach (var input in node.Inputs)
                if (input < 0 || input >= id) throw Malformed($"{node} uses a value that does not come before it");
            var type = node.Operator.Infer([.. node.Inputs.Select(i => graph[i].Type)]);
            if (type != node.Type) throw Malformed($"{node} has the type {type}");
            if (node.Operator is ParameterRead read && !reads.ContainsKey(read.Name)) reads.Add(read.Name, read);
        }

        foreach (var loop in graph.Nodes.Where(n => n.Operator is PreviousState or NextState).GroupBy(n => n.Operator is PreviousState state ? state.Loop : ((NextState)n.Operator).Loop))
            Check(loop.Count() == 2 && loop.Last() is { Operator: NextState } end && end.Inputs[0] == loop.First().Id, $"the loop {loop.Key} is not closed");

        var once = new HashSet<(Role, string)>();
        foreach (var output in graph.Outputs)
        {
            var name = $"{output.Role} {output.Name}".Trim();
            Check(output.Node >= 0 && output.Node < graph.Nodes.Count, $"{name} is %{output.Node}, which does not exist");
            var type = graph[output.Node].Type;
            Check(output.Role is Role.Prediction or Role.Update or Role.Monitor || once.Add((output.Role, output.Name)), $"{name} is given twice");
            Check(output.Role != Role.Loss || type.Length == 1, $"the loss has {type.Length} elements per sample");
            Check(output.Role is not (Role.Gradient or Role.Assign) || !type.Batched, $"{name} has a batch axis: {type}");
            Check(output.Role is not (Role.Gradient or Role.Assign) || !reads.TryGetValue(output.Name, out var read) || read.Shape == type.Shape, $"{name} has the shape of {type}, not the parameter's");
        }

        return graph;
    }

    private static void Check(bool holds, string message)
    {
        if (!holds) throw Malformed(message);
    }

    private static InvalidOperationException Malformed(string message) => new("malformed graph: " + message);
}
