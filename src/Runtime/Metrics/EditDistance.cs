namespace Kiln.Metrics;

/// <summary>How far a sequence, such as of labels or of characters, is from another.</summary>
public static class EditDistance
{
    /// <summary>
    /// The fewest substitutions, deletions and insertions of one element that make one sequence the other. d(i, j) = min(d(i−1, j) + 1, d(i, j−1) + 1,
    /// d(i−1, j−1) + [aᵢ ≠ bⱼ]). Levenshtein 1966.
    /// </summary>
    /// <typeparam name="T">What the sequences are of: labels, characters.</typeparam>
    /// <param name="a">A sequence, which may be empty.</param>
    /// <param name="b">Another.</param>
    public static int Between<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) where T : IEquatable<T>
    {
        if (a.Length < b.Length) return Between(b, a);   // a row is as long as the shorter one

        // row[j] is the distance of the first i elements of a from the first j of b.
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1].Equals(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
