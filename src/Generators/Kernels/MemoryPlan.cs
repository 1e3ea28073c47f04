using Kiln.Generators.Graph;

namespace Kiln.Generators.Kernels;

/// <summary>The memory of a program's values.</summary>
/// <param name="RowsApart">A capacity of less than 16 rows can be any number, else it is 16.</param>
/// <param name="Pools">Of values over time: the second pool and those after it.</param>
internal sealed record MemorySizes(int FixedFloats, int FloatsPerRow, bool RowsApart, EquatableArray<PoolSize> Pools);

/// <summary>A pool of values over these axes of time.</summary>
internal sealed record PoolSize(EquatableArray<TimeAxis> Time, int FloatsPerRow);

/// <summary>
/// Places of a program's intermediate values: a pool of constant size, one that grows with the batch, and one more for each list of axes of time that
/// values run over. Values whose
/// lifetimes do not meet share memory: stages apart, or, of equal size, within a stage over the batch, where rows pass through
/// the steps slice by slice. The largest are placed first, each at the lowest free place.
/// </summary>
internal sealed class MemoryPlan
{
    /// <summary>Pools that a frame has room for, as Kiln.Kernels.Frame has it.</summary>
    private const int MostPools = 16;

    /// <summary>What Lanes may cost more where a row alone gets a block of 16 for each of its values in them.</summary>
    private const double LargestWaste = 1.05;

    private const int Block = 16;

    private readonly List<Slot> _slots = [];

    /// <summary>Values that take turns in one place, from the first stage that writes it to the last that reads it.</summary>
    private sealed record Slot(List<Buffer> Buffers, int First, int Last)
    {
        public bool Batched => Buffers[0].Batched;
        public EquatableArray<TimeAxis> Pool => Buffers[0].Pool;
        public int Features => Buffers[0].Features;
        public int Floats => Buffers[0].Floats;
    }

    private MemoryPlan(IReadOnlyList<Stage> stages, IEnumerable<Buffer> keptToTheEnd)
    {
        var lives = new Dictionary<Buffer, (int First, int Last)>();
        for (var stage = 0; stage < stages.Count; stage++)
            foreach (var buffer in stages[stage].Steps.SelectMany(s => s.Reads.Concat(s.Writes)).Select(b => b.Place))
                if (buffer.Space == Space.Arena) lives[buffer] = (lives.TryGetValue(buffer, out var life) ? life.First : stage, stage);
        foreach (var buffer in keptToTheEnd.Select(k => k.Place))
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
    public static MemorySizes Place(IReadOnlyList<Stage> stages, IEnumerable<Buffer> keptToTheEnd)
    {
        var plan = new MemoryPlan(stages, keptToTheEnd);
        var fixedFloats = Pool(plan._slots.Where(s => !s.Batched), s => s.Floats, out var offsets);
        Set(offsets);
        // The first pool is that of values without time.
        EquatableArray<TimeAxis>[] times = [[], .. plan._slots.Where(s => s.Batched && s.Pool.Count > 0).OrderBy(s => s.First).ThenBy(s => s.Buffers[0].Name, StringComparer.Ordinal).Select(s => s.Pool).Distinct()];
        if (times.Length > MostPools) throw new UnsupportedException($"values over {times.Length - 1} lists of axes of time; at most {MostPools - 1} are possible");
        var close = times.Select(time => OfTime(time, s => s.Floats)).ToArray();
        foreach (var pool in close) _ = checked(Block * pool.Floats);
        var floats = close.Sum(pool => (long)pool.Floats);
        long lanes = plan._slots.Where(s => s.Batched && IsInLanes(s)).Sum(s => (long)s.Features);
        var isApart = false;
        if (lanes * Block < floats)
        {
            var apart = times.Select(time => OfTime(time, s => IsInLanes(s) ? checked(Block * s.Features) : Sizes.Round16(s.Floats))).ToArray();
            isApart = apart.Sum(pool => (long)pool.Floats) <= LargestWaste * floats && apart.All(pool => (long)pool.Floats * Block <= int.MaxValue);
            if (isApart) close = apart;
        }
        foreach (var pool in close) Set(pool.Offsets);
        return new MemorySizes(fixedFloats, close[0].Floats, isApart, times.Skip(1).Select((time, i) => new PoolSize(time, close[i + 1].Floats)).ToEquatable());

        (int Floats, Dictionary<Slot, int> Offsets) OfTime(EquatableArray<TimeAxis> time, Func<Slot, int> size) =>
            (Pool(plan._slots.Where(s => s.Batched && s.Pool == time), size, out var places), places);

        static bool IsInLanes(Slot slot) => slot.Buffers[0].Storage == Storage.Lanes;

        static void Set(Dictionary<Slot, int> offsets)
        {
            foreach (var slot in offsets)
                foreach (var buffer in slot.Key.Buffers.SelectMany(b => b.State?.Views ?? [b])) buffer.Offset = slot.Value;
        }
    }

    /// <summary>Values that live within one stage over the batch: one that was read for the last time leaves its place to the next of its size.</summary>
    private static IEnumerable<Slot> TakingTurns(Stage stage, HashSet<Buffer> local, int number)
    {
        if (stage.Domain == Domain.Output || local.Count == 0) return [];
        var (first, last) = (new Dictionary<Buffer, int>(), new Dictionary<Buffer, int>());
        for (var step = 0; step < stage.Steps.Count; step++)
            foreach (var buffer in stage.Steps[step].Reads.Concat(stage.Steps[step].Writes).Select(b => b.Place).Where(local.Contains))
            {
                if (!first.ContainsKey(buffer)) first[buffer] = step;
                last[buffer] = step;
            }
        var slots = new List<Slot>();
        foreach (var buffer in first.OrderBy(f => f.Value).Select(f => f.Key))
        {
            var free = slots.FirstOrDefault(s => s.Floats == buffer.Floats && s.Pool == buffer.Pool && (s.Buffers[0].Storage == Storage.Lanes) == (buffer.Storage == Storage.Lanes) && s.Buffers.All(b => last[b] < first[buffer]));
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
