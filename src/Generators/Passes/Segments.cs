namespace Kiln.Generators.Passes;

/// <summary>
/// Cuts the forward pass into segments. What lives at a cut is kept; the rest of a segment is computed again from there when the backward
/// pass comes to it, and lives only then. Of all cuts those are chosen with which the most memory that is taken at a time is least.
/// </summary>
internal static class Segments
{
    /// <summary>Cuts that are considered, those where least lives: the choice takes time with their square.</summary>
    private const int MostCuts = 400;

    /// <summary>Values as large as the largest of a segment that its backward pass holds for gradients.</summary>
    private const int Gradients = 2;

    /// <summary>A large value of the forward pass.</summary>
    /// <param name="Last">The last of the forward pass that reads it.</param>
    /// <param name="IsWanted">The backward pass reads it.</param>
    /// <param name="Work">Multiplications that each of its elements takes to compute again.</param>
    internal sealed record Value(int Id, int Length, int Last, bool IsWanted, long Work = 0);

    /// <returns>The values that the backward pass computes again, wanted by itself or by others of these.</returns>
    public static IEnumerable<int> Of(IReadOnlyList<Value> values)
    {
        var live = Live(values);
        int[] cuts = [.. Enumerable.Range(0, values.Count).OrderBy(p => live[p].Sum(v => (long)values[v].Length)).ThenBy(p => p).Take(MostCuts).OrderBy(p => p)];
        var chosen = Choose(values, live, cuts);
        if (chosen.Count == 0) return [];
        var kept = new HashSet<int>(chosen.SelectMany(p => live[p]));
        KeepDearest(values, chosen, kept);
        return Enumerable.Range(0, chosen[chosen.Count - 1] + 1).Where(v => !kept.Contains(v)).Select(v => values[v].Id);
    }

    /// <summary>Where memory is left, since other segments take more, it is for the values with the most work for their size.</summary>
    private static void KeepDearest(IReadOnlyList<Value> values, List<int> cuts, HashSet<int> kept)
    {
        // A value that is kept lives while later segments are computed again; in its own it does so anyway.
        int[] ends = [.. cuts, values.Count - 1];
        var (segmentOf, taken) = (new int[values.Count], new long[ends.Length]);
        for (int s = 0, start = 0; s < ends.Length; start = ends[s++] + 1)
        {
            var largest = 0L;
            for (var v = 0; v <= ends[s]; v++)
            {
                if (kept.Contains(v) || (v >= start && values[v].IsWanted)) taken[s] += values[v].Length;
                if (v < start) continue;
                segmentOf[v] = s;
                largest = Math.Max(largest, values[v].Length);
            }
            taken[s] += Gradients * largest;
        }
        var bound = taken.Max();
        foreach (var v in Enumerable.Range(0, ends[ends.Length - 2] + 1).Where(v => values[v] is { IsWanted: true, Work: > 0 } && !kept.Contains(v)).OrderByDescending(v => values[v].Work).ThenByDescending(v => v).ToArray())
        {
            if (taken.Skip(segmentOf[v] + 1).Any(t => t + values[v].Length > bound)) continue;
            kept.Add(v);
            for (var s = segmentOf[v] + 1; s < taken.Length; s++) taken[s] += values[v].Length;
        }
    }

    /// <summary>For each value, those up to it that a later one reads.</summary>
    private static List<int>[] Live(IReadOnlyList<Value> values)
    {
        var live = new List<int>[values.Count];
        for (var p = 0; p < values.Count; p++)
        {
            live[p] = p == 0 ? [] : [.. live[p - 1].Where(v => values[v].Last > values[p].Id)];
            if (values[p].Last > values[p].Id) live[p].Add(p);
        }
        return live;
    }

    /// <summary>The positions to cut at, none where that saves nothing.</summary>
    private static List<int> Choose(IReadOnlyList<Value> values, List<int>[] live, int[] cuts)
    {
        // Before the first value nothing lives. Costs from a cut to the next: what is kept there besides, and what the segment takes.
        var count = cuts.Length;
        var (added, segment) = (new long[count + 1, count + 1], new long[count + 1, count + 1]);
        var wanted = new long[values.Count + 1];
        for (var v = 0; v < values.Count; v++) wanted[v + 1] = wanted[v] + (values[v].IsWanted ? values[v].Length : 0);
        for (var j = 0; j <= count; j++)
        {
            var end = j == count ? values.Count - 1 : cuts[j];
            List<int> at = j == count ? [] : live[end];
            var (largest, first) = (0L, end + 1);
            for (var i = j; i >= 0; i--)
            {
                var start = i == 0 ? -1 : cuts[i - 1];
                while (first > start + 1) largest = Math.Max(largest, values[--first].Length);
                var before = i == 0 ? null : live[start];
                added[i, j] = at.Where(v => before?.Contains(v) != true).Sum(v => (long)values[v].Length);
                segment[i, j] = wanted[end + 1] - wanted[start + 1] - at.Where(v => v > start && values[v].IsWanted).Sum(v => (long)values[v].Length) + Gradients * largest;
            }
        }

        var (low, high) = (0L, segment[0, count]);
        List<int> best = [];
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Within(middle) is { } found) (best, high) = (found, middle);
            else low = middle + 1;
        }
        return best;

        // The cuts that keep least while no segment, with what is kept for it and those before, takes more than the bound.
        List<int>? Within(long bound)
        {
            var (kept, from) = (new long[count + 2], new int[count + 2]);
            for (var j = 1; j <= count + 1; j++)
            {
                kept[j] = long.MaxValue;
                for (var i = 0; i < j; i++)
                    if (kept[i] < long.MaxValue && kept[i] + added[i, j - 1] + segment[i, j - 1] <= bound && kept[i] + added[i, j - 1] < kept[j]) (kept[j], from[j]) = (kept[i] + added[i, j - 1], i);
            }
            if (kept[count + 1] == long.MaxValue) return null;
            var path = new List<int>();
            for (var i = from[count + 1]; i > 0; i = from[i]) path.Add(cuts[i - 1]);
            path.Reverse();
            return path;
        }
    }
}
