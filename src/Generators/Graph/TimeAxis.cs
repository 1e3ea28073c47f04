namespace Kiln.Generators.Graph;

/// <summary>
/// An axis whose length is known at run time and differs from sample to sample: time. A batch has as many steps as its longest sample; the steps after a
/// shorter sample's end are dead: their values are finite, nothing live reads them, and gradients there are zero.
/// </summary>
/// <param name="Name">As the user named it; else the input's name.</param>
/// <param name="Max">The greatest length that was declared; 0: no bound.</param>
/// <param name="Stride">Every so many steps of the named axis: ⌈T / Stride⌉ of them.</param>
/// <param name="Fixed">The length where it is known at build time and the same for all samples; else 0.</param>
/// <param name="Copy">Not 0: an axis of the same lengths as the one of that name, so that values can run over it twice: t and t′.</param>
internal sealed record TimeAxis(string Name, int Max = 0, int Stride = 1, int Fixed = 0, int Copy = 0)
{
    /// <summary>The axis whose lengths it has, or every so many steps of them.</summary>
    public TimeAxis Whole => this with { Stride = 1, Copy = 0 };

    /// <summary>t, t′ or ⌈t/2⌉.</summary>
    public override string ToString() => (Stride == 1 ? Name : $"⌈{Name}/{Stride}⌉") + new string('′', Copy);
}

/// <summary>Time axes of values that meet.</summary>
internal static class TimeAxes
{
    /// <summary>
    /// The axes of a result: those of one operand, which has all that the others have, in the same order.
    /// </summary>
    /// <exception cref="ShapeException">No operand has the axes of all others.</exception>
    public static EquatableArray<TimeAxis> Common(string name, IEnumerable<EquatableArray<TimeAxis>> times)
    {
        var widest = new EquatableArray<TimeAxis>([]);
        foreach (var time in times)
            if (time.Count > widest.Count) widest = time;
        foreach (var time in times)
            if (!IsWithin(time, widest))
                throw new ShapeException($"{name}: values over {Text(time)} and over {Text(widest)} do not meet: they have other lengths. Inputs whose lengths are the same share a name: [Time(\"t\")]");
        return widest;
    }

    /// <summary>Whether all axes are among others, in the same order.</summary>
    public static bool IsWithin(EquatableArray<TimeAxis> time, EquatableArray<TimeAxis> others)
    {
        var next = 0;
        foreach (var axis in others)
            if (next < time.Count && time[next] == axis) next++;
        return next == time.Count;
    }

    public static string Text(EquatableArray<TimeAxis> time) => time.Count == 0 ? "no time" : string.Join(", ", time.Select(t => t.ToString()));
}
