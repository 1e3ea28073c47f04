using ILGPU;
using Kiln.Kernels;
using Xunit;
using Cpu = Kiln.Kernels.Ctc;
using OnDevice = Kiln.Gpu.Kernels.Ctc;

namespace Gpu.Tests;

/// <summary>Connectionist temporal classification on a device: loss and gradient have the CPU's bits.</summary>
public unsafe class CtcTests
{
    public static class Kernels
    {
        public static void Rows(
            ArrayView<float> scores, ArrayView<int> lengths, ArrayView<float> labels, ArrayView<int> labelLengths, ArrayView<float> loss, ArrayView<float> gradient, ArrayView<float> scratch,
            int rowStride, int every, int known, int classes, int labelRowStride, int labelEvery, int labelsKnown, int blank, int skipInfeasible, int lossStride, int wanted,
            int rows, int stepStride, int steps, int labelStepStride, int labelSteps) =>
            OnDevice.Rows(scores, lengths, labels, labelLengths, loss, gradient, scratch, rowStride, every, known != 0, classes, labelRowStride, labelEvery, labelsKnown != 0, blank, skipInfeasible != 0, lossStride, wanted != 0, rows, stepStride, steps, labelStepStride, labelSteps);
    }

    [DeviceTheory]
    [InlineData(5, 11, 3, 0, true, true, 1)]
    [InlineData(40, 37, 12, 36, false, true, 1)]
    [InlineData(170, 6, 80, 0, true, true, 1)]
    [InlineData(24, 20, 4, 7, true, false, 2)]
    public void Loss_and_gradient(int steps, int classes, int labelSteps, int blank, bool skip, bool wanted, int every)
    {
        const int rows = 6;
        int rowStride = Same.Round16(classes), stepStride = rows * rowStride, labelStride = rows * 16;
        var scores = Same.Random(steps * stepStride);
        scores[rowStride + 2] = float.NaN;
        scores[2 * rowStride + 3] = float.NegativeInfinity;
        // Whole sequences, short ones, one without labels, and one with too few steps.
        int[] lengths = [every * steps, every * steps - 1, every * steps, Math.Max(1, every * steps / 2), every * 2, every];
        int[] labelLengths = [labelSteps, 1, Math.Max(0, labelSteps - 1), labelSteps / 2, 0, labelSteps];
        var labels = new float[labelSteps * labelStride];
        for (var i = 0; i < labels.Length; i += 16) labels[i] = i / 16 * 7 / 3 % (classes - 1) is var c && c >= blank ? c + 1 : c;
        var (expectedLoss, loss) = (Same.Untouched(rows * 16), Same.Untouched(rows * 16));
        var (expected, actual) = (Same.Untouched(scores.Length), Same.Untouched(scores.Length));
        fixed (float* s = scores, l = labels, y = expectedLoss, g = expected)
        fixed (int* n = lengths, ln = labelLengths)
            Cpu.Rows<V128>(s, stepStride, rowStride, n, every, steps, classes, l, labelStride, 16, ln, 1, labelSteps, blank, skip, y, 16, wanted ? g : null, 0, rows);
        Bench.Run(typeof(Kernels), "Rows", 128 * rows, scores, lengths, labels, labelLengths, loss, actual, new float[DeviceWork.CtcFloats(rows, steps, labelSteps)],
            rowStride, every, 1, classes, 16, 1, 1, blank, skip ? 1 : 0, 16, wanted ? 1 : 0, rows, stepStride, steps, labelStride, labelSteps);
        Same.Bits(expectedLoss, loss, "loss");
        Same.Bits(expected, actual, "gradient");
    }
}
