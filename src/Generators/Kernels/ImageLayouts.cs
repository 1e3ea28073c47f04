using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

/// <summary>How an image lies; see docs/architecture.md.</summary>
internal enum ImageLayout
{
    /// <summary>16 samples side by side.</summary>
    Lanes,

    /// <summary>Its channels side by side.</summary>
    Channels,

    /// <summary>Its pixels side by side, channel by channel: a row of the batch as any other.</summary>
    Rows,
}

/// <summary>What decides between the layouts.</summary>
internal enum LayoutChoice
{
    /// <summary>The lower cost.</summary>
    Cheapest,

    /// <summary>Samples side by side wherever possible. This and the next three are for tests: the bits are the same.</summary>
    Lanes,

    /// <summary>Channels side by side wherever possible.</summary>
    Channels,

    /// <summary>Pixels side by side wherever possible, or else channels.</summary>
    Rows,

    /// <summary>Now the one, now the other.</summary>
    Mixed,
}

/// <summary>
/// Chooses how each image lies: 16 samples side by side (Lanes), its channels side by side (Channels) or its pixels (Rows). The cost of a program is
/// that of its operators, each at the speed its layout has, and of the moves between layouts, in clock cycles a sample on one core.
/// From a start it changes the layout of one value, or of neighbours without a contraction between them, as long as the cost falls.
/// </summary>
internal sealed class ImageLayouts
{
    // Shares of the peak that contractions reach. In Lanes 16 large images are more than the caches hold, and weight gradients of many
    // channels have a register of chains for each weight to load.
    private const double LanesEfficiency = 0.85, LanesOfLargeImages = 0.7, LanesGradientOfManyChannels = 0.5, ChannelsEfficiency = 0.88;

    /// <summary>Floats from which on an image is large: 2 MB for 16 of them.</summary>
    private const int LargeImage = 32 * 1024;

    /// <summary>Cycles in which 16 numbers pass through a pointwise operator or a pool; in which they move to another layout.</summary>
    private const double Pass = 6, Move = 24;

    /// <summary>Fetching a kernel that the L2 cache does not keep costs a sample as much as computing so many pixels; 16 samples can share it.</summary>
    private const double FetchedPixels = 16;

    /// <summary>Floats of the largest kernel that the L2 cache keeps beside the images: 256 KB.</summary>
    private const int KeptKernel = 64 * 1024;

    /// <summary>A run of channels under a tap costs so many terms more than it has.</summary>
    private const double RunTerms = 0.4;

    /// <summary>Channels in that a tile of the weight gradient needs to fill the units.</summary>
    private const double GradientChannels = 5;

    /// <summary>Work in Lanes comes in pieces of 16 samples: with more threads than blocks some find none.</summary>
    private const double CoarsePieces = 1.1;

    /// <summary>Channels of an input that convolutions in Channels read as it lies.</summary>
    private const int PlaneChannels = 4;

    /// <summary>Wider kernels than this have weight gradients in Lanes only.</summary>
    private const int WidestKernel = 64;

    /// <summary>Columns that the output of a convolution in Rows has at least, and floats that its image has at most, padding included.</summary>
    private const int LeastColumns = 16, LargestRows = 32 * 1024;

    private readonly Graph.Graph _graph;
    private readonly Fusion _fusion;
    private readonly int _rows;
    private readonly Winograd _winograd;
    private readonly Dictionary<int, Candidate> _candidates = [];

    /// <summary>What else reads a value: as Lanes, or as Rows.</summary>
    private readonly HashSet<int> _readAsLanes = [], _readAsRows = [];

    private readonly Dictionary<int, List<int>> _readers = [];

    /// <param name="Lanes">Cycles in Lanes, if it can be; <paramref name="Channels"/>: in Channels; <paramref name="Rows"/>: in Rows, if it can be.</param>
    /// <param name="Images">The values it reads as images in its own layout.</param>
    private sealed record Candidate(Node Node, double? Lanes, double Channels, double? Rows, IReadOnlyList<int> Images)
    {
        public bool Allows(ImageLayout layout) => layout == ImageLayout.Channels || (layout == ImageLayout.Lanes ? Lanes : Rows) is not null;

        public double CostOf(ImageLayout layout) => layout switch { ImageLayout.Lanes => Lanes!.Value, ImageLayout.Channels => Channels, _ => Rows!.Value };
    }

    /// <summary>Convolutions that Winograd's algorithm computes, in Channels, and the pixels of their tiles along an axis.</summary>
    public Dictionary<int, int> Tiles { get; } = [];

    /// <param name="draft">A node's map before loops are merged; <paramref name="copy"/>: the map that copies a value.</param>
    /// <param name="rows">Rows of the batch that is expected.</param>
    public ImageLayouts(Graph.Graph graph, Fusion fusion, Func<Node, MapDraft> draft, Func<Node, MapDraft> copy, int rows, Winograd winograd)
    {
        (_graph, _fusion, _rows, _winograd) = (graph, fusion, rows, winograd);
        foreach (var node in graph.Nodes)
            if (fusion.IsStored(node.Id)) Add(node, draft, copy);
        foreach (var output in graph.Outputs) _readAsRows.Add(Source(output.Node));
    }

    /// <summary>The layout of every node that can be in another one than Lanes.</summary>
    /// <param name="log">Takes what was chosen, and why.</param>
    public Dictionary<int, ImageLayout> Choose(LayoutChoice choice, TextWriter? log = null)
    {
        var chosen = choice switch
        {
            LayoutChoice.Lanes => All(_ => ImageLayout.Lanes),
            LayoutChoice.Channels => All(_ => ImageLayout.Channels),
            LayoutChoice.Rows => All(_ => ImageLayout.Rows),
            LayoutChoice.Mixed => All(id => (ImageLayout)(id * 7 % 5 % 3)),
            _ => new[] { ImageLayout.Lanes, ImageLayout.Channels }.Select(start => Improved(All(_ => start))).OrderBy(Cost).First(),
        };
        if (log is not null && _candidates.Count > 0) Print(log, chosen);
        return chosen;
    }

    /// <summary>The layout that is wished for, or Channels where it cannot be.</summary>
    private Dictionary<int, ImageLayout> All(Func<int, ImageLayout> wish) =>
        _candidates.Values.ToDictionary(c => c.Node.Id, c => wish(c.Node.Id) is var layout && c.Allows(layout) ? layout : ImageLayout.Channels);

    private void Print(TextWriter log, Dictionary<int, ImageLayout> chosen)
    {
        log.WriteLine($"# layouts of images, for {English.Count(_rows, "row")}: {Cycles(Cost(chosen))} cycles a sample; all in Lanes {Cycles(Cost(All(_ => ImageLayout.Lanes)))}, all in Channels {Cycles(Cost(All(_ => ImageLayout.Channels)))}");
        foreach (var candidate in _candidates.Values.OrderBy(c => c.Node.Id))
        {
            log.WriteLine($"{chosen[candidate.Node.Id],-8} %{candidate.Node.Id} {candidate.Node.Operator.GetType().Name} {candidate.Node.Type}: {(candidate.Lanes is { } lanes ? $"Lanes {Cycles(lanes)}, " : "")}Channels {Cycles(candidate.Channels)}"
                + (Tiles.TryGetValue(candidate.Node.Id, out var tile) ? $" by Winograd's algorithm, {tile}×{tile} pixels a tile" : "")
                + (candidate.Rows is { } rows ? $", Rows {Cycles(rows)}" : "")
                + (MovesOf(candidate.Node.Id, chosen) is var moves && moves > 0 ? $", then moved for {Cycles(moves)}" : ""));
        }
    }

    private static string Cycles(double cycles) => cycles >= 1e6 ? $"{cycles / 1e6:0.0} M" : cycles >= 1e3 ? $"{cycles / 1e3:0.0} k" : $"{cycles:0}";

    // ---- What can be in Channels, and what it costs ----

    private void Add(Node node, Func<Node, MapDraft> draft, Func<Node, MapDraft> copy)
    {
        switch (node.Operator)
        {
            case Convolution c when Fits(node.Inputs[0], node.Inputs[1], c.Window, c.Groups): Contract(node, Shape(node.Inputs[0], node.Id, c.Window, c.Groups), 1); return;
            case ConvolutionDataGradient c when Fits(node.Inputs[0], node.Inputs[1], c.Window, c.Groups): Contract(node, Shape(node.Id, node.Inputs[0], c.Window, c.Groups), 1); return;
            case ConvolutionWeightGradient c when Fits(node.Inputs[0], null, c.Window, c.Groups) && Fits(node.Inputs[1], null, c.Window, c.Groups): Contract(node, Shape(node.Inputs[0], node.Inputs[1], c.Window, c.Groups), 2); return;
            case MaxPool or MaxPoolGradient or MaxPoolGather or AveragePool or AveragePoolGradient when node.Type is { Batched: true, Rank: 3, Time.Count: 0 }:
                PassOver(node, [.. node.Inputs.Select(Source)]);
                return;
            case Pointwise or Reduce or View and not Concat:
                if (ChannelsMap.Of(node, draft(node), _graph) is not { } map) break;
                PassOver(node, [.. ImagesOf(map)], inRows: node.Operator is not Reduce && CanBeInRows(map));
                return;
            case Concat:
                if (ChannelsMap.OfParts(node, copy, _graph) is not { } parts) break;
                PassOver(node, [.. parts.SelectMany(ImagesOf).Distinct()]);
                return;
        }
        foreach (var leaf in Leaves(node)) (node.Operator is Einsum ? _readAsRows : _readAsLanes).Add(leaf);
    }

    private IEnumerable<int> ImagesOf(ChannelsMap map) =>
        map.Draft.Elements.Where(e => map.AccessOf(e, _graph[e.Node].Type) == ChannelsAccess.Image).Select(e => Source(e.Node)).Distinct();

    /// <summary>Registers of pixels reach to the end of a channel, and numbers per channel are the same for all samples.</summary>
    private bool CanBeInRows(ChannelsMap map) =>
        map.Pixels % 16 == 0 && map.Draft.Elements.All(e => map.AccessOf(e, _graph[e.Node].Type) == ChannelsAccess.Image || !_graph[e.Node].Type.Batched);

    /// <summary>A forward convolution of a small image, along rows of enough pixels.</summary>
    private static bool CanBeInRows(Node node, ImageShape s) =>
        node.Operator is Convolution && s is { StrideX: 1, Groups: 1, OutWidth: >= LeastColumns } && s.OutHeight * s.OutWidth % 16 == 0
        && (long)s.Channels * s.Height * Math.Max(s.Left + s.Width, s.OutWidth + (s.KernelWidth - 1) * s.DilationX) <= LargestRows;

    /// <summary>Sizes that Channels has tiles for: groups are whole panels of the kernel.</summary>
    private bool Fits(int image, int? kernel, WindowGeometry window, int groups)
    {
        var type = _graph[image].Type;
        var perGroup = kernel is { } w ? _graph[w].Type : null;
        return type is { Batched: true, Rank: 3, Time.Count: 0 } && perGroup?.Batched != true && window.KernelWidth <= WidestKernel
            && (groups == 1 || (type[0] / groups % 32 == 0 && (perGroup is null || (perGroup[0] / groups % 32 == 0 && perGroup[1] % 32 == 0))));
    }

    private ImageShape Shape(int image, int output, WindowGeometry window, int groups) => Lowering.ShapeOf(_graph[image].Type, _graph[output].Type, window, groups);

    /// <summary>A convolution or one of its adjoints.</summary>
    private void Contract(Node node, ImageShape s, int images)
    {
        double inputs = s.Channels / s.Groups, outputs = s.OutChannels;
        var pixels = Meets(s.OutHeight, s.Height, s.KernelHeight, s.StrideY, s.Top, s.DilationY) * Meets(s.OutWidth, s.Width, s.KernelWidth, s.StrideX, s.Left, s.DilationX);
        var terms = pixels * inputs * outputs / 16;
        if (node.Operator is ConvolutionDataGradient) (inputs, outputs) = (s.OutChannels / s.Groups, s.Channels);
        // A panel of 16 channels out loads as much for one register of sums as one of 32 for two.
        var padded = (Sizes.Round16((int)outputs) + (Sizes.Round16((int)outputs) % 32 == 0 ? 0 : 14)) / outputs;
        var channels = terms * padded / ChannelsEfficiency;
        var isGradient = node.Operator is ConvolutionWeightGradient;
        // Tiles of the weight gradient have a row per channel in; otherwise channels in are a run of terms, or of one channel the tap columns.
        var run = inputs == 1 ? s.KernelWidth : inputs;
        if (isGradient)
        {
            channels *= Math.Max(1, GradientChannels / inputs);
            if (AddWinogradGradient(node, s, Math.Min(channels, terms / (inputs >= 32 ? LanesGradientOfManyChannels : LanesEfficiency)))) return;
        }
        else
        {
            channels *= (run + RunTerms) / run;
            if (AddWinograd(node, s, Math.Min(channels, terms / LanesEfficiency))) return;
            channels += SharesKernel(s, _rows) ? SharingCost(s) : FetchCost(s);
        }
        var lanes = isGradient && inputs >= 32 ? LanesGradientOfManyChannels : s.Channels * s.Height * s.Width >= LargeImage ? LanesOfLargeImages : LanesEfficiency;
        // In Rows every tap of the padding is a product, and the last register of a row overlaps the one before.
        double? rows = !CanBeInRows(node, s) ? null
            : Meets(s.OutHeight, s.Height, s.KernelHeight, s.StrideY, s.Top, s.DilationY) * s.KernelWidth * (Sizes.Round16(s.OutWidth) / 16) * inputs * outputs / LanesEfficiency + Pass * s.Channels * s.Height * s.Width / 16;
        Add(node, terms / lanes * CoarsePieces * LanesWaste, channels, rows, [.. node.Inputs.Take(images).Select(Source)]);
    }

    /// <summary>A convolution that Winograd's algorithm computes, if it is one.</summary>
    /// <param name="direct">Cycles of the sum over taps.</param>
    private bool AddWinograd(Node node, ImageShape s, double direct)
    {
        var isGradient = node.Operator is ConvolutionDataGradient;
        if (!Winograd.IsPossible(s)) return false;
        var shape = isGradient ? Winograd.Backward(s) : s;
        if (_winograd.TileOf(shape, isGradient, direct) is not (> 0 and var tile)) return false;
        Tiles.Add(node.Id, tile);
        Add(node, null, Winograd.Cost(shape, tile, isGradient), null, [Source(node.Inputs[0])]);
        return true;
    }

    /// <summary>The same of a weight gradient.</summary>
    private bool AddWinogradGradient(Node node, ImageShape s, double direct)
    {
        if (_winograd.TileOfWeightGradient(s, direct) is not (> 0 and var tile)) return false;
        Tiles.Add(node.Id, tile);
        Add(node, null, Winograd.WeightGradientCost(s, tile), null, [.. node.Inputs.Select(Source)]);
        return true;
    }

    /// <summary>Whether a convolution in Channels runs over all rows at once rather than row by row with the steps around it.</summary>
    public static bool SharesKernel(ImageShape s, int rows) => rows >= 16 && SharingCost(s) < FetchCost(s);

    /// <summary>Every sample fetches the kernel.</summary>
    private static double FetchCost(ImageShape s) => KernelFloats(s) <= KeptKernel ? 0 : FetchedPixels * KernelFloats(s) / 16;

    /// <summary>16 samples share the kernel, but what they read and write is not in the cache.</summary>
    private static double SharingCost(ImageShape s) =>
        FetchedPixels * KernelFloats(s) / 256 + Pass * ((double)s.Channels * s.Height * s.Width + (double)s.OutChannels * s.OutHeight * s.OutWidth) / 16;

    private static double KernelFloats(ImageShape s) => (double)s.KernelHeight * s.KernelWidth * s.Channels / s.Groups * Sizes.Round16(s.OutChannels);

    /// <summary>Lanes compute 16 samples, even where there are less.</summary>
    private double LanesWaste => 16.0 / Math.Min(16, _rows);

    /// <summary>Pairs of an output and a tap along an axis that meet the image.</summary>
    private static double Meets(int outputs, int size, int kernel, int stride, int padding, int dilation)
    {
        var count = 0;
        for (var i = 0; i < outputs; i++)
            for (var u = 0; u < kernel; u++)
                if (i * stride + u * dilation - padding >= 0 && i * stride + u * dilation - padding < size) count++;
        return count;
    }

    /// <summary>A pointwise operator, a sum over pixels or a pool.</summary>
    private void PassOver(Node node, IReadOnlyList<int> images, bool inRows = false)
    {
        double lanes = 0, channels = 0;
        foreach (var type in images.Select(i => _graph[i].Type).Append(node.Type))
        {
            lanes += type.Length / 16.0;
            channels += Vectors(type);
        }
        Add(node, Pass * lanes * LanesWaste, Pass * channels, inRows ? Pass * lanes : null, images);
    }

    /// <summary>Registers of 16 that an image takes in Channels.</summary>
    private static double Vectors(TensorType type) => type.Rank == 3 ? type[1] * (double)type[2] * Sizes.Round16(type[0]) / 16 : type.Length / 16.0;

    private void Add(Node node, double? lanes, double channels, double? rows, IReadOnlyList<int> images)
    {
        _candidates.Add(node.Id, new Candidate(node, lanes, channels, rows, images));
        foreach (var image in images)
            if (_readers.TryGetValue(image, out var readers)) readers.Add(node.Id);
            else _readers[image] = [node.Id];
    }

    /// <summary>The stored value that an operand is, or is a reshape of.</summary>
    private int Source(int id)
    {
        while (_graph[id].Operator is Reshape && !_fusion.IsStored(id)) id = _graph[id].Inputs[0];
        return id;
    }

    /// <summary>The stored values that a node reads.</summary>
    private IEnumerable<int> Leaves(Node node) => node.Inputs.SelectMany(i => _fusion.IsStored(i) ? [i] : Leaves(_graph[i])).Distinct();

    // ---- The cost of a choice ----

    private double Cost(Dictionary<int, ImageLayout> chosen)
    {
        var cost = 0.0;
        foreach (var candidate in _candidates.Values) cost += candidate.CostOf(chosen[candidate.Node.Id]);
        foreach (var value in _readers.Keys.Union(_candidates.Keys)) cost += MovesOf(value, chosen);
        return cost;
    }

    /// <summary>A value is moved once to every layout it is asked for in and does not have. Rows and Lanes read each other's small values as they are.</summary>
    private double MovesOf(int value, Dictionary<int, ImageLayout> chosen)
    {
        var type = _graph[value].Type;
        if (!type.Batched) return 0;
        var own = chosen.TryGetValue(value, out var layout) ? layout : ComesAsRows(value) ? ImageLayout.Rows : ImageLayout.Lanes;
        var (asLanes, asChannels, asRows) = (_readAsLanes.Contains(value), false, _readAsRows.Contains(value) && own == ImageLayout.Channels);
        if (_readers.TryGetValue(value, out var readers))
            foreach (var reader in readers)
                switch (chosen[reader])
                {
                    case ImageLayout.Lanes: asLanes = true; break;
                    case ImageLayout.Rows: asRows = true; break;
                    default: asChannels |= !IsContraction(_graph[reader]) || !IsReadInPlanes(_graph[value]); break;
                }
        return Move * Vectors(type) * ((asChannels && own != ImageLayout.Channels ? 1 : 0) + (asLanes && own != ImageLayout.Lanes ? LanesWaste : 0) + (asRows && own != ImageLayout.Rows ? 1 : 0));
    }

    /// <summary>Convolutions in Channels read an input of few channels as it lies: padded to a register, it would be several times as large.</summary>
    public static bool IsReadInPlanes(Node value) => value is { Operator: InputRead, Type: { Rank: 3 } type } && type[0] <= PlaneChannels;

    private bool ComesAsRows(int value) => _graph[value].Operator is InputRead or RandomDraw or Einsum;

    private static readonly ImageLayout[] Layouts = [ImageLayout.Lanes, ImageLayout.Channels, ImageLayout.Rows];

    /// <summary>Values that get one layout together, and those whose moves that concerns: they themselves and what they read.</summary>
    private sealed record Group(int[] Values, int[] Touched);

    private Group GroupOf(params int[] values) => new(values, [.. values.SelectMany(id => _candidates[id].Images).Concat(values).Distinct()]);

    private Dictionary<int, ImageLayout> Improved(Dictionary<int, ImageLayout> chosen)
    {
        var singles = _candidates.Keys.Select(id => GroupOf(id)).ToArray();
        var regions = Regions().Select(region => GroupOf([.. region])).ToArray();
        for (var changed = true; changed;)
        {
            while (singles.Aggregate(false, (any, single) => Improve(single) || any)) { }
            changed = false;
            foreach (var region in regions) changed |= Improve(region);
        }
        return chosen;

        // Gives the values another layout, if that costs less.
        bool Improve(Group group)
        {
            var improved = false;
            foreach (var layout in Layouts)
            {
                if (Array.TrueForAll(group.Values, id => chosen[id] == layout || !_candidates[id].Allows(layout))) continue;
                var (before, cost) = (Array.ConvertAll(group.Values, id => chosen[id]), Local());
                foreach (var id in group.Values)
                    if (_candidates[id].Allows(layout)) chosen[id] = layout;
                if (Local() < cost * (1 - 1e-9)) improved = true;
                else
                    for (var i = 0; i < before.Length; i++) chosen[group.Values[i]] = before[i];
            }
            return improved;

            double Local()
            {
                var sum = 0.0;
                foreach (var id in group.Values) sum += _candidates[id].CostOf(chosen[id]);
                foreach (var value in group.Touched) sum += MovesOf(value, chosen);
                return sum;
            }
        }
    }

    /// <summary>Candidates that are no contractions and read one another, or the same value, so that a change of one alone only moves the move.</summary>
    private IReadOnlyList<HashSet<int>> Regions()
    {
        var region = new Dictionary<int, HashSet<int>>();
        foreach (var candidate in _candidates.Values.Where(c => !IsContraction(c.Node)))
        {
            var own = new HashSet<int> { candidate.Node.Id };
            foreach (var neighbour in candidate.Images.Concat(candidate.Images.SelectMany(i => _readers[i])))
                if (region.TryGetValue(neighbour, out var known) && known != own)
                {
                    if (known.Count > own.Count) (own, known) = (known, own);
                    own.UnionWith(known);
                    foreach (var id in known) region[id] = own;
                }
            own.Add(candidate.Node.Id);
            foreach (var id in own.Where(id => !region.TryGetValue(id, out var r) || r != own).ToArray()) region[id] = own;
        }
        return [.. region.Values.Distinct().Where(r => r.Count > 1)];
    }

    private static bool IsContraction(Node node) => node.Operator is Convolution or ConvolutionDataGradient or ConvolutionWeightGradient;
}
