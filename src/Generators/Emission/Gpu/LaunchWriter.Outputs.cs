using Kiln.Generators.Kernels;

namespace Kiln.Generators.Emission.Gpu;

// Steps over outputs: gradients of weights, sums over the batch, values without batch axis.
internal sealed partial class LaunchWriter
{
    private IEnumerable<StepLaunch> OutputStep(Step step)
    {
        switch (step)
        {
            case Map or Product or FirstMax:
                return [LaunchMap(step, "1")];
            case DenseWeightGradient g:
                return WeightGradients(g);
            case Image image:
                return ImageLaunch(image);
            case ImageWeightGradient g:
                return ImageWeightGradients(g);
            case WinogradKernel k:
                return [Launch(k, $"WinogradTiles.Kernel(w, u, {k.Inputs}, {k.Outputs}, {k.Size}, {Bool(k.Flipped)})", $"DeviceWork.WinogradKernel({k.Inputs}, {k.Outputs})", [In("w", k.W), In("u", k.Target)])];
            case WinogradGradient g:
                return [Launch(g, $"WinogradTiles.Gradient(x, dy, sums, {g.X.RowStride}, {g.Dy.RowStride}, new ImageShape({ShapeText(g.Shape)}), {g.Size}, {g.Groups}, rows)",
                    $"DeviceWork.WinogradGradient({shapes.Add(g.Shape)}, {g.Groups})", [In("x", g.X), In("dy", g.Dy), In("sums", g.Sums)], ("rows", "rows"))];
            case WinogradGradientJoin g:
                return [Launch(g, $"WinogradTiles.JoinGradient(sums, dw, {g.Shape.Channels}, {g.Shape.OutChannels}, {g.Size}, {g.Groups})", $"DeviceWork.WinogradKernel({g.Shape.Channels}, {g.Shape.OutChannels})", [In("sums", g.Sums), In("dw", g.Dw)])];
            case AddRows a:
                return [Launch(a, $"Sums.AddRows(x, labels, y, {a.X.RowStride}, {a.Labels.RowStride}, {a.Rows}, {a.X.Features}, rows)", $"{Sizes.Round16(a.Rows * a.X.Features)}",
                    [In("x", a.X), In("labels", a.Labels), In("y", a.Target)], ("rows", RowsOf(a.X)))];
            case TransposePanels t:
                return [Launch(t, $"DenseTiles.TransposePanels(x, y, {t.From.K}, {t.From.M})", $"DeviceWork.TransposePanels({t.From.K}, {t.From.M})", [In("x", t.From), In("y", t.Target)])];
            case TransposeKernel t:
                return [Launch(t, $"ImageTiles.TransposeKernel(w, wt, new ImageShape({ShapeText(t.Shape)}))", $"DeviceWork.TransposeKernel({shapes.Add(t.Shape)})", [In("w", t.W), In("wt", t.Target)])];
            case SumOverBatch { X.Storage: Storage.Lanes } s:
                return [Launch(s, $"Sums.OfLanes(x, y, {s.X.Features}, rows)", $"{16 * s.X.Features}", [In("x", s.X), In("y", s.Target)], ("rows", "rows"))];
            case SumOverBatch s:
                return [Launch(s, $"Sums.OfRows(x, y, {s.X.RowStride}, {s.X.Features}, rows)", $"{16 * Sizes.Round16(s.X.Features)}", [In("x", s.X), In("y", s.Target)], ("rows", RowsOf(s.X)))];
            case Draw draw:
                return [DrawLaunch(draw)];
            case Move move:
                return [PlainMove(move)];
            case WriteOutput write:
                return [write.Integers
                    ? Launch(write, $"Layouts.WriteLabels(thread, x, y, {write.From.Features})", $"{write.From.Features}", [In("x", write.From), In("y", write.Target, "int")])
                    : Launch(write, $"Layouts.Copy(thread, x, y, {write.From.Features})", $"{write.From.Features}", [In("x", write.From), In("y", write.Target)])];
            default:
                throw new InvalidOperationException($"{step.GetType().Name} does not run over outputs");
        }
    }

    private IEnumerable<StepLaunch> WeightGradients(DenseWeightGradient g)
    {
        var rows = ("rows", RowsOf(g.Dy));
        for (var i = 0; i < g.Factors.Count; i++)
        {
            var (x, dw) = g.Factors[i];
            var sizes = $"{RowsOf(x, x.Storage == Storage.Lanes)}, {g.Dy.RowStride}, rows, {dw.K}, {dw.M}";
            // Each factor by a kernel of its own; the bias with the first.
            var step = g with { Factors = [g.Factors[i]], Writes = [dw], Bias = i == 0 ? g.Bias : null };
            yield return i == 0 && g.Bias is { } bias
                ? Launch(step, $"DenseTiles.WeightGradientBias<{precision}>(x, dy, dw, bias, {sizes})", $"DeviceWork.DenseWeightGradientBias({rows.Item2}, {dw.K}, {dw.M})", [In("x", x), In("dy", g.Dy), In("dw", dw), In("bias", bias)], rows)
                : Launch(step, $"DenseTiles.WeightGradient<{precision}>(x, dy, dw, {sizes})", $"DeviceWork.DenseWeightGradient({rows.Item2}, {dw.K}, {dw.M})", [In("x", x), In("dy", g.Dy), In("dw", dw)], rows);
        }
    }

    private IEnumerable<StepLaunch> ImageWeightGradients(ImageWeightGradient g)
    {
        var isLanes = g.Dy.Storage == Storage.Lanes;
        var steps = g.X.Time.Count == 0 ? "1" : AllSteps(g.X.Time);
        if (isLanes) yield return Launch(g, $"Layouts.ClearDeadLanes(thread, dy, {g.Dy.Features}, rows, steps)", $"(long){steps} * {16 * g.Dy.Features}", [In("dy", g.Dy)], ("rows", "rows"), ("steps", steps));
        var s = g.Shape;
        var samples = ("samples", isLanes ? $"blocks * {16 * g.Leading} * {steps}" : "rows");
        yield return Launch(g, $"ImageTiles.WeightGradient<{precision}>(x, dy, dw, {Places(g.X, s.Channels, s.Height * s.Width)}, {Places(g.Dy, s.OutChannels, s.OutHeight * s.OutWidth)}, new ImageShape({ShapeText(s)}), samples)",
            $"DeviceWork.WeightGradient({shapes.Add(s)})", [In("x", g.X), In("dy", g.Dy), In("dw", g.Dw)], samples);
    }

    private StepLaunch PlainMove(Move move)
    {
        var (from, to) = (move.From, move.Target);
        View[] views = [In("x", from), In("y", to)];
        var launch = (from.Storage, to.Storage) switch
        {
            (Storage.Panels, Storage.Flat) when move.Convolution is { } c => Launch(move, $"Layouts.PanelsToKernel(thread, x, y, {from.M}, {c.Channels}, {c.Height * c.Width})", $"{c.Channels * c.Height * c.Width * from.M}", views),
            (Storage.Flat, Storage.Panels) when move.Convolution is { } c => Launch(move, $"Layouts.KernelToPanels(thread, x, y, {to.M}, {c.Channels}, {c.Height * c.Width})", $"{c.Channels * c.Height * c.Width * Sizes.Round16(to.M)}", views),
            (Storage.Panels, Storage.Flat) => Launch(move, $"Layouts.PanelsToFlat(thread, x, y, {from.K}, {from.M}, false)", $"{from.K * from.M}", views),
            (Storage.Flat, Storage.Panels) => Launch(move, $"Layouts.FlatToPanels(thread, x, y, {to.K}, {to.M}, {Bool(move.Transposed)})", $"{to.K * Sizes.Round16(to.M)}", views),
            _ => Launch(move, $"Layouts.Copy(thread, x, y, {from.Floats})", $"{from.Floats}", views),
        };
        return launch with { Few = Math.Max(from.Floats, to.Floats) };
    }
}
