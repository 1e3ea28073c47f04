using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

/// <summary>How an operand of a map over an image in Channels is read.</summary>
internal enum ChannelsAccess
{
    /// <summary>An image of the same shape, at the same place.</summary>
    Image,

    /// <summary>A number per channel.</summary>
    Channel,

    /// <summary>One number, of all or of the sample.</summary>
    Number,
}

/// <summary>
/// A map, or a sum or maximum over the pixels, whose operands are images [channels, height, width] at the same place, numbers per
/// channel and single numbers: what Channels can compute, channels side by side.
/// </summary>
internal sealed record ChannelsMap(MapDraft Draft, int Channels, int Pixels)
{
    /// <summary>The map as Channels would compute it, or null where it cannot.</summary>
    /// <param name="draft">Before loops were merged.</param>
    public static ChannelsMap? Of(Node node, MapDraft draft, Graph.Graph graph)
    {
        if (!node.Type.Batched || node.Type.DType != DType.Float32) return null;
        if (node.Operator is Reduce reduce && !reduce.Axes.SequenceEqual([1, 2])) return null;
        var shape = node.Operator is Reduce ? graph[node.Inputs[0]].Type.Shape : node.Type.Shape;
        if (shape.Count != 3) return null;
        var map = new ChannelsMap(draft, shape[0], shape[1] * shape[2]);
        var fits = Expressions.All(draft.Value).All(e => e is not (IndexValue or Guarded))
            && draft.Elements.All(e => map.AccessOf(e, graph[e.Node].Type) is not null)
            && draft.Elements.Any(e => map.AccessOf(e, graph[e.Node].Type) == ChannelsAccess.Image);
        return fits ? map : null;
    }

    public ChannelsAccess? AccessOf(Element element, TensorType type)
    {
        if (element.Index.IsConstant) return type.Length == 1 || !type.Batched ? ChannelsAccess.Number : null;
        if (element.Index.Offset != 0) return null;
        if (type.Length == Channels * Pixels && WalksAll(element.Index)) return type.Batched ? ChannelsAccess.Image : null;
        return type.Length == Channels && element.Index.Terms.Count == 1 && element.Index.Terms[0] is var (loop, step) && step == 1 && loop == ChannelLoop ? ChannelsAccess.Channel : null;
    }

    /// <summary>The loop over channels; null of a single channel.</summary>
    private Loop? ChannelLoop => Channels > 1 ? Draft.Loops[0] : null;

    /// <summary>All elements, in row-major order.</summary>
    private bool WalksAll(Affine index)
    {
        var loops = Draft.Loops.Concat(Draft.Inner).ToArray();
        var step = 1;
        for (var i = loops.Length - 1; i >= 0; step *= loops[i--].Extent)
            if (index.StepOf(loops[i]) != step) return false;
        return true;
    }
}
