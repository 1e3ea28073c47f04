using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class NormalLikeOperator : DslOperator
{
    public override IEnumerable<string> Names => ["NormalLike"];
    public override object? Apply(DslCall call) => call.Random(Distribution.Normal, true, call.Argument<Node>("x", null!).Type.Shape);
}
