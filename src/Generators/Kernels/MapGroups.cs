using Kiln.Generators.Graph;
using Kiln.Generators.Operators;

namespace Kiln.Generators.Kernels;

/// <summary>
/// Makes one kernel of maps that follow each other in a loop over time, such as the gates of a cell: what one computes and the next reads stays in a register, and what nothing else reads is not
/// written. The formulas, and so the bits, are the same.
/// </summary>
internal static class MapGroups
{
    /// <summary>Values of a group's formulas, together: more would leave the registers.</summary>
    private const int LargestGroup = 160;

    /// <param name="steps">In their order.</param>
    /// <param name="kept">Buffers that are read after the steps.</param>
    public static IReadOnlyList<Step> Of(IReadOnlyList<Step> steps, IEnumerable<Buffer> kept)
    {
        var readers = new Dictionary<Buffer, int>();
        foreach (var place in steps.SelectMany(s => s is TimeLoop loop ? loop.All : [s]).SelectMany(s => s.Reads.Select(r => r.Place).Distinct()).Concat(kept.Select(k => k.Place)))
            readers[place] = (readers.TryGetValue(place, out var known) ? known : 0) + 1;
        return [.. steps.Select(step => step is TimeLoop loop ? Within(loop, readers) : step)];
    }

    private static TimeLoop Within(TimeLoop loop, Dictionary<Buffer, int> readers)
    {
        var body = new List<List<Step>>();
        foreach (var step in loop.Body.Select(s => s is TimeLoop inner ? Within(inner, readers) : s))
        {
            if (step is Map map && body.FindLastIndex(g => g[0] is Map) is >= 0 and var last && Joins(map, body, last)) body[last].Add(map);
            else body.Add([step]);
        }
        var grouped = body.Select(g => g.Count == 1 ? g[0] : Group([.. g.Cast<Map>()], readers)).ToArray();
        var written = new HashSet<Buffer>(loop.Before.Concat(grouped).SelectMany(s => s.Writes).Select(w => w.Place));
        return loop with { Body = grouped.ToEquatable(), To = loop.To.Where(written.Contains).ToEquatable(), Writes = loop.To.Where(written.Contains).ToEquatable() };
    }

    /// <summary>Whether a map can be computed with the last group of maps, before the steps that lie between.</summary>
    private static bool Joins(Map map, List<List<Step>> body, int last)
    {
        if (!IsAlongRow(map)) return false;
        var group = body[last].Cast<Map>().ToArray();
        if (!IsAlongRow(group[0]) || group[0].Loops[0].Extent != map.Loops[0].Extent || group[0].Time != map.Time) return false;
        if (group.Append(map).Sum(m => Expressions.Size(m.Value)) > LargestGroup) return false;
        // What the group writes is read where it is written: element by element.
        if (LoadsOf(map).Any(load => Array.Exists(group, other => Overlap(load.Buffer, other.Target) && !IsSameElement(load, map, other)))) return false;
        if (Array.Exists(group, other => other.Reads.Any(r => Overlap(r, map.Target)))) return false;
        var between = body.Skip(last + 1).SelectMany(g => g).ToArray();
        return !Array.Exists(between, step => step is TimeLoop
            || step.Writes.Any(w => map.Reads.Any(r => Overlap(r, w)) || Overlap(w, map.Target))
            || step.Reads.Any(r => Overlap(r, map.Target)));
    }

    private static bool IsAlongRow(Map map) => map is { Mode: MapMode.Rows, Fold: null, Inner.Count: 0, Loops.Count: 1, Target.Storage: Storage.Rows } && map.Index.StepOf(map.Loops[0]) == 1;

    /// <summary>One place, at one step: before and after a step a state is at two.</summary>
    private static bool Overlap(Buffer a, Buffer b) => a.Place == b.Place && (a.State is null || a.View == b.View);

    private static bool IsSameElement(Load load, Map reader, Map writer) =>
        load.Index.Offset == writer.Index.Offset && load.Index.Terms.Count == 1 && load.Index.StepOf(reader.Loops[0]) == 1;

    private static IEnumerable<Load> LoadsOf(Map map) => Expressions.All(map.Value).OfType<Load>();

    private static MapGroup Group(Map[] maps, Dictionary<Buffer, int> readers)
    {
        // All walk the loop of the first.
        var loop = maps[0].Loops[0];
        var parts = maps.Select(m => m with { Loops = maps[0].Loops, Index = Renamed(m.Index, m.Loops[0], loop), Value = Renamed(m.Value, m.Loops[0], loop) }).ToArray();
        var targets = parts.Select(p => p.Target).Distinct().ToArray();
        bool IsInner(Buffer target) => target.State is null && target.Space == Space.Arena && (!readers.TryGetValue(target.Place, out var all) || all == maps.Count(m => m.Reads.Contains(target)));
        var stored = targets.Where(t => !IsInner(t)).ToEquatable();
        var sources = parts.SelectMany(p => p.Sources).Distinct().Where(s => !targets.Contains(s)).ToEquatable();
        return new MapGroup(string.Join("; ", parts.Select(p => p.Comment).Distinct()), parts.ToEquatable(), sources, stored);
    }

    private static Affine Renamed(Affine index, Loop from, Loop to) => index.Replace((loop, step) => (loop == from ? to : loop, step));

    private static Scalar Renamed(Scalar value, Loop from, Loop to) => Expressions.Rewrite(value, e => e switch
    {
        Load load => load with { Index = Renamed(load.Index, from, to) },
        IndexValue index => new IndexValue(Renamed(index.Index, from, to)),
        Guarded guarded => new Guarded(Renamed(guarded.Index, from, to), guarded.Extent, Renamed(guarded.Then, from, to), Renamed(guarded.Otherwise, from, to)),
        _ => null,
    });
}
