using Kiln.Training;

namespace Kiln.Metrics;

/// <summary>Shares of right and wrong answers among samples that each have one right class.</summary>
public static class Classification
{
    /// <summary>(samples whose largest score is that of their label) / samples; of equal scores the first counts. NaN is above every number.</summary>
    /// <param name="scores">The same number of scores, such as logits, for each label; the order of their sizes counts alone.</param>
    /// <param name="labels">The right classes, from 0 on.</param>
    /// <exception cref="ArgumentException">There are no labels, the scores are no multiple of them, or a label has no score: the message has its index and value.</exception>
    public static double Accuracy(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels) => WithinTop(nameof(Accuracy), scores, labels, 1) / (double)labels.Length;

    /// <summary>(answers that are the label) / samples.</summary>
    /// <param name="answers">A class for each label.</param>
    /// <param name="labels">The right classes.</param>
    /// <exception cref="ArgumentException">There are no labels, or not as many answers.</exception>
    public static double Accuracy(ReadOnlySpan<int> answers, ReadOnlySpan<int> labels)
    {
        Check.Pairs(nameof(Accuracy), nameof(answers), answers.Length, nameof(labels), labels.Length);
        return Evaluation.Right(answers, labels) / (double)labels.Length;
    }

    /// <summary>(samples whose largest score is not that of their label) / samples: 1 − <see cref="Accuracy(ReadOnlySpan{float}, ReadOnlySpan{int})"/>.</summary>
    /// <param name="scores">The same number of scores for each label.</param>
    /// <param name="labels">The right classes, from 0 on.</param>
    /// <exception cref="ArgumentException">There are no labels, the scores are no multiple of them, or a label has no score: the message has its index and value.</exception>
    public static double ErrorRate(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels) => (labels.Length - WithinTop(nameof(ErrorRate), scores, labels, 1)) / (double)labels.Length;

    /// <summary>(answers that are not the label) / samples.</summary>
    /// <param name="answers">A class for each label.</param>
    /// <param name="labels">The right classes.</param>
    /// <exception cref="ArgumentException">There are no labels, or not as many answers.</exception>
    public static double ErrorRate(ReadOnlySpan<int> answers, ReadOnlySpan<int> labels)
    {
        Check.Pairs(nameof(ErrorRate), nameof(answers), answers.Length, nameof(labels), labels.Length);
        return (labels.Length - Evaluation.Right(answers, labels)) / (double)labels.Length;
    }

    /// <summary>
    /// (samples whose label is among the k largest scores) / samples; of equal scores the first is the larger, and NaN is above every number. With k of 5
    /// it is 1 − the top-5 error of Russakovsky et al. 2015, ImageNet Large Scale Visual Recognition Challenge.
    /// </summary>
    /// <param name="scores">The same number of scores for each label.</param>
    /// <param name="labels">The right classes, from 0 on.</param>
    /// <param name="k">How many answers a sample has, from 1 to the number of classes.</param>
    /// <exception cref="ArgumentException">There are no labels, the scores are no multiple of them, a label has no score (the message has its index and value), or k is outside its range.</exception>
    public static double TopAccuracy(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, int k) => WithinTop(nameof(TopAccuracy), scores, labels, k) / (double)labels.Length;

    private static int WithinTop(string metric, ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, int k)
    {
        var classes = Check.Classes(metric, scores, labels);
        if (k < 1 || k > classes) throw new ArgumentOutOfRangeException(nameof(k), k, $"{metric}: expected k from 1 to {classes}, the number of classes, but it is {k}.");
        var right = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            if (Before(scores.Slice(row * classes, classes), labels[row]) < k) right++;
        }
        return right;
    }

    /// <summary>How many classes come before one in the order of their scores.</summary>
    private static int Before(ReadOnlySpan<float> scores, int label)
    {
        var before = 0;
        for (var k = 0; k < scores.Length; k++)
        {
            var order = Check.Compare(scores[k], scores[label]);
            if (order > 0 || order == 0 && k < label) before++;
        }
        return before;
    }
}
