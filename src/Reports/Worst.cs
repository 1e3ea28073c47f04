namespace Kiln.Seeing;

/// <summary>Finds the samples with the largest cross-entropy.</summary>
internal static class Worst
{
    /// <returns>The worst first; of equal ones the first.</returns>
    public static IEnumerable<(int Sample, int Answer, double Loss)> Of(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes, int count)
    {
        var all = new (int Sample, int Answer, double Loss)[labels.Length];
        for (var i = 0; i < all.Length; i++)
        {
            var scores = logits.Slice(i * classes, classes);
            var (answer, sum) = (0, 0.0);
            for (var c = 1; c < classes; c++)
                if (scores[c] > scores[answer]) answer = c;
            foreach (var score in scores) sum += Math.Exp((double)score - scores[answer]);
            var loss = Math.Log(sum) + scores[answer] - scores[labels[i]];
            all[i] = (i, answer, double.IsNaN(loss) ? double.PositiveInfinity : loss);
        }
        return all.OrderByDescending(s => s.Loss).Take(count);
    }
}
