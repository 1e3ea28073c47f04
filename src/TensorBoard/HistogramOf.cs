using Kiln.Seeing.Events;

namespace Kiln.Seeing;

/// <summary>Counts values in buckets of one width between the smallest and the largest.</summary>
internal static class HistogramOf
{
    private const int Buckets = 64;

    /// <summary>Of those that are finite; null where there are none.</summary>
    public static Histogram? Values(ReadOnlySpan<float> values)
    {
        var (min, max, sum, squares, count) = (double.PositiveInfinity, double.NegativeInfinity, 0.0, 0.0, 0L);
        foreach (double value in values)
        {
            if (!double.IsFinite(value)) continue;
            (min, max, count) = (Math.Min(min, value), Math.Max(max, value), count + 1);
            (sum, squares) = (sum + value, squares + value * value);
        }
        if (count == 0) return null;

        var buckets = min == max ? 1 : Buckets;
        var counts = new double[buckets];
        var scale = min == max ? 0 : buckets / (max - min);
        foreach (double value in values)
            if (double.IsFinite(value)) counts[Math.Min((int)((value - min) * scale), buckets - 1)]++;

        var histogram = new Histogram { Min = min, Max = max, Count = count, Sum = sum, SumOfSquares = squares };
        for (var i = 1; i < buckets; i++) histogram.Limits.Add(min + i * (max - min) / buckets);
        histogram.Limits.Add(max);
        histogram.Counts.Add(counts);
        return histogram;
    }
}
