namespace Kiln.Generators.Kernels;

/// <summary>
/// Places of a program's intermediate values: two pools, one of constant size and one that grows with the batch. Values whose
/// lifetimes do not meet share memory: stages apart, or, of equal size, within a stage over the batch, where rows pass through
/// the steps slice by slice. The largest are placed first, each at the lowest free place.
/// </summary>
internal sealed class MemoryPlan
{
    /// <summary>What Lanes may cost more where a row alone gets a block of 16 for each of its values in them.</summary>
    private const double LargestWaste = 1.05;

    private const int Block = 16;

    private readonly List<Slot> _slots = [];

    /// <summary>Values that take turns in one place, from the first stage that writes it to the last that reads it.</summary>
    private sealed record Slot(List<Buffer> Buffers, int First, int Last)
    {
        public bool Batched => Buffers[0].Batched;
        public int Features => Buffers[0].Features;
        public int Floats => Buffers[0].Floats;
    }

    private MemoryPlan(IReadOnlyList<Stage> stages, IEnumerable<Buffer> keptToTheEnd)
    {
        var lives = new Dictionary<Buffer, (int First, int Last)>();
        for (var stage = 0; stage < stages.Count; stage++)
            foreach (var buffer in stages[stage].Steps.SelectMany(s => s.Reads.Concat(s.Writes)))
                if (buffer.Space == Space.Arena) lives[buffer] = (lives.TryGetValue(buffer, out var life) ? life.First : stage, stage);
        foreach (var buffer in keptToTheEnd)
            if (lives.TryGetValue(buffer, out var life)) lives[buffer] = (life.First, int.MaxValue);

        var local = lives.Where(l => l.Value.First == l.Value.Last && l.Key.Batched).ToLookup(l => l.Value.First, l => l.Key);
        for (var stage = 0; stage < stages.Count; stage++) _slots.AddRange(TakingTurns(stages[stage], [.. local[stage]], stage));
        var turns = new HashSet<Buffer>(_slots.SelectMany(s => s.Buffers));
        _slots.AddRange(lives.Where(l => !turns.Contains(l.Key)).Select(l => new Slot([l.Key], l.Value.First, l.Value.Last)));
    }

    /// <summary>
    /// Gives every value its place. Where few values lie in Lanes, each has room for a block of 16 in every single row
    /// (<c>RowsApart</c>), so that a batch of less than 16 rows takes no memory for 16.
    /// </summary>
    /// <exception cref="OverflowException">The values of 16 rows, the least that is computed at a time, are more than an int can count.</exception>
    public static (int FixedFloats, int FloatsPerRow, bool RowsApart) Place(IReadOnlyList<Stage> stages, IEnumerable<Buffer> keptToTheEnd)
    {
        var plan = new MemoryPlan(stages, keptToTheEnd);
        var fixedFloats = Pool(plan._slots.Where(s => !s.Batched), s => s.Floats, out var offsets);
        Set(offsets);
        var perRow = Pool(plan._slots.Where(s => s.Batched), s => s.Floats, out offsets);
        _ = checked(Block * perRow);
        long lanes = plan._slots.Where(s => s.Batched && IsInLanes(s)).Sum(s => (long)s.Features);
        var (isApart, apart) = (false, 0);
        if (lanes * Block < perRow)
        {
            apart = Pool(plan._slots.Where(s => s.Batched), s => IsInLanes(s) ? checked(Block * s.Features) : Sizes.Round16(s.Floats), out var places);
            isApart = apart <= LargestWaste * perRow && (long)apart * Block <= int.MaxValue;
            if (isApart) offsets = places;
        }
        Set(offsets);
        return (fixedFloats, isApart ? apart : perRow, isApart);

        static bool IsInLanes(Slot slot) => slot.Buffers[0].Storage == Storage.Lanes;

        static void Set(Dictionary<Slot, int> offsets)
        {
            foreach (var slot in offsets)
                foreach (var buffer in slot.Key.Buffers) buffer.Offset = slot.Value;
        }
    }

    /// <summary>Values that live within one stage over the batch: one that was read for the last time leaves its place to the next of its size.</summary>
    private static IEnumerable<Slot> TakingTurns(Stage stage, HashSet<Buffer> local, int number)
    {
        if (stage.Domain == Domain.Output || local.Count == 0) return [];
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
            var free = slots.FirstOrDefault(s => s.Floats == buffer.Floats && (s.Buffers[0].Storage == Storage.Lanes) == (buffer.Storage == Storage.Lanes) && s.Buffers.All(b => last[b] < first[buffer]));
            if (free is null) slots.Add(free = new Slot([], number, number));
            free.Buffers.Add(buffer);
        }
        return slots;
    }

    private static int Pool(IEnumerable<Slot> slots, Func<Slot, int> floats, out Dictionary<Slot, int> offsets)
    {
        offsets = [];
        // In the order of their places.
        var placed = new List<(Slot Slot, int Offset, int End)>();
        var size = 0;
        foreach (var slot in slots.OrderByDescending(floats).ThenBy(s => s.First).ThenBy(s => s.Buffers[0].Name, StringComparer.Ordinal))
        {
            var (offset, length) = (0, floats(slot));
            foreach (var other in placed)
            {
                if (other.Slot.First > slot.Last || slot.First > other.Slot.Last) continue;
                if (other.Offset >= (long)offset + length) break;
                offset = Math.Max(offset, other.End);
            }
            offsets[slot] = offset;
            var next = placed.FindIndex(p => p.Offset > offset);
            placed.Insert(next < 0 ? placed.Count : next, (slot, offset, checked(offset + length)));
            size = Math.Max(size, offset + length);
        }
        return size;
    }
}
