using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class EmbedOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Embed", "Embedding"];

    public override object? Apply(DslCall call)
    {
        var labels = call.Labels ?? throw new ShapeException($"{call.Name}: tokens or labels expected");
        var vocabulary = call.Has("vocabulary") ? call.Positive("vocabulary", 1) : labels.Classes;
        if (vocabulary == 0) throw new ShapeException($"{call.Name}: the number of classes of these labels is not known; [Classes(n)] on the parameter gives it");
        if (labels.Classes > vocabulary) throw new ShapeException($"{call.Name}: a table of {English.Count(vocabulary, "row")}, and tokens below {labels.Classes}", "vocabulary");
        var units = call.Positive("units", 1);
        var table = call.Parameter("weight", [vocabulary, units], ParameterKind.Plain, vocabulary, units, Initializer.Normal);
        return call.Graph.Add(new GatherRows(), table, labels.Node);
    }
}
