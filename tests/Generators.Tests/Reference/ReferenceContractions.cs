using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using static Kiln.Generators.Tests.Reference.ReferenceEvaluator;

namespace Kiln.Generators.Tests.Reference;

/// <summary>Products and convolutions by their definitions, of one sample or one step of it.</summary>
internal static class ReferenceContractions
{
    public static double[] Of(Operator op, TensorType result, TensorType first, TensorType second, double[][] x)
    {
        var y = new double[result.Length];
        Adds(op, result, first, second, x, y);
        return y;
    }

    /// <summary>Adds the product of two operands to y.</summary>
    /// <returns>False where the operator is none of these.</returns>
    public static bool Adds(Operator op, TensorType result, TensorType first, TensorType second, double[][] x, double[] y)
    {
        if (op is Einsum einsum) Einsum(einsum, result, first, second, x[0], x[1], y);
        else if (op is Convolution or ConvolutionDataGradient or ConvolutionWeightGradient) Convolve(op, result, first, second, x[0], x[1], y);
        else return false;
        return true;
    }

    private static void Einsum(Einsum op, TensorType result, TensorType a, TensorType b, double[] left, double[] right, double[] y)
    {
        var sizes = new SortedDictionary<int, int>();
        for (var axis = 0; axis < a.Rank; axis++) sizes[op.A[axis]] = a[axis];
        for (var axis = 0; axis < b.Rank; axis++) sizes[op.B[axis]] = b[axis];
        var labels = sizes.Keys.ToArray();
        var space = sizes.Values.ToArray();
        var (stepsA, stepsB, steps) = (Steps(op.A, a), Steps(op.B, b), Steps(op.Result, result));
        Sum(0, 0, 0, 0);

        // Over a label and all that follow it, from these places on.
        void Sum(int label, int atA, int atB, int at)
        {
            if (label == labels.Length)
            {
                y[at] += left[atA] * right[atB];
                return;
            }
            var (size, stepA, stepB, step) = (space[label], stepsA[label], stepsB[label], steps[label]);
            if (label == labels.Length - 1)
                for (var i = 0; i < size; i++) y[at + i * step] += left[atA + i * stepA] * right[atB + i * stepB];
            else
                for (var i = 0; i < size; i++) Sum(label + 1, atA + i * stepA, atB + i * stepB, at + i * step);
        }

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

    /// <param name="a">The first operand; <paramref name="b"/>: the second.</param>
    private static void Convolve(Operator op, TensorType result, TensorType first, TensorType second, double[] a, double[] b, double[] y)
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
        var (kernelHeight, kernelWidth, strideX, dilationX, left) = (window.KernelHeight, window.KernelWidth, window.StrideX, window.DilationX, window.Left);
        var leading = image.Length / (c * h * w);
        // Of the image, the output and the kernel, in the order that the operator has them: two are read, the third gains their product.
        var (x, dy, kernel) = op switch { Convolution => (a, y, b), ConvolutionDataGradient => (y, a, b), _ => (a, b, y) };
        var kind = op switch { Convolution => 0, ConvolutionDataGradient => 1, _ => 2 };
        for (var n = 0; n < leading; n++)
            for (var k = 0; k < o; k++)
                for (var j = 0; j < c / groups; j++)
                    for (var p = 0; p < oh; p++)
                        for (var u = 0; u < kernelHeight; u++)
                        {
                            var r = p * window.StrideY + u * window.DilationY - window.Top;
                            if (r < 0 || r >= h) continue;
                            var channel = k / (o / groups) * (c / groups) + j;
                            var atX = ((n * c + channel) * h + r) * w;
                            var atY = ((n * o + k) * oh + p) * ow;
                            var atW = ((k * (c / groups) + j) * kernelHeight + u) * kernelWidth;
                            for (var v = 0; v < kernelWidth; v++)
                            {
                                // The columns out whose pixel under this tap lies within the image.
                                var offset = v * dilationX - left;
                                var (from, to) = (offset >= 0 ? 0 : (-offset + strideX - 1) / strideX, w - 1 - offset < 0 ? 0 : Math.Min(ow, (w - 1 - offset) / strideX + 1));
                                if (kind == 0) for (var q = from; q < to; q++) dy[atY + q] += x[atX + offset + q * strideX] * kernel[atW + v];
                                else if (kind == 1) for (var q = from; q < to; q++) x[atX + offset + q * strideX] += dy[atY + q] * kernel[atW + v];
                                else for (var q = from; q < to; q++) kernel[atW + v] += x[atX + offset + q * strideX] * dy[atY + q];
                            }
                        }
    }
}
