using System.Globalization;
using System.Text;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Kernels;

/// <summary>A loop of a kernel: the variable <c>i{Id}</c> from 0 to Extent − 1.</summary>
internal sealed record Loop(int Id, int Extent)
{
    public string Variable => "i" + Id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An index that is a sum of loop variables times constants, plus a constant.</summary>
internal sealed record Affine(EquatableArray<(Loop Loop, int Step)> Terms, int Offset)
{
    public static readonly Affine Zero = new([], 0);

    public static Affine Of(Loop loop) => loop.Extent == 1 ? Zero : new([(loop, 1)], 0);

    public bool IsConstant => Terms.Count == 0;

    public int StepOf(Loop loop)
    {
        foreach (var (other, step) in Terms)
            if (other == loop) return step;
        return 0;
    }

    public static Affine operator +(Affine a, int offset) => a with { Offset = a.Offset + offset };

    public static Affine operator *(Affine a, int factor) =>
        factor == 0 ? Zero : new(a.Terms.Select(t => (t.Loop, t.Step * factor)).ToEquatable(), a.Offset * factor);

    public static Affine operator +(Affine a, Affine b)
    {
        var steps = new SortedDictionary<int, (Loop Loop, int Step)>();
        foreach (var (loop, step) in a.Terms.Concat(b.Terms))
            steps[loop.Id] = (loop, (steps.TryGetValue(loop.Id, out var known) ? known.Step : 0) + step);
        return new(steps.Values.Where(t => t.Step != 0).ToEquatable(), a.Offset + b.Offset);
    }

    /// <summary>Σ index·stride for a row-major tensor of that shape.</summary>
    public static Affine Flat(IReadOnlyList<Affine> index, IReadOnlyList<int> shape)
    {
        var flat = Zero;
        for (var axis = 0; axis < shape.Count; axis++) flat = flat * shape[axis] + index[axis];
        return flat;
    }

    /// <summary>The index with loops replaced: what merging two loops into one needs.</summary>
    public Affine Replace(Func<Loop, int, (Loop Loop, int Step)?> replace) =>
        new(Terms.Select(t => replace(t.Loop, t.Step)).Where(t => t is not null).Select(t => t!.Value).ToEquatable(), Offset);

    public int Minimum => Offset + Terms.Sum(t => Math.Min(0, t.Step * (t.Loop.Extent - 1)));
    public int Maximum => Offset + Terms.Sum(t => Math.Max(0, t.Step * (t.Loop.Extent - 1)));

    /// <summary>As C#, times a factor: <c>28 * i0 + i1 - 2</c>.</summary>
    public string Text(int factor = 1)
    {
        var text = new StringBuilder();
        foreach (var (loop, step) in Terms)
        {
            var times = step * factor;
            text.Append(text.Length == 0 ? times < 0 ? "-" : "" : times < 0 ? " - " : " + ");
            if (Math.Abs(times) != 1) text.Append(Math.Abs(times).ToString(CultureInfo.InvariantCulture)).Append(" * ");
            text.Append(loop.Variable);
        }
        var offset = Offset * factor;
        if (text.Length == 0) return offset.ToString(CultureInfo.InvariantCulture);
        if (offset != 0) text.Append(offset < 0 ? " - " : " + ").Append(Math.Abs(offset).ToString(CultureInfo.InvariantCulture));
        return text.ToString();
    }
}
