using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>
/// Derivatives that full-batch optimizers solve equations with, as one matrix: its columns are the elements of the parameters in their order, each row-major as checkpoints
/// have it.
/// </summary>
internal static class SecondOrder
{
    /// <summary>The residuals of one sample in a row [R], and their derivatives [R, P]; both for each sample.</summary>
    /// <exception cref="ShapeException">There is no derivative for each sample.</exception>
    public static (Node Residuals, Node Jacobian) Jacobian(GraphBuilder graph, Node residuals, IReadOnlyList<(Node Read, ParameterKind Kind)> parameters)
    {
        var count = residuals.Type.Length;
        var flat = graph.Add(new Broadcast(true, [count]), graph.Add(new Reshape([count]), residuals));
        return (flat, graph.Add(new Broadcast(true, [count, parameters.Sum(p => p.Read.Type.Length)]), Derivatives(graph, flat, parameters)));
    }

    /// <summary>The second derivatives [P, P] of the mean of a loss over the batch.</summary>
    /// <exception cref="ShapeException">A gradient has no derivative.</exception>
    public static Node Hessian(GraphBuilder graph, Node loss, IReadOnlyList<(Node Read, ParameterKind Kind)> parameters)
    {
        var gradients = Autodiff.Gradients(graph, [(loss, Autodiff.MeanSeed(graph, loss))], [.. parameters.Select(p => p.Read)]);
        var rows = parameters.Select((p, i) => Row(graph, gradients[i] ?? graph.Fill(0, p.Read.Type.Shape), p.Kind, [])).ToArray();
        return Derivatives(graph, rows.Length == 1 ? rows[0] : graph.Add(new Concat(0), rows), parameters);
    }

    /// <summary>d y / d parameters, [y, P].</summary>
    private static Node Derivatives(GraphBuilder graph, Node y, IReadOnlyList<(Node Read, ParameterKind Kind)> parameters)
    {
        var columns = parameters.Select(p => Row(graph, Autodiff.DerivativeOrZero(graph, y, p.Read), p.Kind, y.Type.Shape)).ToArray();
        return columns.Length == 1 ? columns[0] : graph.Add(new Concat(1), columns);
    }

    /// <summary>The elements of a derivative in the order of checkpoints, after leading axes.</summary>
    private static Node Row(GraphBuilder graph, Node derivative, ParameterKind kind, EquatableArray<int> leading)
    {
        var first = leading.Count;
        if (kind == ParameterKind.DenseWeight) derivative = graph.Add(new Transpose([.. Enumerable.Range(0, first), first + 1, first]), derivative);
        return graph.Add(new Reshape([.. leading, derivative.Type.Shape.Skip(first).Aggregate(1, (n, size) => n * size)]), derivative);
    }
}
