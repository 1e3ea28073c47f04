using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class OneHotOperator : DslOperator
{
    public override IEnumerable<string> Names => ["OneHot"];

    public override object? Apply(DslCall call)
    {
        var labels = call.Labels ?? throw new ShapeException("OneHot: labels expected");
        return labels.Classes > 0 ? call.Graph.Add(new OneHotOf(labels.Classes), labels.Node)
            : throw new ShapeException("OneHot: the number of classes of these labels is not known; [Classes(n)] on the parameter gives it");
    }
}
