using Kiln.Generators.Graph;
using Kiln.Generators.Operators;

namespace Kiln.Generators.Kernels;

/// <summary>
/// Fuses what follows a product into it, where it works on a tile that is still in the cache: a bias and ReLU, or another value that is added; for a convolution in Channels also the scale and
/// shift of a normalisation and the addition of another image. The map that would do so afterwards, as the only reader, is no step of its own. The bits are the same.
/// </summary>
internal static class Epilogues
{
    /// <param name="steps">In their order.</param>
    /// <param name="kept">Buffers that are read after the steps.</param>
    public static IReadOnlyList<Step> Place(IReadOnlyList<Step> steps, IEnumerable<Buffer> kept)
    {
        var readers = steps.SelectMany(s => s.Reads.Distinct().Select(read => (read, s))).Concat(kept.Select(k => (read: k, s: (Step)null!))).ToLookup(r => r.read, r => r.s);
        var fused = new Dictionary<Step, IReadOnlyList<Step>>();
        var gone = new HashSet<Step>();
        foreach (var dense in steps.OfType<Dense>())
        {
            if (dense.Outer != 1 || readers[dense.Y].Count() != 1 || readers[dense.Y].Single() is not Map map) continue;
            var comment = $"{dense.Comment}; {map.Comment}";
            if (Match(map, dense.Y) is { } epilogue)
            {
                fused[dense] = [dense.With(comment, map.Target, epilogue.Bias, epilogue.Relu)];
                gone.Add(map);
            }
            else if (!fused.ContainsKey(map) && Added(map, dense.Y) is { } added)
            {
                // The product waits for the other value, so it takes the map's place.
                fused[map] = [dense.With(comment, map.Target, added)];
                gone.Add(dense);
            }
        }
        var images = steps.OfType<Image>().Where(image => image is { Kernel: ImageKernel.Convolve, InChannels: true } && readers[image.Target].Count() == 1 && readers[image.Target].Single() is Map).ToList();
        // Of two convolutions that are added, the last one adds the other's image.
        foreach (var image in Enumerable.Reverse(images))
        {
            var map = (Map)readers[image.Target].Single();
            if (fused.ContainsKey(map) || Match(map, image, images) is not var (epilogue, other)) continue;
            // The convolution waits for the image that it adds and for the numbers of the channels, so it takes the map's place.
            var here = new List<Step> { image.With($"{image.Comment}; {map.Comment}", map.Target, map.Index.Offset, epilogue) };
            if (other is not null) here.Insert(0, other);
            fused[map] = here;
            gone.UnionWith(images.Where(i => i == image || i.Target == other?.Target));
        }
        return [.. steps.Where(s => !gone.Contains(s)).SelectMany(s => fused.TryGetValue(s, out var here) ? here : [s])];
    }

    /// <summary>The epilogue of which the map consists, from its end to its beginning, and the other convolution where it adds one that has numbers of the channels too; null where there is more to it.</summary>
    private static (ImageEpilogue Epilogue, Image? Other)? Match(Map map, Image image, IReadOnlyList<Image> images)
    {
        var y = image.Target;
        if (map is not { Mode: MapMode.Channels, Fold: null } || map.Target.Storage != Storage.Channels) return null;
        var (relu, value) = Unclipped(map.Value);
        var isPart = map.Target.K != y.K;
        if (OfChannel(value, y) is var (ownScale, ownShift)) return ownScale is null && ownShift is null && !relu && !isPart ? null : (new ImageEpilogue(ownScale, ownShift, null, relu), null);
        if (isPart || value is not Call { Function: Function.Add, Arguments: var sum }) return null;
        foreach (var (first, second) in new[] { (sum[0], sum[1]), (sum[1], sum[0]) })
        {
            if (OfChannel(first, y) is not var (scale, shift)) continue;
            // The other operand is an image at the same place, or another convolution.
            if (second is Load { Buffer: { Storage: Storage.Channels } another } load && load.Index == map.Index && another != y)
                return (new ImageEpilogue(scale, shift, another, relu), null);
            foreach (var other in images.Where(i => i != image && map.Reads.Contains(i.Target)))
                if (OfChannel(second, other.Target) is var (otherScale, otherShift))
                    return (new ImageEpilogue(scale, shift, other.Target, relu), other with { Epilogue = new ImageEpilogue(otherScale, otherShift, null, Relu: false) });
        }
        return null;

        // y, y + shift or y · scale + shift, numbers of a channel.
        (Buffer? Scale, Buffer? Shift)? OfChannel(Scalar e, Buffer y) => e switch
        {
            _ when IsPlace(e, y) => (null, null),
            Call { Function: Function.Add, Arguments: var x } when IsPlace(x[0], y) && PerChannel(x[1]) is { } shift => (null, shift),
            Call { Function: Function.Add, Arguments: var x } when IsPlace(x[1], y) && PerChannel(x[0]) is { } shift => (null, shift),
            Call { Function: Function.MultiplyAdd, Arguments: var x } when IsPlace(x[0], y) && PerChannel(x[1]) is { } scale && PerChannel(x[2]) is { } shift => (scale, shift),
            _ => null,
        };

        // The pixel of y, wherever the map writes it.
        bool IsPlace(Scalar e, Buffer y) => e is Load load && load.Buffer == y && (load.Index == map.Index || (isPart && load.Index == Affine.Of(map.Loops[0]) * Sizes.Pixel(y.K) + Affine.Of(map.Loops[1])));

        Buffer? PerChannel(Scalar e) =>
            e is Load { Buffer: { Storage: Storage.Flat } numbers } load && numbers.Features == y.K && load.Index == Affine.Of(map.Loops[map.Loops.Count - 1]) ? numbers : null;
    }

    /// <summary>Of max(0, x), x.</summary>
    private static (bool Relu, Scalar Value) Unclipped(Scalar value) =>
        value is Call { Function: Function.Max, Arguments: var max } && max[0] is Literal { Value: 0 } ? (true, max[1]) : (false, value);

    /// <summary>y + bias, or max(0, y + bias), element by element.</summary>
    private static (Buffer Bias, bool Relu)? Match(Map map, Buffer y)
    {
        if (map is not { Mode: MapMode.Rows, Fold: null, Inner.Count: 0 } || map.Target.Storage != Storage.Rows) return null;
        var (relu, value) = Unclipped(map.Value);
        if (value is not Call { Function: Function.Add, Arguments: var sum } || sum[0] is not Load a || sum[1] is not Load b) return null;
        if (a.Buffer != y) (a, b) = (b, a);
        var fits = a.Buffer == y && a.Index == map.Index && b is { Buffer: { Storage: Storage.Flat, Space: Space.Parameters or Space.Arena } bias } && b.Index == map.Index && bias.Features == map.Target.Features;
        return fits ? (b.Buffer, relu) : null;
    }

    /// <summary>The other value of y + another, element by element, as both lie in rows of one length.</summary>
    private static Buffer? Added(Map map, Buffer y)
    {
        if (map is not { Mode: MapMode.Rows, Fold: null, Inner.Count: 0, Index.Offset: 0 } || map.Target.Storage != Storage.Rows) return null;
        if (map.Value is not Call { Function: Function.Add, Arguments: var sum } || sum[0] is not Load a || sum[1] is not Load b) return null;
        if (a.Buffer != y) (a, b) = (b, a);
        var fits = a.Buffer == y && b.Buffer != y && a.Index == map.Index && b.Index == map.Index && b.Buffer is { Storage: Storage.Rows } other && other.Features == y.Features && map.Target.Features == y.Features && other.Time == y.Time;
        return fits ? b.Buffer : null;
    }
}
