using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class NormalOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Normal"];
    public override object? Apply(DslCall call) => call.Random(Distribution.Normal, true, call.Shape());
}
