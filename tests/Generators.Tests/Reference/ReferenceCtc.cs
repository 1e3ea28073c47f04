namespace Kiln.Generators.Tests.Reference;

/// <summary>Connectionist temporal classification of one sample, by its recurrence over prefixes in double precision (Graves et al. 2006).</summary>
internal static class ReferenceCtc
{
    public static double Loss(double[][] scores, int[] labels, int blank)
    {
        var states = labels.SelectMany(label => new[] { label, blank }).Prepend(blank).ToArray();
        var paths = states.Select(_ => double.NegativeInfinity).ToArray();
        for (var t = 0; t < scores.Length; t++)
        {
            var sum = LogSum(scores[t]);
            paths = [.. states.Select((label, s) => scores[t][label] - sum + (t == 0 ? s < 2 ? 0 : double.NegativeInfinity : LogSum(
                [paths[s], s > 0 ? paths[s - 1] : double.NegativeInfinity, s > 1 && label != blank && label != states[s - 2] ? paths[s - 2] : double.NegativeInfinity])))];
        }
        return -LogSum(paths.TakeLast(2));
    }

    /// <summary>The derivative with respect to the scores of a step, by central differences; zero where the loss is infinite.</summary>
    public static double[] Gradient(double[][] scores, int[] labels, int blank, int step)
    {
        const double Width = 1e-5;
        if (double.IsInfinity(Loss(scores, labels, blank))) return new double[scores[step].Length];
        return [.. scores[step].Select((_, c) => (Moved(c, Width) - Moved(c, -Width)) / (2 * Width))];

        double Moved(int c, double by) => Loss([.. scores.Select((row, t) => t != step ? row : [.. row.Select((v, k) => k == c ? v + by : v)])], labels, blank);
    }

    private static double LogSum(IEnumerable<double> values)
    {
        var most = values.Max();
        return double.IsNegativeInfinity(most) ? most : most + Math.Log(values.Sum(v => Math.Exp(v - most)));
    }
}
