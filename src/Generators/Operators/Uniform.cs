using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class UniformOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Uniform"];
    public override object? Apply(DslCall call) => call.Random(Distribution.Uniform, true, call.Shape());
}
