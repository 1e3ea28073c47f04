namespace Kiln.Generators.Emission;

/// <summary>A part of a sequence, and how often it follows.</summary>
internal readonly record struct Part(int First, int Length, int Count);

/// <summary>Finds where a sequence repeats itself, so that it is written as a loop.</summary>
internal static class Repetitions
{
    /// <summary>Parts that are repeated less often are written out.</summary>
    public const int Fewest = 4;

    /// <summary>The whole sequence, in parts that are alike and follow each other Count times, and parts in between.</summary>
    /// <param name="items">What is alike is equal.</param>
    /// <param name="longest">Items of the longest part that is looked for.</param>
    /// <param name="alike">How many of the repetitions of such a part, which are alike item by item, are alike as a whole.</param>
    public static IReadOnlyList<Part> Of<T>(IReadOnlyList<T> items, int longest, Func<Part, int> alike)
    {
        var parts = new List<Part>();
        var alone = 0;
        for (var first = 0; first < items.Count;)
        {
            var best = Best(first);
            if (best.Count == 1)
            {
                first++;
                continue;
            }
            if (alone < first) parts.Add(new(alone, first - alone, 1));
            parts.Add(best);
            alone = first += best.Length * best.Count;
        }
        if (alone < items.Count) parts.Add(new(alone, items.Count - alone, 1));
        return parts;

        Part Best(int first)
        {
            var best = new Part(first, 1, 1);
            for (var length = 1; length <= longest && first + Fewest * length <= items.Count; length++)
            {
                var end = first + length;
                while (end < items.Count && EqualityComparer<T>.Default.Equals(items[end], items[end - length])) end++;
                var part = new Part(first, length, (end - first) / length);
                if (part.Count < Fewest || part.Length * part.Count <= best.Length * best.Count) continue;
                part = part with { Count = alike(part) };
                if (part.Count >= Fewest && part.Length * part.Count > best.Length * best.Count) best = part;
            }
            return best;
        }
    }
}
