using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

/// <summary>How an operand of a map over an image in Channels is read.</summary>
internal enum ChannelsAccess
{
    /// <summary>An image of as many pixels, at the same place; the channels may begin at a multiple of 16.</summary>
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
        if (node.Operator is Reduce reduce && !reduce.Axes.SequenceEqual([1, 2])) return null;
        return Of(node.Operator is Reduce ? graph[node.Inputs[0]].Type : node.Type, node.Type.Batched, draft, graph);
    }

    /// <summary>The parts of a concatenation of channels, each a map; null where a part begins within a register or is nothing for Channels.</summary>
    public static IReadOnlyList<ChannelsMap>? OfParts(Node node, Func<Node, MapDraft> copy, Graph.Graph graph)
    {
        if (node is not { Operator: Concat { Axis: 0 }, Type: { Rank: 3, Batched: true } }) return null;
        var parts = node.Inputs.Select(i => graph[i]).ToArray();
        if (parts.Take(parts.Length - 1).Any(p => p.Type[0] % 16 != 0)) return null;
        var maps = parts.Select(p => Of(p.Type, p.Type.Batched, copy(p), graph)).ToArray();
        return maps.All(m => m is not null) ? [.. maps.Select(m => m!)] : null;
    }

    private static ChannelsMap? Of(TensorType type, bool batched, MapDraft draft, Graph.Graph graph)
    {
        if (!batched || type is not { Rank: 3, DType: DType.Float32, Time.Count: 0 }) return null;
        var map = new ChannelsMap(draft, type[0], type[1] * type[2]);
        var accesses = draft.Elements.Select(e => map.AccessOf(e, graph[e.Node].Type)).ToArray();
        var fits = Expressions.All(draft.Value).All(e => e is not (IndexValue or Guarded)) && accesses.All(a => a is not null) && accesses.Any(a => a is ChannelsAccess.Image or ChannelsAccess.Channel);
        return fits ? map : null;
    }

    public ChannelsAccess? AccessOf(Element element, TensorType type)
    {
        if (element.Index.IsConstant) return type.Length == 1 || !type.Batched ? ChannelsAccess.Number : null;
        if (IsImage(element.Index, type)) return type.Batched ? ChannelsAccess.Image : null;
        return element.Index.Offset == 0 && type.Length == Channels && element.Index.Terms.Count == 1 && element.Index.Terms[0] is var (loop, step) && step == 1 && loop == ChannelLoop ? ChannelsAccess.Channel : null;
    }

    /// <summary>The channel at which an image that is read begins.</summary>
    public int FirstChannel(Element element) => element.Index.Offset / Pixels;

    private bool IsImage(Affine index, TensorType type)
    {
        if (!WalksAll(index)) return false;
        if (type.Length == Channels * Pixels) return index.Offset == 0;
        return type.Rank == 3 && type[1] * type[2] == Pixels && index.Offset % (16 * Pixels) == 0;
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
