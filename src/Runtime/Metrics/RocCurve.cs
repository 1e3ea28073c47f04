using Kiln.Training;

namespace Kiln.Metrics;

/// <summary>The receiver operating characteristic of scores for yes or no: true positives against false positives, as the threshold falls.</summary>
public static class RocCurve
{
    /// <summary>
    /// The area under the curve: the probability that a sample of class 1 has a larger score than one of class 0, equal scores counting half. By the sum
    /// R of the ranks of the n₁ samples of class 1, where equal scores share the mean of their ranks: (R − n₁(n₁ + 1) / 2) / (n₀ n₁). Hanley and
    /// McNeil 1982; Mann and Whitney 1947.
    /// </summary>
    /// <param name="scores">One number for each label, larger for yes. NaN is above every number, and equal to itself.</param>
    /// <param name="labels">1 for yes, 0 for no; at least one of each.</param>
    /// <exception cref="ArgumentException">There are no labels, not as many scores, a label is neither 0 nor 1 (the message has its index and value), or one of the classes has no sample.</exception>
    public static double Area(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels)
    {
        Check.Pairs("RocCurve", nameof(scores), scores.Length, nameof(labels), labels.Length);
        Guard.Labels("RocCurve", nameof(labels), labels, 2);
        var positives = labels.Count(1);
        var negatives = labels.Length - positives;
        if (positives == 0 || negatives == 0)
            throw new ArgumentException($"RocCurve: expected at least one label of each class, but all {labels.Length} of {nameof(labels)} are {labels[0]}: there is nothing to tell apart.", nameof(labels));

        var (sorted, classes) = (scores.ToArray(), labels.ToArray());
        Array.Sort(sorted, classes, Comparer<float>.Create(Check.Compare));
        var ranks = RankSum(sorted, classes);
        return (ranks - positives * (positives + 1.0) / 2) / ((double)negatives * positives);
    }

    /// <summary>The sum of the ranks, from 1 on, of class 1; equal scores share their mean.</summary>
    private static double RankSum(float[] sorted, int[] classes)
    {
        var sum = 0.0;
        for (var first = 0; first < sorted.Length;)
        {
            var next = first + 1;
            while (next < sorted.Length && Check.Compare(sorted[next], sorted[first]) == 0) next++;
            sum += classes.AsSpan(first, next - first).Count(1) * ((first + 1.0 + next) / 2);
            first = next;
        }
        return sum;
    }
}
