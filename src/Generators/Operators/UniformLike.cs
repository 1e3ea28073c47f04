using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class UniformLikeOperator : DslOperator
{
    public override IEnumerable<string> Names => ["UniformLike"];
    public override object? Apply(DslCall call) => call.Random(Distribution.Uniform, true, call.Argument<Node>("x", null!).Type.Shape);
}
