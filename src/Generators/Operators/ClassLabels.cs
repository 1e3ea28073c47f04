using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>Labels beside scores, one number per class along the last axis.</summary>
internal static class ClassLabels
{
    /// <summary>The labels as vectors of one 1, of the operand's shape.</summary>
    /// <param name="ignored">A label that does not count, which may be a class more than there are scores; −1: none.</param>
    /// <exception cref="ShapeException">They do not fit the scores.</exception>
    public static Node OneHot(this DslCall call, LabelsValue labels, int ignored = -1)
    {
        var (type, scores) = (labels.Node.Type, call.Operand.Type);
        if (scores.Rank == 0) throw NoClasses(call);
        var classes = scores[scores.Rank - 1];
        var most = ignored == classes ? classes + 1 : classes;
        if (labels.Classes != 0 && labels.Classes != classes && labels.Classes != most)
            throw new ShapeException($"{call.Name}: {English.Count(classes, "logit")} and labels of {English.Count(labels.Classes, "class")}", "labels");
        if (type.Rank != 0 && !type.Shape.SequenceEqual(scores.Shape.Take(scores.Rank - 1)))
            throw new ShapeException($"{call.Name}: expected labels of the shape of {scores} without its last axis, got {type}", "labels");
        if (labels.Node.Operator is Constant constant && constant.Values.Any(k => k < 0 || k >= most))
            throw new ShapeException($"{call.Name}: {English.Count(classes, "logit")} and the label {string.Join(", ", constant.Values)}", "labels");
        return call.Graph.Add(new OneHotOf(classes), labels.Node);
    }

    public static ShapeException NoClasses(DslCall call) => new($"{call.Name}: expected one logit per class along the last axis of a sample, got {call.Operand.Type}");
}
