namespace Kiln.Samples.Programs;

/// <summary>A program from rows of pixels to ten scores each.</summary>
internal delegate void Scores(ReadOnlySpan<float> images, Span<float> scores);

/// <summary>The share of a batch whose largest score is at the label.</summary>
internal static class Accuracy
{
    public static double Of(Scores program, Sample sample)
    {
        Span<float> scores = stackalloc float[Sample.Batch * 10];
        program(sample.Images, scores);
        var right = 0;
        for (var row = 0; row < Sample.Batch; row++)
        {
            var best = 0;
            for (var c = 1; c < 10; c++)
            {
                if (scores[row * 10 + c] > scores[row * 10 + best])
                    best = c;
            }
            right += best == sample.Labels[row] ? 1 : 0;
        }
        return (double)right / Sample.Batch;
    }
}
