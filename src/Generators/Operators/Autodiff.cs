using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>Reverse-mode differentiation, graph to graph: the gradients are values like any other, and can be differentiated again.</summary>
internal static class Autodiff
{
    /// <summary>
    /// Σ over the seeds of (d y / d target)·seed, for each target; null where it is zero everywhere. A value that several others
    /// use sums their contributions in the order of their ids.
    /// </summary>
    public static IReadOnlyList<Node?> Gradients(GraphBuilder graph, IReadOnlyList<(Node Value, Node Seed)> seeds, IReadOnlyList<Node> targets)
    {
        var last = seeds.Max(s => s.Value.Id);
        var depends = Dependents(graph, targets, last);
        var needed = Sources(graph, seeds.Select(s => s.Value), last);
        var contributions = new List<Node>?[last + 1];
        foreach (var (value, seed) in seeds) Contribute(value, seed);

        var gradients = new Node?[last + 1];
        var recurrences = new Recurrences(graph);
        for (var id = last; id >= 0; id--)
        {
            var y = graph[id];
            graph.Origin = y.Origin;
            if (contributions[id] is { } parts)
            {
                parts.Reverse();
                gradients[id] = parts.Aggregate((a, b) => graph.Add(new Add(), a, b));
            }
            if (depends[id] && needed[id] && recurrences.Takes(y, gradients[id]) is var (state, part))
            {
                if (state is not null) Contribute(state, Broadcasting.SumTo(graph, part!, state.Type));
                continue;
            }
            if (gradients[id] is not { } dy) continue;
            var x = graph.InputsOf(y);
            if (!x.Any(i => depends[i.Id])) continue;
            CheckPerSample(graph, y, dy, depends, targets);
            var own = y.Operator.Gradient(graph, y, dy, x);
            for (var i = 0; i < x.Length; i++)
                if (depends[x[i].Id] && own[i] is { } share) Contribute(x[i], Broadcasting.SumTo(graph, share, x[i].Type));
        }

        return [.. targets.Select(t => t.Id <= last ? gradients[t.Id] : null)];

        void Contribute(Node value, Node part)
        {
            if (depends[value.Id]) (contributions[value.Id] ??= []).Add(part);
        }
    }

    /// <summary>
    /// d y / d x for each sample, of the shape [y.Shape, x.Shape]: what the language's <c>y.Gradient(x)</c> means.
    /// </summary>
    /// <exception cref="ShapeException">y was not computed from x.</exception>
    public static Node Derivative(GraphBuilder graph, Node y, Node x)
    {
        if (x.Id > y.Id || !Dependents(graph, [x], y.Id)[y.Id])
            throw new ShapeException("Gradient: the value is not computed from this one, so that its derivative is zero everywhere", "x");
        var (origin, perSample) = (graph.Origin, graph.PerSample);
        graph.PerSample = y.Type.Batched; // what is the same for all samples has one derivative, of them all
        try
        {
            EquatableArray<int> shape = [.. y.Type.Shape, .. x.Type.Shape];
            var seed = graph.Fill(1, y.Type.Shape);
            var first = graph.Nodes.Count;
            if (Gradients(graph, [(y, seed)], [x])[0] is not { } gradient) return graph.Fill(0, shape);
            if (y.Type.Length > 1) gradient = Map(graph, seed, first, gradient, y.Type);
            return gradient.Type.Shape == shape ? gradient : graph.Add(new Reshape(shape), gradient);
        }
        finally
        {
            (graph.Origin, graph.PerSample) = (origin, perSample);
        }
    }

    /// <summary>The same, and zeros where y was not computed from x.</summary>
    public static Node DerivativeOrZero(GraphBuilder graph, Node y, Node x) =>
        x.Id > y.Id || !Dependents(graph, [x], y.Id)[y.Id] ? graph.Fill(0, [.. y.Type.Shape, .. x.Type.Shape]) : Derivative(graph, y, x);

    /// <summary>The derivative of the mean over the live rows with respect to each row's value.</summary>
    public static Node MeanSeed(GraphBuilder graph, Node value) => !value.Type.Batched ? graph.Fill(1, value.Type.Shape)
        : graph.Add(new Broadcast(true, value.Type.Shape) { Time = value.Type.Time }, graph.Add(new Divide(), graph.Number(1), graph.Add(new LiveRows())));

    /// <summary>Elements of a value whose Jacobian is taken: as many gradients are computed, for every sample.</summary>
    public const int LargestJacobian = 1024;

    /// <summary>The gradient for one seed becomes the gradients for all unit seeds at once, along a new first axis.</summary>
    private static Node Map(GraphBuilder graph, Node seed, int first, Node gradient, TensorType y)
    {
        var size = y.Length;
        if (size > LargestJacobian) throw new ShapeException($"Gradient: the derivative of {y} has a row for each of its {size} elements; at most {LargestJacobian} are possible");
        var identity = new float[size * size];
        for (var i = 0; i < size; i++) identity[i * size + i] = 1;
        var mapped = new Dictionary<int, Node> { [seed.Id] = graph.Add(new Constant(identity.ToEquatable(), [size, .. y.Shape])) };
        for (var id = first; id <= gradient.Id; id++)
        {
            var node = graph[id];
            if (!node.Inputs.Any(mapped.ContainsKey)) continue;
            graph.Origin = node.Origin;
            mapped[id] = node.Operator.AddLeadingAxis(graph, [.. node.Inputs.Select(i => mapped.TryGetValue(i, out var m) ? m : graph[i])], [.. node.Inputs.Select(mapped.ContainsKey)], size);
        }

        return mapped.TryGetValue(gradient.Id, out var all) ? all
            : graph.Add(new Broadcast(gradient.Type.Batched, [size, .. gradient.Type.Shape]), gradient);
    }

    /// <summary>Which values up to an id are computed from the targets; the targets themselves are.</summary>
    private static bool[] Dependents(GraphBuilder graph, IReadOnlyList<Node> targets, int last)
    {
        var depends = new bool[last + 1];
        foreach (var target in targets)
            if (target.Id <= last) depends[target.Id] = true;
        for (var again = true; again;)
        {
            again = false;
            for (var id = 0; id <= last; id++)
            {
                foreach (var input in graph[id].Inputs) depends[id] |= depends[input];
                // Around a loop once more: the state before a step comes from the one after the step before.
                if (graph[id].Operator is not NextState || !depends[id] || depends[graph[id].Inputs[0]]) continue;
                depends[graph[id].Inputs[0]] = true;
                again = true;
            }
        }
        return depends;
    }

    /// <summary>Which values up to an id the given ones are computed from; they themselves are. A recurrence that is not among them has no gradient.</summary>
    private static bool[] Sources(GraphBuilder graph, IEnumerable<Node> values, int last)
    {
        var needed = new bool[last + 1];
        foreach (var value in values) needed[value.Id] = true;
        for (var again = true; again;)
        {
            for (var id = last; id >= 0; id--)
                if (needed[id])
                    foreach (var input in graph[id].Inputs) needed[input] = true;
            // Whoever reads the state before a step needs the one after the step before.
            again = false;
            for (var id = 0; id <= last; id++)
                if (graph[id].Operator is NextState && !needed[id] && needed[graph[id].Inputs[0]]) again = needed[id] = true;
        }
        return needed;
    }

    /// <summary>
    /// A convolution sums its kernel's gradient over the batch itself; there is no form of it per sample. A sum over the batch makes
    /// every sample depend on a parameter through all others.
    /// </summary>
    private static void CheckPerSample(GraphBuilder graph, Node y, Node dy, bool[] depends, IReadOnlyList<Node> targets)
    {
        if (!graph.PerSample) return;
        if ((y.Operator is Convolution or ConvolutionDataGradient && depends[y.Inputs[1]]) || (y.Operator is ConvolutionWeightGradient && dy.Type.Batched))
            throw new ShapeException("Gradient: a derivative for each sample with respect to a convolution's kernel is not available", "x");
        if (SumsBatch(y) && targets.Any(t => !t.Type.Batched))
            throw new ShapeException("Gradient: a derivative for each sample is not available through a mean over the batch; average the value itself over the batch, and take the derivative of that", "x");
    }

    /// <summary>Sums by themselves, and those within the gradients of parameters.</summary>
    private static bool SumsBatch(Node y) => y.Operator is BatchSum or Einsum { SumBatch: true } or ConvolutionWeightGradient;
}
