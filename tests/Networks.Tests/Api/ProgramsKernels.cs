using Kiln.Kernels;

namespace Kiln.Networks.Tests.Api.KilnKernels.OuterTypes;

/// <summary>Kernels that show what reached them: one float or so per program.</summary>
internal static unsafe class ProgramsKernels
{
    private const int Scale = 0, Mean = 16, Shift = 32;

    public static void WriteConstants(float* constants) { }

    public static void Encode(Frame* frame, Workers workers)
    {
        for (var i = 0; i < frame->Rows * 4; i++) ((float*)frame->Outputs[0])[i] = ((byte*)frame->Inputs[0])[i] / 255f;
        for (var row = 0; row < frame->Rows; row++) ((int*)frame->Outputs[1])[row] = row + (int)frame->FirstSample;
        *(float*)frame->Outputs[2] = frame->Parameters[Shift];
    }

    public static void Sized(Frame* frame, Workers workers) => Multiply(frame, 4, 2);

    public static void Sized1(Frame* frame, Workers workers) => Multiply(frame, 16, 3);

    public static void Sample(Frame* frame, Workers workers)
    {
        for (var row = 0; row < frame->Rows; row++) ((float*)frame->Outputs[0])[row] = 100 * frame->Step + frame->FirstSample + (ulong)row;
    }

    public static void Judge(Frame* frame, Workers workers)
    {
        JudgeLoss(frame, workers);
        frame->Gradients[Scale] = frame->Arena[0];
        frame->Gradients[Mean] = 0;
    }

    // loss = scale · mean of sums of the image; the mean is assigned.
    public static void JudgeLoss(Frame* frame, Workers workers)
    {
        var (sum, monitor) = (0f, 0f);
        for (var i = 0; i < frame->Rows * 4; i++) sum += ((float*)frame->Inputs[0])[i];
        for (var row = 0; row < frame->Rows; row++) monitor += ((float*)frame->Inputs[1])[row];
        frame->Arena[0] = sum / frame->Rows;
        frame->Scalars[0] = frame->Parameters[Scale] * frame->Arena[0];
        frame->Scalars[1] = monitor / frame->Rows;
    }

    // In use it monitors the opposite.
    public static void JudgeInUse(Frame* frame, Workers workers)
    {
        JudgeLoss(frame, workers);
        frame->Scalars[1] = -frame->Scalars[1];
    }

    public static void Dream(Frame* frame, Workers workers) => HalfSquare(frame, 4);

    public static void DreamLoss(Frame* frame, Workers workers) => HalfSquare(frame, 4);

    public static void Dream1(Frame* frame, Workers workers) => HalfSquare(frame, 16);

    public static void Dream1Loss(Frame* frame, Workers workers) => HalfSquare(frame, 16);

    public static void Fool(Frame* frame, Workers workers)
    {
        FoolLoss(frame, workers);
        frame->Gradients[Shift] = 2 * frame->Parameters[Shift];
    }

    // loss = class², and the step shows in the hundreds.
    public static void FoolLoss(Frame* frame, Workers workers) => frame->Scalars[0] = frame->Parameters[Shift] * frame->Parameters[Shift] + 100 * frame->Step;

    public static void Reset(Frame* frame, Workers workers) => frame->Arena[0] = *(float*)frame->Inputs[0];

    private static void Multiply(Frame* frame, int length, float factor)
    {
        for (var i = 0; i < frame->Rows * length; i++) ((float*)frame->Outputs[0])[i] = factor * ((float*)frame->Inputs[0])[i];
    }

    private static void HalfSquare(Frame* frame, int length)
    {
        frame->Scalars[0] = 0;
        for (var i = 0; i < frame->Rows * length; i++)
        {
            var x = ((float*)frame->Inputs[0])[i];
            frame->Scalars[0] += x * x / 2 / frame->Rows;
            frame->Arena[i] = x / frame->Rows;
        }
    }
}
