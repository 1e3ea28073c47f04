using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

// What full-batch optimizers solve equations with: computed only where a program asks for it.
internal sealed partial class Evaluator
{
    /// <summary>Weights of a dense matrix of second derivatives: kernels hold that matrix for every sample.</summary>
    private const int LargestHessian = 512;

    /// <summary>Weights of a Jacobian: the optimizer holds its square.</summary>
    private const int WidestJacobian = 4096;

    /// <summary>The loss of residuals: half their sum of squares.</summary>
    public Node HalfSquares(ResidualsValue residuals)
    {
        var squares = Graph.Add(new Square(), residuals.Node);
        return Graph.Scale(Graph.Sum(squares, Enumerable.Range(0, squares.Type.Rank).ToEquatable()), 0.5);
    }

    /// <summary>Residuals and their derivatives by the trained parameters.</summary>
    public Graph.Graph Jacobian(ResidualsValue residuals, IReadOnlyList<string> trained)
    {
        foreach (var name in trained)
            if (Parameters.TryGet(name, out _, out var parameter) && parameter is not { L1: 0, L2: 0 })
                throw new NetworkException(Descriptors.Argument, residuals.Where, $"Residuals: '{name}' has a penalty, which is no residual: concatenate the weights times a factor to the residuals instead");
        var (rows, columns) = (residuals.Node.Type.Length, Count(trained));
        if (rows > Autodiff.LargestJacobian) throw TooMany(residuals.Where, $"Residuals: {rows} of a sample have derivatives", Autodiff.LargestJacobian, "sum or average some of them, or return a Loss");
        if (columns > WidestJacobian) throw TooMany(residuals.Where, $"Residuals: they have derivatives by {columns} weights", WidestJacobian, "return a Loss");
        return Derived(residuals.Where, () =>
        {
            var (flat, jacobian) = SecondOrder.Jacobian(Graph, residuals.Node, Reads(trained));
            return [flat, jacobian];
        });
    }

    /// <summary>The second derivatives of the mean of a loss by the trained parameters.</summary>
    public Graph.Graph Hessian(Node loss, IReadOnlyList<string> trained, Location where)
    {
        var count = Count(trained);
        if (count == 0) throw new NetworkException(Descriptors.Argument, where, "Learn: Hessian is by trained weights, and this program trains none");
        if (count > LargestHessian) throw TooMany(where, $"Learn: the Hessian is by {count} weights", LargestHessian, "LBfgs and ConjugateGradient need none");
        return Derived(where, () => [SecondOrder.Hessian(Graph, loss, Reads(trained))]);
    }

    private long Count(IReadOnlyList<string> trained) => trained.Sum(name => Parameters.TryGet(name, out _, out var parameter) ? (long)parameter.Length : 0);

    private List<(Node, ParameterKind)> Reads(IReadOnlyList<string> trained) =>
        [.. trained.Select(name => Parameters.TryGet(name, out var node, out var parameter) ? (node, parameter.Kind) : throw new InvalidOperationException(name))];

    private Graph.Graph Derived(Location where, Func<IReadOnlyList<Node>> build)
    {
        var (origin, perSample) = (Graph.Origin, Graph.PerSample);
        try
        {
            return ProgramBuilder.Extract(Graph, [.. build().Select(node => new Output(Role.Prediction, "", node.Id))]);
        }
        catch (ShapeException e)
        {
            throw new NetworkException(Descriptors.Shape, where, e.Message);
        }
        finally
        {
            (Graph.Origin, Graph.PerSample) = (origin, perSample);
        }
    }

    private static NetworkException TooMany(Location where, string what, int most, string advice) =>
        new(Descriptors.Argument, where, $"{what}, and at most {most} are possible: {advice}");
}
