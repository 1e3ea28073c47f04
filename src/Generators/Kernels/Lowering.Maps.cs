using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

// Maps and reductions: fused scalar expressions over loops.
internal sealed partial class Lowering
{
    private void LowerMap(Node node)
    {
        var draft = Draft(node);
        var fold = (node.Operator as Reduce)?.Kind;
        _steps.Add(LayoutOf(node) == ImageLayout.Channels ? MapInChannels(node, ChannelsMap.Of(node, draft, _graph)!, fold)
            : LayoutOf(node) == ImageLayout.Rows ? MapInRows(node, ChannelsMap.Of(node, draft, _graph)!)
            : node.Type.Batched ? BatchedMap(node, draft.Merged(), fold)
            : PlainMap(node, draft.Merged(), fold));
    }

    private MapDraft Draft(Node node)
    {
        var (loops, inner) = LoopsOf(node);
        var index = loops.Select(Affine.Of).ToArray();
        var value = node.Operator is Reduce reduce ? Read(node.Inputs[0], FullIndex(reduce.Axes, index, inner)) : Inline(node, index);
        return new MapDraft(loops, inner, Affine.Flat(index, node.Type.Shape.Items), value);
    }

    /// <summary>A copy of the value, as a map: a part of a concatenation.</summary>
    private MapDraft Copy(Node node)
    {
        Loop[] loops = [.. node.Type.Shape.Select(NewLoop)];
        var index = loops.Select(Affine.Of).ToArray();
        return new MapDraft(loops, [], Affine.Flat(index, node.Type.Shape.Items), Read(node.Id, index));
    }

    private Step MapInChannels(Node node, ChannelsMap map, Reduction? fold) =>
        MapInChannels(node, map, fold, Keep(node, fold is null ? NewInChannels(node) : New(node, Storage.Rows)), 0);

    /// <summary>Loops over pixels and over channels, padded to 16; where all is read and written at the same place, one over both.</summary>
    private Map MapInChannels(Node node, ChannelsMap map, Reduction? fold, Buffer target, int firstChannel)
    {
        var (padded, pixel) = (Sizes.Round16(map.Channels), Sizes.Pixel(map.Channels));
        Loop channels = NewLoop(padded), pixels = NewLoop(map.Pixels), all = NewLoop(padded * map.Pixels);
        var one = fold is null && pixel == padded && target.K == map.Channels && map.Draft.Elements.All(e => map.AccessOf(e, _graph[e.Node].Type) switch
        {
            ChannelsAccess.Image => _graph[e.Node].Type.Length == map.Channels * map.Pixels,
            ChannelsAccess.Channel => false,
            _ => true,
        });
        Affine Place(Buffer image, int first) => one ? Affine.Of(all) : Affine.Of(pixels) * Sizes.Pixel(image.K) + Affine.Of(channels) + first;
        var value = Expressions.Rewrite(map.Draft.Value, e => e is not Element element ? null : map.AccessOf(element, _graph[element.Node].Type) switch
        {
            ChannelsAccess.Image => ReadImage(element),
            ChannelsAccess.Channel => new Load(Demand(element.Node, Plain(element)), Affine.Of(channels)),
            _ => new Load(Demand(element.Node, Plain(element)), element.Index),
        });
        EquatableArray<Loop> loops = one ? [all] : fold is null ? [pixels, channels] : [channels];
        return new Map(Comment(node), MapMode.Channels, target, loops, fold is null ? Place(target, firstChannel) : Affine.Of(channels), value, fold, fold is null ? [] : [pixels], MapDraft.BuffersOf(value));

        Load ReadImage(Element element)
        {
            // A part of a larger image is read where it lies.
            var type = _graph[element.Node].Type;
            var image = DemandChannels(element.Node, type.Length / map.Pixels, map.Pixels);
            return new Load(image, Place(image, map.FirstChannel(element)));
        }

        Storage Plain(Element element) => _graph[element.Node].Type.Batched ? Storage.Rows : Storage.Flat;
    }

    /// <summary>Loops over channels and over pixels, of which there are multiples of 16; without numbers per channel, one over both.</summary>
    private Map MapInRows(Node node, ChannelsMap map)
    {
        Loop channels = NewLoop(map.Channels), pixels = NewLoop(map.Pixels), all = NewLoop(map.Channels * map.Pixels);
        var one = map.Draft.Elements.All(e => map.AccessOf(e, _graph[e.Node].Type) != ChannelsAccess.Channel);
        var place = one ? Affine.Of(all) : Affine.Of(channels) * map.Pixels + Affine.Of(pixels);
        var value = Expressions.Rewrite(map.Draft.Value, e => e is not Element element ? null : map.AccessOf(element, _graph[element.Node].Type) switch
        {
            ChannelsAccess.Image => new Load(Demand(element.Node, Storage.Rows), place + map.FirstChannel(element) * map.Pixels),
            ChannelsAccess.Channel => new Load(Demand(element.Node, Storage.Flat), Affine.Of(channels)),
            _ => new Load(Demand(element.Node, Storage.Flat), element.Index),
        });
        return new Map(Comment(node), MapMode.Rows, Keep(node, New(node, Storage.Rows)), one ? [all] : [channels, pixels], place, value, null, [], MapDraft.BuffersOf(value));
    }

    private (Loop[] Outer, Loop[] Inner) LoopsOf(Node node) => node.Operator is Reduce reduce
        ? ([.. node.Type.Shape.Select(NewLoop)], [.. reduce.Axes.Select(a => NewLoop(_graph[node.Inputs[0]].Type[a]))])
        : ([.. node.Type.Shape.Select(NewLoop)], []);

    /// <summary>The index of a reduction's operand: the kept axes from outside, the folded ones from the inner loops.</summary>
    private static Affine[] FullIndex(EquatableArray<int> axes, IReadOnlyList<Affine> outer, IReadOnlyList<Loop> inner)
    {
        var full = new List<Affine>(outer);
        for (var a = 0; a < axes.Count; a++) full.Insert(axes[a], Affine.Of(inner[a]));
        return [.. full];
    }

    // ---- The expression for one element ----

    private Scalar Read(int id, IReadOnlyList<Affine> index)
    {
        var node = _graph[id];
        return _fusion.IsStored(id) ? new Element(id, Affine.Flat(index, node.Type.Shape.Items)) : Inline(node, index);
    }

    private Scalar Inline(Node node, IReadOnlyList<Affine> index)
    {
        switch (node.Operator)
        {
            case Constant constant: return new Literal(constant.Values[0]);
            case LiveRows: return new RowCount();
            case StepNumber step: return new StepIndex(step.Axis);
            case Lengths lengths: return new Literal(lengths.Axis.Fixed);
            case Pointwise pointwise: return pointwise.Element([.. node.Inputs.Select(i => Read(i, Aligned(index, _graph[i].Type)))]);
            case OneHotOf: return new Call(Function.Equal, Read(node.Inputs[0], [.. index.Take(index.Count - 1)]), new IndexValue(index[index.Count - 1]));
            case Transpose transpose:
                var from = new Affine[index.Count];
                for (var axis = 0; axis < index.Count; axis++) from[transpose.Axes[axis]] = index[axis];
                return Read(node.Inputs[0], from);
            case Slice slice: return Read(node.Inputs[0], [.. index.Select((i, a) => a == slice.Axis ? i + slice.Start : i)]);
            case Broadcast: return Read(node.Inputs[0], Aligned(index, _graph[node.Inputs[0]].Type));
            case Pad pad:
                var inside = index[pad.Axis] + -pad.Before;
                var extent = _graph[node.Inputs[0]].Type[pad.Axis];
                if (inside.Maximum < 0 || inside.Minimum >= extent) return new Literal(0);   // a slice of nothing but padding
                var value = Read(node.Inputs[0], [.. index.Select((i, a) => a == pad.Axis ? inside : i)]);
                return inside.Minimum >= 0 && inside.Maximum < extent ? value : new Guarded(inside, extent, value, new Literal(0));
            case Reshape reshape:
                var input = _graph[node.Inputs[0]];
                if (!Fusion.KeepsAxes(reshape, input.Type)) return new Element(input.Id, Affine.Flat(index, reshape.Shape.Items));
                var kept = new Queue<Affine>(index.Where((_, a) => reshape.Shape[a] != 1));
                return Read(input.Id, [.. input.Type.Shape.Select(d => d == 1 ? Affine.Zero : kept.Dequeue())]);
            default: throw new InvalidOperationException($"{node.Operator.GetType().Name} cannot be computed in place");
        }
    }

    /// <summary>The operand's index under broadcasting: right-aligned, axes of size 1 stay at 0.</summary>
    private static Affine[] Aligned(IReadOnlyList<Affine> index, TensorType operand) =>
        [.. operand.Shape.Select((d, a) => d == 1 ? Affine.Zero : index[index.Count - operand.Rank + a])];

    // ---- Where it is computed ----

    private Step BatchedMap(Node node, MapDraft map, Reduction? fold)
    {
        var elements = map.Elements.ToArray();
        var mode = fold is null && map.IsAlongRows(id => _graph[id].Type) && RunsInRows(node, elements) ? MapMode.Rows : MapMode.Lanes;
        var storage = mode == MapMode.Rows ? Storage.Rows : Storage.Lanes;
        var value = map.Resolve(e => Demand(e.Node, _graph[e.Node].Type.Batched ? storage : Storage.Flat));
        var target = Keep(node, New(node, storage));
        return new Map(Comment(node), mode, target, map.Loops, map.Index, value, fold, map.Inner, MapDraft.BuffersOf(value));
    }

    /// <summary>Rows if nothing has to be moved there and something is there already; what is nowhere yet goes along.</summary>
    private bool RunsInRows(Node node, IReadOnlyCollection<Element> elements)
    {
        var places = elements.Where(e => _graph[e.Node].Type is { Batched: true, Length: > 1 } || (_graph[e.Node].Type.Batched && node.Type.Length == 1)).Select(e => WhereIs(e.Node)).ToArray();
        if (places.Any(p => p is Storage.Lanes or Storage.Channels)) return false;
        // A number of the sample is at hand in Lanes; over time it is worth a copy in rows, which all steps read.
        var readsNumbers = elements.Any(e => _graph[e.Node].Type is { Batched: true, Length: 1 });
        return places.Any(p => p == Storage.Rows) || (node.Type.Rank <= 1 && (!readsNumbers || node.Type.Time.Count > 0 || node.Type.Length == 1));
    }

    private Step PlainMap(Node node, MapDraft map, Reduction? fold)
    {
        var elements = map.Elements.ToArray();
        var panels = elements.Select(e => _primary.TryGetValue(Source(e.Node).Id, out var b) ? b : null).FirstOrDefault(b => b?.Storage == Storage.Panels);
        if (fold is null && panels is not null && map.IsElementwise(id => _graph[id].Type) && elements.All(e => e.Index.IsConstant || IsLike(panels, e.Node, node)))
        {
            var alike = map.Resolve(e => e.Index.IsConstant ? Demand(e.Node, Storage.Flat) : _primary[Source(e.Node).Id]);
            if (elements.Any(e => ConvolutionOf(Source(e.Node)) is not null)) _kernelShaped.Add(node.Id);
            var matrix = Keep(node, New(node, Storage.Panels, panels.K, panels.M));
            return new Map(Comment(node), MapMode.Flat, matrix, map.Loops, map.Index, alike, null, [], MapDraft.BuffersOf(alike));
        }

        if (fold == Reduction.Sum && map.Loops.Count == 0 && map.Inner.Count == 1 && (map with { Loops = map.Inner, Inner = [], Index = Affine.Of(map.Inner[0]) }).IsElementwise(id => _graph[id].Type))
            return TotalMap(node, map, panels);
        var mode = fold is null && map.IsElementwise(id => _graph[id].Type) ? MapMode.Flat : MapMode.Scalars;
        var value = map.Resolve(e => Demand(e.Node, Storage.Flat));
        var target = Keep(node, New(node, Storage.Flat));
        return new Map(Comment(node), mode, target, map.Loops, map.Index, value, fold, map.Inner, MapDraft.BuffersOf(value));
    }

    /// <summary>A sum over everything, such as a penalty on weights: in panels too, where their zero pads add nothing.</summary>
    private Map TotalMap(Node node, MapDraft map, Buffer? panels)
    {
        var input = _graph[node.Inputs[0]];
        var inPlace = panels is not null && map.Elements.All(e => e.Index.IsConstant || IsLike(panels, e.Node, input)) && Expressions.AtZero(map.Value) == 0;
        var value = map.Resolve(e => inPlace && !e.Index.IsConstant ? _primary[Source(e.Node).Id] : Demand(e.Node, Storage.Flat));
        var terms = inPlace ? panels!.Floats : map.Inner[0].Extent;
        return new Map(Comment(node), MapMode.Total, Keep(node, New(node, Storage.Flat)), [], Affine.Zero, value, Reduction.Sum, [map.Inner[0] with { Extent = terms }], MapDraft.BuffersOf(value));
    }

    private bool IsLike(Buffer panels, int id, Node node) =>
        _primary.TryGetValue(Source(id).Id, out var buffer) && buffer.Storage == Storage.Panels && buffer.K == panels.K && buffer.M == panels.M
        && _graph[id].Type.Shape == node.Type.Shape && Source(id).Type.Shape == node.Type.Shape;

    private void LowerConcat(Node node, Concat concat)
    {
        if (LayoutOf(node) == ImageLayout.Channels)
        {
            var whole = Keep(node, NewInChannels(node));
            var first = 0;
            foreach (var part in ChannelsMap.OfParts(node, Copy, _graph)!)
            {
                _steps.Add(MapInChannels(node, part, null, whole, first));
                first += part.Channels;
            }
            return;
        }
        var maps = new List<MapDraft>();
        var start = 0;
        foreach (var part in node.Inputs.Select(i => _graph[i]))
        {
            Loop[] loops = [.. part.Type.Shape.Select(NewLoop)];
            var index = loops.Select(Affine.Of).ToArray();
            var place = Affine.Flat([.. index.Select((i, a) => a == concat.Axis ? i + start : i)], node.Type.Shape.Items);
            maps.Add(new MapDraft(loops, [], place, Read(part.Id, index)).Merged());
            start += part.Type[concat.Axis];
        }
        var inRows = node.Type.Batched && maps.All(m => m.IsAlongRows(id => _graph[id].Type) && RunsInRows(node, [.. m.Elements]));
        var (storage, mode) = !node.Type.Batched ? (Storage.Flat, MapMode.Scalars) : inRows ? (Storage.Rows, MapMode.Rows) : (Storage.Lanes, MapMode.Lanes);
        var target = Keep(node, New(node, storage));
        foreach (var map in maps)
        {
            var value = map.Resolve(e => Demand(e.Node, _graph[e.Node].Type.Batched ? storage : Storage.Flat));
            _steps.Add(new Map(Comment(node), mode, target, map.Loops, map.Index, value, null, [], MapDraft.BuffersOf(value)));
        }
    }

    private void LowerFirstMax(Node node, bool mask, int[] axes)
    {
        var input = _graph[node.Inputs[0]];
        Loop[] loops = [.. input.Type.Shape.Where((_, a) => !axes.Contains(a)).Select(NewLoop)];
        Loop[] inner = [.. axes.Select(a => NewLoop(input.Type[a]))];
        var index = loops.Select(Affine.Of).ToArray();
        var full = Affine.Flat(FullIndex(axes.ToEquatable(), index, inner), input.Type.Shape.Items);
        var place = mask ? full : Affine.Flat(index, node.Type.Shape.Items);
        var draft = new MapDraft(loops, inner, place, new Element(input.Id, full)).Merged();
        var storage = node.Type.Batched ? Storage.Lanes : Storage.Flat;
        var x = Demand(input.Id, storage);
        _steps.Add(new FirstMax(Comment(node), mask, x, draft.Elements.Single().Index, Keep(node, New(node, storage)), draft.Index, draft.Loops, draft.Inner, node.Type.Batched ? MapMode.Lanes : MapMode.Scalars));
    }

    private void LowerBatchSum(Node node)
    {
        var input = node.Inputs[0];
        var storage = WhereIs(input) switch { Storage.Rows => Storage.Rows, Storage.Channels => Storage.Rows, Storage.Raw when _graph[input].Type.Length % 16 == 0 => Storage.Rows, _ => Storage.Lanes };
        var from = Demand(input, storage);
        if (storage == Storage.Lanes) SumOverAll(node, from);
        else _steps.Add(new SumOverBatch(Comment(node), Alone(from), Keep(node, New(node, Storage.Flat))));
    }
}
