namespace Kiln.Generators.Kernels;

/// <summary>
/// Places of a program's intermediate values: two pools, one of constant size and one that grows with the batch. Values whose
/// lifetimes do not meet share memory: stages apart, or, of equal size, within a stage over the batch, where rows pass through
/// the steps slice by slice. The largest are placed first, each at the lowest free place.
/// </summary>
internal static class MemoryPlan
{
    /// <summary>Values that take turns in one place, from the first stage that writes it to the last that reads it.</summary>
    private sealed record Slot(List<Buffer> Buffers, int Floats, int First, int Last)
    {
        public int Offset { get; set; }
    }

    /// <exception cref="OverflowException">The values of 16 rows, the least that is computed at a time, are more than an int can count.</exception>
    public static (int FixedFloats, int FloatsPerRow) Place(IReadOnlyList<Stage> stages, IEnumerable<Buffer> keptToTheEnd)
    {
        var lives = new Dictionary<Buffer, (int First, int Last)>();
        for (var stage = 0; stage < stages.Count; stage++)
            foreach (var buffer in stages[stage].Steps.SelectMany(s => s.Reads.Concat(s.Writes)))
                if (buffer.Space == Space.Arena) lives[buffer] = (lives.TryGetValue(buffer, out var life) ? life.First : stage, stage);
        foreach (var buffer in keptToTheEnd)
            if (lives.TryGetValue(buffer, out var life)) lives[buffer] = (life.First, int.MaxValue);

        var slots = new List<Slot>();
        var local = lives.Where(l => l.Value.First == l.Value.Last && l.Key.Batched).ToLookup(l => l.Value.First, l => l.Key);
        for (var stage = 0; stage < stages.Count; stage++)
            slots.AddRange(TakingTurns(stages[stage], [.. local[stage]], stage));
        var alone = lives.Keys.Except(slots.SelectMany(s => s.Buffers));
        slots.AddRange(alone.Select(b => new Slot([b], b.Floats, lives[b].First, lives[b].Last)));
        var (fixedFloats, floatsPerRow) = (Pool(slots.Where(s => !s.Buffers[0].Batched)), Pool(slots.Where(s => s.Buffers[0].Batched)));
        _ = checked(16 * floatsPerRow);
        return (fixedFloats, floatsPerRow);
    }

    /// <summary>Values that live within one stage over the batch: one that was read for the last time leaves its place to the next of its size.</summary>
    private static IEnumerable<Slot> TakingTurns(Stage stage, HashSet<Buffer> local, int number)
    {
        if (stage.Domain == Domain.Output) return [];
        var (first, last) = (new Dictionary<Buffer, int>(), new Dictionary<Buffer, int>());
        for (var step = 0; step < stage.Steps.Count; step++)
            foreach (var buffer in stage.Steps[step].Reads.Concat(stage.Steps[step].Writes).Where(local.Contains))
            {
                if (!first.ContainsKey(buffer)) first[buffer] = step;
                last[buffer] = step;
            }
        var slots = new List<Slot>();
        foreach (var buffer in first.OrderBy(f => f.Value).Select(f => f.Key))
        {
            var free = slots.FirstOrDefault(s => s.Floats == buffer.Floats && s.Buffers.All(b => last[b] < first[buffer]));
            if (free is null) slots.Add(free = new Slot([], buffer.Floats, number, number));
            free.Buffers.Add(buffer);
        }
        return slots;
    }

    private static int Pool(IEnumerable<Slot> slots)
    {
        // In the order of their places.
        var placed = new List<Slot>();
        var size = 0;
        foreach (var slot in slots.OrderByDescending(s => s.Floats).ThenBy(s => s.First).ThenBy(s => s.Buffers[0].Name, StringComparer.Ordinal))
        {
            foreach (var other in placed)
            {
                if (other.First > slot.Last || slot.First > other.Last) continue;
                if (other.Offset >= (long)slot.Offset + slot.Floats) break;
                slot.Offset = Math.Max(slot.Offset, checked(other.Offset + other.Floats));
            }
            foreach (var buffer in slot.Buffers) buffer.Offset = slot.Offset;
            var next = placed.FindIndex(p => p.Offset > slot.Offset);
            placed.Insert(next < 0 ? placed.Count : next, slot);
            size = Math.Max(size, checked(slot.Offset + slot.Floats));
        }
        return size;
    }
}
