using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests.Reference;

/// <summary>Pools by their definitions, window by window.</summary>
internal static class ReferencePooling
{
    public static double[] Pool(Operator op, TensorType result, TensorType first, double[][] x)
    {
        var window = op switch
        {
            MaxPool p => p.Window,
            MaxPoolGradient p => p.Window,
            MaxPoolGather p => p.Window,
            AveragePool p => p.Window,
            AveragePoolGradient p => p.Window,
            _ => throw new ArgumentException($"{op}", nameof(op)),
        };
        // The image is the result of an average pool's gradient, and the first input of all others.
        var image = op is AveragePoolGradient ? result : first;
        var (h, w) = (image[image.Rank - 2], image[image.Rank - 1]);
        var (oh, ow) = (window.OutputHeight(h), window.OutputWidth(w));
        var y = new double[result.Length];
        for (var plane = 0; plane < image.Length / (h * w); plane++)
            for (var p = 0; p < oh; p++)
                for (var q = 0; q < ow; q++)
                {
                    var at = (plane * oh + p) * ow + q;
                    var pixels = Pixels(window, h, w, p, q).Select(pixel => plane * h * w + pixel).ToArray();
                    var area = (double)Area(op, window, h, w, p, q, pixels.Length);
                    if (op is AveragePool) y[at] = pixels.Sum(pixel => x[0][pixel]) / area;
                    else if (op is AveragePoolGradient) foreach (var pixel in pixels) y[pixel] += x[0][at] / area;
                    else if (First(pixels, pixel => x[0][pixel]) is var best && op is MaxPool) y[at] = x[0][best];
                    else if (op is MaxPoolGather) y[at] = x[1][best];
                    else y[best] += x[1][at];
                }

        return y;
    }

    /// <summary>What a mean divides by: with padding counted, the taps that do not hang over the padded image.</summary>
    private static int Area(Operator op, WindowGeometry window, int h, int w, int p, int q, int inside)
    {
        var divisor = op is AveragePool average ? average.Divisor : op is AveragePoolGradient gradient ? gradient.Divisor : Divisor.One;
        if (divisor == Divisor.One) return 1;
        if (divisor == Divisor.Inside || window.AdaptiveHeight > 0) return inside;
        var rows = Enumerable.Range(0, window.KernelHeight).Count(u => p * window.StrideY + u * window.DilationY < window.Top + h + window.Bottom);
        var columns = Enumerable.Range(0, window.KernelWidth).Count(v => q * window.StrideX + v * window.DilationX < window.Left + w + window.Right);
        return rows * columns;
    }

    private static IEnumerable<int> Pixels(WindowGeometry window, int h, int w, int p, int q)
    {
        if (window.AdaptiveHeight > 0)
        {
            var (oh, ow) = (window.AdaptiveHeight, window.AdaptiveWidth);
            for (var r = (int)Math.Floor((double)p * h / oh); r < Math.Ceiling((p + 1.0) * h / oh); r++)
                for (var s = (int)Math.Floor((double)q * w / ow); s < Math.Ceiling((q + 1.0) * w / ow); s++) yield return r * w + s;
            yield break;
        }
        for (var u = 0; u < window.KernelHeight; u++)
            for (var v = 0; v < window.KernelWidth; v++)
            {
                var (r, s) = (p * window.StrideY + u * window.DilationY - window.Top, q * window.StrideX + v * window.DilationX - window.Left);
                if (r >= 0 && r < h && s >= 0 && s < w) yield return r * w + s;
            }
    }

    private static int First(int[] pixels, Func<int, double> value)
    {
        var best = pixels[0];
        foreach (var pixel in pixels)
            if (ScalarEvaluator.IsAbove(value(pixel), value(best))) best = pixel;
        return best;
    }
}
