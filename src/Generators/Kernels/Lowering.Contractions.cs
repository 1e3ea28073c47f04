using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

// Products, convolutions, pools.
internal sealed partial class Lowering
{
    private void LowerEinsum(Node node, Einsum einsum)
    {
        var a = Untransposed(new Factor(node.Inputs[0], einsum.A));
        var b = Untransposed(new Factor(node.Inputs[1], einsum.B));
        if (TryDense(node, einsum, a, b) || TryDense(node, einsum, b, a)) return;
        if (TryWeightGradient(node, einsum, a, b) || TryWeightGradient(node, einsum, b, a)) return;
        LowerProduct(node, einsum, a, b);
    }

    /// <summary>An operand of a product and the names of its axes.</summary>
    private sealed record Factor(int Id, EquatableArray<int> Labels);

    /// <summary>A transposed operand is the operand under other labels.</summary>
    private Factor Untransposed(Factor factor)
    {
        if (_graph[factor.Id].Operator is not Transpose transpose || _fusion.IsStored(factor.Id)) return factor;
        var labels = new int[factor.Labels.Count];
        for (var axis = 0; axis < labels.Length; axis++) labels[transpose.Axes[axis]] = factor.Labels[axis];
        return new Factor(_graph[factor.Id].Inputs[0], labels.ToEquatable());
    }

    /// <summary>x[…, k] · w[k, m] → [n, …, m] with w the same for all samples.</summary>
    private bool TryDense(Node node, Einsum einsum, Factor x, Factor w)
    {
        var (xType, wType) = (_graph[x.Id].Type, _graph[w.Id].Type);
        if (!xType.Batched || wType.Batched || wType.Rank != 2 || einsum.SumBatch || x.Labels.Count == 0 || einsum.Result.Count == 0) return false;
        var k = x.Labels[x.Labels.Count - 1];
        var m = einsum.Result[einsum.Result.Count - 1];
        var outer = x.Labels.Items.Take(x.Labels.Count - 1).ToArray();
        if (!w.Labels.OrderBy(l => l).SequenceEqual(new[] { k, m }.OrderBy(l => l)) || k == m || einsum.Result.Contains(k)) return false;
        if (!outer.SequenceEqual(einsum.Result.Items.Take(einsum.Result.Count - 1)) || outer.Contains(m)) return false;
        var (depth, columns) = (xType[xType.Rank - 1], node.Type[node.Type.Rank - 1]);
        var rows = xType.Length / depth;

        // Several rows per sample are rows like any other when they follow each other without padding.
        if (rows > 1 && (xType.Length % 16 != 0 || columns % 16 != 0 || IsSpaced(Source(x.Id)))) return false;
        var panels = DemandPanels(w.Id, transposed: w.Labels[0] != k);
        var input = rows > 1 || WhereIs(x.Id) is not (Storage.Raw or Storage.Rows or Storage.Lanes) ? Demand(x.Id, Storage.Rows) : Demand(x.Id, WhereIs(x.Id)!.Value);
        _steps.Add(new Dense(Comment(node), input, panels, Keep(node, New(node, Storage.Rows)), rows, depth, columns));
        return true;
    }

    /// <summary>Σ over the batch of x[n, k] · dy[n, m] → [k, m].</summary>
    private bool TryWeightGradient(Node node, Einsum einsum, Factor x, Factor dy)
    {
        if (!einsum.SumBatch || x.Labels.Count != 1 || dy.Labels.Count != 1 || einsum.Result.Count != 2) return false;
        if (einsum.Result[0] != x.Labels[0] || einsum.Result[1] != dy.Labels[0]) return false;
        var isOverTime = _graph[x.Id].Type.Time.Count > 0;
        var input = !isOverTime && WhereIs(x.Id) is { } place and (Storage.Raw or Storage.Rows or Storage.Lanes) ? Demand(x.Id, place) : Alone(Demand(x.Id, Storage.Rows));
        var gradient = Alone(Demand(dy.Id, Storage.Rows));
        _steps.Add(new DenseWeightGradient(Comment(node), [(input, Keep(node, New(node, Storage.Panels, node.Type[0], node.Type[1])))], gradient));
        return true;
    }

    private void LowerProduct(Node node, Einsum einsum, Factor a, Factor b)
    {
        var sizes = new Dictionary<int, int>();
        foreach (var factor in new[] { a, b })
            for (var axis = 0; axis < factor.Labels.Count; axis++) sizes[factor.Labels[axis]] = _graph[factor.Id].Type[axis];
        var loops = sizes.OrderBy(s => s.Key).ToDictionary(s => s.Key, s => NewLoop(s.Value));
        Affine Index(EquatableArray<int> labels) => Affine.Flat([.. labels.Select(l => Affine.Of(loops[l]))], [.. labels.Select(l => sizes[l])]);
        var summed = sizes.Keys.Where(l => !einsum.Result.Contains(l)).OrderBy(l => a.Labels.Items.IndexOf(l)).ToArray();
        var batched = _graph[a.Id].Type.Batched || _graph[b.Id].Type.Batched;
        Buffer Operand(Factor factor) => Demand(factor.Id, _graph[factor.Id].Type.Batched ? Storage.Lanes : Storage.Flat);
        var time = TimeAxes.Common("MatMul", [_graph[a.Id].Type.Time, _graph[b.Id].Type.Time]);
        var target = new Buffer($"product{node.Id}", batched ? Storage.Lanes : Storage.Flat, node.Type.Length, Space.Arena) { Time = time };
        var outer = einsum.Result.Select(l => loops[l]).Where(l => l.Extent > 1).ToEquatable();
        var inner = summed.Select(l => loops[l]).Where(l => l.Extent > 1).ToEquatable();
        _steps.Add(new Product(Comment(node), batched ? Domain.Batch : Domain.Output, Operand(a), Index(a.Labels), Operand(b), Index(b.Labels), target, Index(einsum.Result), outer, inner));
        if (!einsum.SumBatch)
        {
            Keep(node, target);
            return;
        }
        SumOverAll(node, target);
    }

    private void LowerConvolution(Node node)
    {
        var (first, second, layout) = (node.Inputs[0], node.Inputs[1], LayoutOf(node));
        switch (node.Operator)
        {
            case Convolution convolution:
                var image = ShapeOf(_graph[first].Type, node.Type, convolution.Window, convolution.Groups);
                if (_tiles.TryGetValue(node.Id, out var tile))
                {
                    AddWinograd(node, image, tile, first, second, DemandKernel(second), flipped: false);
                    break;
                }
                _steps.Add(Scheduled(new Image(Comment(node), ImageKernel.Convolve, image, Leading(node.Type), SourceOf(first, layout), DemandKernel(second), Keep(node, NewImage(node)))));
                break;
            case ConvolutionDataGradient gradient:
                var shape = ShapeOf(node.Type, _graph[first].Type, gradient.Window, gradient.Groups);
                var transposed = TransposedKernel(second, shape);
                if (_tiles.TryGetValue(node.Id, out tile))
                {
                    AddWinograd(node, Winograd.Backward(shape), tile, first, second, transposed, flipped: true);
                    break;
                }
                _steps.Add(Scheduled(new Image(Comment(node), ImageKernel.DataGradient, shape, Leading(node.Type), ImageOf(first, layout), transposed, Keep(node, NewImage(node)))));
                break;
            case ConvolutionWeightGradient weight:
                var (x, dy) = (_graph[first].Type, _graph[second].Type);
                var window = ShapeOf(x, dy, weight.Window, weight.Groups);
                var dw = Keep(node, New(node, Storage.Panels, node.Type[1] * node.Type[2] * node.Type[3], node.Type[0]));
                if (_tiles.TryGetValue(node.Id, out tile))
                {
                    var groups = Winograd.GroupsOf(window);
                    var sums = new Buffer($"transformedGradient{node.Id}", Storage.Flat, checked((int)(groups * Winograd.Numbers(window, tile))), Space.Arena);
                    _steps.Add(new WinogradGradient(Comment(node), window, tile, groups, ImageOf(first, ImageLayout.Channels), ImageOf(second, ImageLayout.Channels), sums));
                    _steps.Add(new WinogradGradientJoin(Comment(node), window, tile, groups, sums, dw));
                    break;
                }
                _steps.Add(new ImageWeightGradient(Comment(node), window, Leading(x), SourceOf(first, layout), ImageOf(second, layout), dw));
                break;
        }
    }

    /// <summary>A kernel's panels as the data gradient wants them.</summary>
    private Buffer TransposedKernel(int id, ImageShape shape)
    {
        var kernel = DemandKernel(id);
        var form = Form(Storage.Panels, "data gradient" + shape);
        if (_forms.TryGetValue((Source(id).Id, form), out var known)) return known;
        var transposed = new Buffer($"{kernel.Name}Transposed", Storage.Panels, kernel.Features, Space.Arena, shape.KernelHeight * shape.KernelWidth * shape.OutChannels / shape.Groups, shape.Channels);
        _steps.Add(new TransposeKernel($"{kernel.Name} for the data gradient", shape, kernel, transposed));
        return _forms[(Source(id).Id, form)] = transposed;
    }

    /// <summary>A convolution by Winograd's algorithm.</summary>
    /// <param name="tile">Pixels of a tile along an axis.</param>
    /// <param name="kernel">In panels; <paramref name="flipped"/>: transposed, and its taps turned around.</param>
    private void AddWinograd(Node node, ImageShape shape, int tile, int image, int kernelId, Buffer kernel, bool flipped)
    {
        var form = Form(Storage.Panels, $"Winograd {tile} {shape.Channels} {shape.OutChannels}{(flipped ? " flipped" : "")}");
        var depth = checked((tile + 2) * (tile + 2) * Sizes.Round16(shape.Channels));
        WinogradKernel Transform(Buffer target) => new($"{kernel.Name} for tiles of {tile}×{tile} pixels", shape.Channels, shape.OutChannels, tile, flipped, kernel, target);
        if (_program.Kind == ProgramKind.Predict && kernel.Space == Space.Parameters)
        {
            _forms[(Source(kernelId).Id, form)] = _prepared.Add(kernel, form, Transform, depth, shape.OutChannels);
        }
        else if (!_forms.ContainsKey((Source(kernelId).Id, form)))
        {
            var target = new Buffer($"{kernel.Name}Tile", Storage.Panels, checked(depth * shape.OutChannels), Space.Arena, depth, shape.OutChannels);
            _steps.Add(Transform(target));
            _forms[(Source(kernelId).Id, form)] = target;
        }
        var convolution = new Image(Comment(node), ImageKernel.Convolve, shape, 1, ImageOf(image, ImageLayout.Channels), _forms[(Source(kernelId).Id, form)], Keep(node, NewImage(node))) { Winograd = tile };
        _steps.Add(Winograd.RunsByRows(shape, tile) ? convolution : convolution.OverBatch());
    }

    /// <summary>What a convolution reads: in Channels an input of few channels as it lies, in planes.</summary>
    private Buffer SourceOf(int id, ImageLayout layout) =>
        ImageOf(id, layout == ImageLayout.Channels && ImageLayouts.IsReadInPlanes(Source(id)) ? ImageLayout.Rows : layout);

    private Image Scheduled(Image image) => image.InChannels && ImageLayouts.SharesKernel(image.Shape, _rows) ? image.OverBatch() : image;

    private void LowerPool(Node node)
    {
        var first = _graph[node.Inputs[0]].Type;
        var (kernel, window, image, output) = node.Operator switch
        {
            MaxPool p => (ImageKernel.MaxPool, p.Window, first, node.Type),
            MaxPoolGradient p => (ImageKernel.MaxPoolGradient, p.Window, node.Type, _graph[node.Inputs[1]].Type),
            MaxPoolGather p => (ImageKernel.MaxPoolGather, p.Window, first, node.Type),
            AveragePool p => (ImageKernel.AveragePool, p.Window, first, node.Type),
            _ => (ImageKernel.AveragePoolGradient, ((AveragePoolGradient)node.Operator).Window, node.Type, first),
        };
        var shape = ShapeOf(image, output, window, 1);
        // What only a mean asks for, so that other pools keep their shape.
        if (node.Operator is AveragePool or AveragePoolGradient)
            shape = shape with { Bottom = window.Bottom, Right = window.Right, Divisor = node.Operator is AveragePool average ? average.Divisor : ((AveragePoolGradient)node.Operator).Divisor };
        var layout = LayoutOf(node);
        var b = node.Inputs.Count > 1 ? ImageOf(node.Inputs[1], layout) : null;
        _steps.Add(new Image(Comment(node), kernel, shape, Leading(node.Type), ImageOf(node.Inputs[0], layout), b, Keep(node, NewImage(node))));
    }

    private Buffer NewImage(Node node) => LayoutOf(node) == ImageLayout.Channels ? NewInChannels(node)
        : node.Type.Batched ? New(node, LayoutOf(node) == ImageLayout.Rows ? Storage.Rows : Storage.Lanes)
        : throw new UnsupportedException($"{node.Operator.GetType().Name} of values that do not depend on the sample");

    /// <summary>Images per sample: the product of the axes before [channels, height, width].</summary>
    private static int Leading(TensorType type) => type.Shape.Items.Take(type.Rank - 3).Aggregate(1, (a, d) => a * d);

    private Buffer NewInChannels(Node node) => New(node, Storage.Channels, node.Type[0], node.Type[1] * node.Type[2]);

    internal static ImageShape ShapeOf(TensorType image, TensorType output, WindowGeometry w, int groups) => new(
        image[image.Rank - 3], image[image.Rank - 2], image[image.Rank - 1], output[output.Rank - 3], output[output.Rank - 2], output[output.Rank - 1],
        w.KernelHeight, w.KernelWidth, w.StrideY, w.StrideX, w.Top, w.Left, w.DilationY, w.DilationX, groups);
}

/// <summary>A program is correct but this version has no kernel for it; the message becomes a diagnostic.</summary>
internal sealed class UnsupportedException(string message) : Exception(message);
