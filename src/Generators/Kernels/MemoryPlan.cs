namespace Kiln.Generators.Kernels;

/// <summary>
/// Places of a program's intermediate values: two pools, one of constant size and one that grows with the batch. Values whose
/// lifetimes (in stages) do not meet share memory; the largest are placed first, each at the lowest free place.
/// </summary>
internal static class MemoryPlan
{
    public static (int FixedFloats, int FloatsPerRow) Place(IReadOnlyList<Stage> stages, IEnumerable<Buffer> keptToTheEnd)
    {
        var lives = new Dictionary<Buffer, (int First, int Last)>();
        for (var stage = 0; stage < stages.Count; stage++)
            foreach (var buffer in stages[stage].Steps.SelectMany(s => s.Reads.Concat(s.Writes)))
                if (buffer.Space == Space.Arena) lives[buffer] = (lives.TryGetValue(buffer, out var life) ? life.First : stage, stage);
        foreach (var buffer in keptToTheEnd)
            if (lives.TryGetValue(buffer, out var life)) lives[buffer] = (life.First, int.MaxValue);
        return (Pool(lives, batched: false), Pool(lives, batched: true));
    }

    private static int Pool(Dictionary<Buffer, (int First, int Last)> lives, bool batched)
    {
        var placed = new List<(Buffer Buffer, int First, int Last)>();
        var size = 0;
        foreach (var (buffer, (first, last)) in lives.Where(l => l.Key.Batched == batched).OrderByDescending(l => l.Key.Floats).ThenBy(l => l.Value.First).ThenBy(l => l.Key.Name, StringComparer.Ordinal).Select(l => (l.Key, l.Value)))
        {
            var offset = 0;
            foreach (var other in placed.Where(p => p.First <= last && first <= p.Last).OrderBy(p => p.Buffer.Offset))
                if (other.Buffer.Offset < offset + buffer.Floats) offset = Math.Max(offset, other.Buffer.Offset + other.Buffer.Floats);
                else break;
            buffer.Offset = offset;
            placed.Add((buffer, first, last));
            size = Math.Max(size, offset + buffer.Floats);
        }
        return size;
    }
}
