namespace Kiln.Samples.Energy;

/// <summary>The standard normal distribution.</summary>
internal static class Normal
{
    /// <summary>The number below which a share of the distribution lies.</summary>
    /// <param name="share">Between 0 and 1.</param>
    public static float Quantile(double share)
    {
        var (low, high) = (-9.0, 9.0);
        while (high - low > 1e-9)
        {
            var middle = (low + high) / 2;
            if (Below(middle) < share) low = middle;
            else high = middle;
        }
        return (float)low;
    }

    /// <summary>The share below a number: a half, and the integral of the density from 0 on, by its series (Marsaglia 2004).</summary>
    private static double Below(double x)
    {
        var (sum, term) = (0.0, x);
        for (var n = 1; sum + term != sum; n += 2, term *= x * x / n) sum += term;
        return 0.5 + sum * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
    }
}
