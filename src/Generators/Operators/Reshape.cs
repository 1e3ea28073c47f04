using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ReshapeOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Reshape"];

    public override object? Apply(DslCall call)
    {
        var x = call.Operand;
        var shape = call.Argument<int[]>("shape", []);
        var text = $"[{string.Join(", ", shape)}]";
        var open = Array.IndexOf(shape, -1);
        for (var i = 0; i < shape.Length; i++)
            if (shape[i] < 1 && i != open) throw new ShapeException($"Reshape: expected sizes of at least 1, and at most one -1, got {text}", "shape", i);
        var known = shape.Where(d => d != -1).Aggregate(1L, (n, d) => n * d);
        if (shape.Contains(-1) ? x.Type.Length % known != 0 : x.Type.Length != known)
            throw new ShapeException($"Reshape: {x.Type} has {English.Count(x.Type.Length, "element")} per sample, which {text} does not hold", "shape");
        return call.Graph.Add(new Reshape(shape.Select(d => d == -1 ? (int)(x.Type.Length / known) : d).ToEquatable()), x);
    }
}
