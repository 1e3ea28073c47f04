using Kiln.Kernels;

namespace Kiln.Networks.Tests.Api.KilnKernels;

/// <summary>Kernels over time that show what reached them, and write all of their pools.</summary>
internal static unsafe class SequencesKernels
{
    public static void WriteConstants(float* constants) { }

    // scores: (token, length of the row); best: the token, or the last of a row; halves: every second token twice.
    public static void Read(Frame* frame, Workers workers)
    {
        var steps = frame->Steps[0];
        Fill(frame, 16, 5);
        for (var row = 0; row < frame->Rows; row++)
            for (var step = 0; step < steps; step++)
            {
                var length = ((int*)frame->Lengths[0])[row];
                var token = ((int*)frame->Inputs[0])[row * steps + Math.Min(step, length - 1)];
                var place = row * steps + step;
                (((float*)frame->Outputs[0])[2 * place], ((float*)frame->Outputs[0])[2 * place + 1]) = (token, length);
                ((int*)frame->Outputs[1])[place] = token;
                if (step % 2 != 0) continue;
                var half = (row * ((steps + 1) / 2) + step / 2) * 2;
                ((float*)frame->Outputs[2])[half] = ((float*)frame->Outputs[2])[half + 1] = token;
            }
    }

    // gain · token · first feature of the source.
    public static void Align(Frame* frame, Workers workers)
    {
        var (steps, source) = (frame->Steps[0], frame->Steps[1]);
        Fill(frame, 16, 3);
        for (var row = 0; row < frame->Rows; row++)
            for (var i = 0; i < steps; i++)
                for (var j = 0; j < source; j++)
                    ((float*)frame->Outputs[0])[(row * steps + i) * source + j] = ((float*)frame->Inputs[0])[row] * ((int*)frame->Inputs[1])[row * steps + i] * ((float*)frame->Inputs[2])[(row * source + j) * 2];
    }

    // total + character; h.0 = (total, character), h.1 = 2 · h.1.
    public static void Step(Frame* frame, Workers workers)
    {
        var total = frame->States;
        var h1 = frame->States + (16 + 16) * frame->Capacity;
        var next = frame->Arena + 16;
        for (var row = 0; row < frame->Rows; row++)
        {
            var character = ((int*)frame->Inputs[0])[row];
            ((float*)frame->Outputs[0])[row] = next[row * 16] = total[row * 16] + character;
            var pair = next + 16 * frame->Capacity + row * 16;
            (pair[0], pair[1]) = (total[row * 16], character);
            pair += 16 * frame->Capacity;
            (pair[0], pair[1]) = (2 * h1[row * 16], 2 * h1[row * 16 + 1]);
        }
    }

    public static void Learn(Frame* frame, Workers workers)
    {
        LearnLoss(frame, workers);
        frame->Gradients[0] = 1;
    }

    // The mean over the rows of total + weight + the live tokens' sum, which the total becomes.
    public static void LearnLoss(Frame* frame, Workers workers)
    {
        var steps = frame->Steps[0];
        Fill(frame, 16);
        var sum = 0f;
        for (var row = 0; row < frame->Rows; row++)
        {
            var total = frame->States[row * 16];
            for (var step = 0; step < ((int*)frame->Lengths[0])[row]; step++) total += ((int*)frame->Inputs[0])[row * steps + step];
            frame->Arena[row * 16] = total;
            sum += total;
        }
        frame->Scalars[0] = sum / frame->Rows + frame->Parameters[0];
    }

    public static void Classify(Frame* frame, Workers workers)
    {
        ClassifyLoss(frame, workers);
        frame->Gradients[0] = 0;
    }

    // The mean over the rows of 100 · steps + 10 · length + label + the first live feature.
    public static void ClassifyLoss(Frame* frame, Workers workers)
    {
        var steps = frame->Steps[0];
        Fill(frame, 16);
        var sum = 0f;
        for (var row = 0; row < frame->Rows; row++)
            sum += 100 * steps + 10 * ((int*)frame->Lengths[0])[row] + ((int*)frame->Inputs[1])[row] + ((float*)frame->Inputs[0])[row * steps * 2];
        frame->Scalars[0] = sum / frame->Rows;
    }

    /// <summary>Writes each pool to its last float; the next must not begin before.</summary>
    private static void Fill(Frame* frame, int floatsPerRow, int second = 0)
    {
        var end = (ulong)frame->Arena;
        for (var pool = 1; pool <= (second > 0 ? 2 : 1); pool++)
        {
            if (frame->Pools[pool] < end || frame->Pools[pool] % 64 != 0) throw new InvalidOperationException($"pool {pool} lies at {frame->Pools[pool]}, the one before ends at {end}");
            var floats = frame->PoolRows[pool] * (pool == 1 ? floatsPerRow : second);
            for (var i = 0L; i < floats; i++) ((float*)frame->Pools[pool])[i] = pool;
            end = frame->Pools[pool] + 4 * (ulong)floats;
        }
    }
}
