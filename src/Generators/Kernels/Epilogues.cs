using Kiln.Generators.Graph;
using Kiln.Generators.Operators;

namespace Kiln.Generators.Kernels;

/// <summary>
/// What a product does to its own result while it is still in the cache: a bias is added, and what is below zero becomes zero. The map that
/// would have done so afterwards, as the only reader, is no step of its own. The bits are the same.
/// </summary>
internal static class Epilogues
{
    /// <param name="steps">In their order.</param>
    /// <param name="kept">Buffers that are read after the steps.</param>
    public static IReadOnlyList<Step> Place(IReadOnlyList<Step> steps, IEnumerable<Buffer> kept)
    {
        var readers = steps.SelectMany(s => s.Reads.Distinct().Select(read => (read, s))).Concat(kept.Select(k => (read: k, s: (Step)null!))).ToLookup(r => r.read, r => r.s);
        var fused = new Dictionary<Step, Dense>();
        var gone = new HashSet<Step>();
        foreach (var dense in steps.OfType<Dense>())
        {
            if (dense.Outer != 1 || readers[dense.Y].Count() != 1 || readers[dense.Y].Single() is not Map map || Match(map, dense.Y) is not { } epilogue) continue;
            fused[dense] = dense.With($"{dense.Comment}; {map.Comment}", map.Target, epilogue.Bias, epilogue.Relu);
            gone.Add(map);
        }
        return [.. steps.Where(s => !gone.Contains(s)).Select(s => fused.TryGetValue(s, out var dense) ? dense : s)];
    }

    /// <summary>y + bias, or max(0, y + bias), element by element.</summary>
    private static (Buffer Bias, bool Relu)? Match(Map map, Buffer y)
    {
        if (map is not { Mode: MapMode.Rows, Fold: null, Inner.Count: 0 } || map.Target.Storage != Storage.Rows) return null;
        var value = map.Value;
        var relu = value is Call { Function: Function.Max, Arguments: var max } && max[0] is Literal { Value: 0 };
        if (relu) value = ((Call)value).Arguments[1];
        if (value is not Call { Function: Function.Add, Arguments: var sum } || sum[0] is not Load a || sum[1] is not Load b) return null;
        if (a.Buffer != y) (a, b) = (b, a);
        var fits = a.Buffer == y && a.Index == map.Index && b is { Buffer: { Storage: Storage.Flat, Space: Space.Parameters } bias } && b.Index == map.Index && bias.Features == map.Target.Features;
        return fits ? (b.Buffer, relu) : null;
    }
}
