namespace Kiln.Seeing;

/// <summary>
/// A curve in limited memory, however many points it gets: where there are too many, neighbours are put together, as their mean. Points come in ascending order; one that
/// goes back, since a training resumed from an older checkpoint or another one began, drops those it goes behind. Values that are not finite are counted and left out.
/// </summary>
/// <param name="name">What it shows.</param>
internal sealed class Curve(string name)
{
    /// <summary>A picture has about as many pixels.</summary>
    public const int MostPoints = 1000;

    private readonly List<(double First, double Last, double Mean, long Count)> _buckets = [];
    private long _perBucket = 1;

    public string Name => name;

    /// <summary>Values that were no numbers.</summary>
    public long NotFinite { get; private set; }

    /// <summary>Its points: means over neighbours.</summary>
    public IEnumerable<(double X, double Y)> Points => _buckets.Select(b => ((b.First + b.Last) / 2, b.Mean));

    public bool IsEmpty => _buckets.Count == 0;

    public void Add(double x, double y)
    {
        while (_buckets.Count > 0 && _buckets[^1].Last >= x) _buckets.RemoveAt(_buckets.Count - 1);
        if (!double.IsFinite(y))
        {
            NotFinite++;
            return;
        }
        if (_buckets is [.., var last] && last.Count < _perBucket)
        {
            _buckets[^1] = (last.First, x, Mean(last.Mean, last.Count, y, 1), last.Count + 1);
            return;
        }
        if (_buckets.Count == MostPoints) Halve();
        _buckets.Add((x, x, y, 1));
    }

    private void Halve()
    {
        for (var i = 0; i < _buckets.Count / 2; i++)
        {
            var (left, right) = (_buckets[2 * i], _buckets[2 * i + 1]);
            _buckets[i] = (left.First, right.Last, Mean(left.Mean, left.Count, right.Mean, right.Count), left.Count + right.Count);
        }
        _buckets.RemoveRange(MostPoints / 2, MostPoints / 2);
        _perBucket *= 2;
    }

    // Shares of each, as a sum of the largest numbers would be none; and so that the mean of equal numbers is that number.
    private static double Mean(double left, long leftCount, double right, long rightCount)
    {
        var share = (double)rightCount / (leftCount + rightCount);
        return left + (right * share - left * share);
    }
}
