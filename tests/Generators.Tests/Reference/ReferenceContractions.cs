using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using static Kiln.Generators.Tests.Reference.ReferenceEvaluator;

namespace Kiln.Generators.Tests.Reference;

/// <summary>An input's element: which input, which row, which element of the sample.</summary>
internal delegate double Read(int input, int row, int element);

/// <summary>Products and convolutions by their definitions.</summary>
internal static class ReferenceContractions
{
    public static double[] Einsum(Einsum op, TensorType result, TensorType a, TensorType b, int rows, Read read)
    {
        var sizes = new SortedDictionary<int, int>();
        for (var axis = 0; axis < a.Rank; axis++) sizes[op.A[axis]] = a[axis];
        for (var axis = 0; axis < b.Rank; axis++) sizes[op.B[axis]] = b[axis];
        var labels = sizes.Keys.ToArray();
        var space = sizes.Values.ToArray();
        var total = space.Aggregate(1, (n, d) => n * d);
        var (stepsA, stepsB, steps) = (Steps(op.A, a), Steps(op.B, b), Steps(op.Result, result));
        var y = new double[(result.Batched ? rows : 1) * result.Length];
        var last = result.Batched || op.SumBatch ? rows : 1;
        for (var row = 0; row < last; row++)
            for (var e = 0; e < total; e++)
            {
                var (rest, atA, atB, at) = (e, 0, 0, result.Batched ? row * result.Length : 0);
                for (var l = labels.Length - 1; l >= 0; l--)
                {
                    (rest, var i) = (rest / space[l], rest % space[l]);
                    (atA, atB, at) = (atA + i * stepsA[l], atB + i * stepsB[l], at + i * steps[l]);
                }
                y[at] += read(0, row, atA) * read(1, row, atB);
            }

        return y;

        // How far apart in a value two elements are that differ by one in a label.
        int[] Steps(EquatableArray<int> own, TensorType type)
        {
            var (far, step) = (new int[labels.Length], 1);
            for (var axis = type.Rank - 1; axis >= 0; axis--)
            {
                far[Array.IndexOf(labels, own[axis])] += step;
                step *= type[axis];
            }
            return far;
        }
    }

    public static double[] Convolve(Operator op, TensorType result, TensorType first, TensorType second, int rows, Read read)
    {
        var (window, groups) = op switch
        {
            Convolution conv => (conv.Window, conv.Groups),
            ConvolutionDataGradient dx => (dx.Window, dx.Groups),
            ConvolutionWeightGradient dw => (dw.Window, dw.Groups),
            _ => throw new ArgumentException($"{op}", nameof(op)),
        };
        var image = op is ConvolutionDataGradient ? result : first;
        var output = op switch { Convolution => result, ConvolutionDataGradient => first, _ => second };
        var (c, h, w) = (image[image.Rank - 3], image[image.Rank - 2], image[image.Rank - 1]);
        var (o, oh, ow) = (output[output.Rank - 3], output[output.Rank - 2], output[output.Rank - 1]);
        var leading = image.Length / (c * h * w);
        var y = new double[(result.Batched ? rows : 1) * result.Length];
        for (var row = 0; row < (first.Batched || second.Batched ? rows : 1); row++)
            for (var n = 0; n < leading; n++)
                for (var k = 0; k < o; k++)
                    for (var j = 0; j < c / groups; j++)
                        for (var i = 0; i < oh * ow * window.KernelHeight * window.KernelWidth; i++)
                        {
                            var (u, v) = (i / window.KernelWidth % window.KernelHeight, i % window.KernelWidth);
                            var (p, q) = (i / (window.KernelWidth * window.KernelHeight) / ow, i / (window.KernelWidth * window.KernelHeight) % ow);
                            var (r, s) = (p * window.StrideY + u * window.DilationY - window.Top, q * window.StrideX + v * window.DilationX - window.Left);
                            if (r < 0 || r >= h || s < 0 || s >= w) continue;
                            var channel = k / (o / groups) * (c / groups) + j;
                            var atX = ((n * c + channel) * h + r) * w + s;
                            var atY = ((n * o + k) * oh + p) * ow + q;
                            var atW = ((k * (c / groups) + j) * window.KernelHeight + u) * window.KernelWidth + v;
                            var start = result.Batched ? row * result.Length : 0;
                            if (op is Convolution) y[start + atY] += read(0, row, atX) * read(1, row, atW);
                            else if (op is ConvolutionDataGradient) y[start + atX] += read(0, row, atY) * read(1, row, atW);
                            else y[start + atW] += read(0, row, atX) * read(1, row, atY);
                        }

        return y;
    }
}
