using Kiln.Kernels;

namespace Kiln.Networks.Tests.Api.KilnKernels;

/// <summary>Kernels as the compiler would write them, only slower: logits = x·w + b, cross-entropy.</summary>
internal static unsafe class LinearKernels
{
    private const int Features = 4, Classes = 3, PanelWidth = 16, Bias = 64;

    public static void WriteConstants(float* constants) => constants[0] = 1;

    public static void Predict(Frame* frame, Workers workers)
    {
        for (var row = 0; row < frame->Rows; row++)
            Logits(frame, row, (float*)frame->Outputs[0] + row * Classes);
    }

    public static void Learn(Frame* frame, Workers workers) => Run(frame, gradients: true);

    public static void LearnLoss(Frame* frame, Workers workers) => Run(frame, gradients: false);

    private static void Logits(Frame* frame, int row, float* logits)
    {
        var x = (float*)frame->Inputs[0] + row * Features;
        for (var k = 0; k < Classes; k++)
        {
            logits[k] = frame->Parameters[Bias + k] * frame->Constants[0];
            for (var i = 0; i < Features; i++) logits[k] += x[i] * frame->Parameters[i * PanelWidth + k];
        }
    }

    private static void Run(Frame* frame, bool gradients)
    {
        var x = (float*)frame->Inputs[0];
        var labels = (int*)frame->Inputs[1];
        var p = frame->Arena + 16;
        if (gradients) new Span<float>(frame->Gradients, 80).Clear();
        var loss = 0f;
        for (var row = 0; row < frame->Rows; row++)
        {
            Logits(frame, row, p);
            var sum = 0f;
            for (var k = 0; k < Classes; k++) sum += p[k] = MathF.Exp(p[k]);
            loss -= MathF.Log(p[labels[row]] / sum) / frame->Rows;
            for (var k = 0; gradients && k < Classes; k++)
            {
                var d = (p[k] / sum - (k == labels[row] ? 1 : 0)) / frame->Rows;
                frame->Gradients[Bias + k] += d;
                for (var i = 0; i < Features; i++) frame->Gradients[i * PanelWidth + k] += d * x[row * Features + i];
            }
        }
        frame->Scalars[0] = loss;
    }
}
