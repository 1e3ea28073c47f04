using Kiln.Generators.Graph;

namespace Kiln.Generators.Tests.Reference;

/// <summary>
/// The places of values over time: one for each sample, and for each step of it. They are numbered as they lie in memory, samples first, then the steps of each
/// axis; what is the same for all samples has one place.
/// </summary>
internal sealed class ReferenceTime(int rows)
{
    private readonly Dictionary<TimeAxis, int> _steps = [];

    /// <summary>The live steps of every sample, by the name of the axis.</summary>
    public Dictionary<string, int[]> Lengths { get; } = [];

    /// <summary>The steps of an axis where there are more than those of the longest sample.</summary>
    public Dictionary<string, int> Steps { get; } = [];

    /// <summary>Counts the steps of a batch: its lengths are set.</summary>
    public void Count() => _steps.Clear();

    /// <summary>The steps of an axis in this batch.</summary>
    public int StepsOf(TimeAxis axis)
    {
        if (_steps.TryGetValue(axis, out var steps)) return steps;
        var all = axis.Fixed > 0 ? axis.Fixed : Steps.TryGetValue(axis.Name, out var given) ? given : Lengths[axis.Name].Max();
        return _steps[axis] = Strided(axis, all);
    }

    /// <summary>The live ones of a sample.</summary>
    public int LengthOf(TimeAxis axis, int row) => Strided(axis, axis.Fixed > 0 ? axis.Fixed : Lengths[axis.Name][row]);

    public int Places(TensorType type)
    {
        if (!type.Batched) return 1;
        var places = rows;
        foreach (var axis in type.Time) places *= StepsOf(axis);
        return places;
    }

    /// <summary>The sample of a place.</summary>
    public int Row(TensorType type, int place) => place / (Places(type) / rows);

    /// <summary>The step of an axis at a place.</summary>
    public int Step(TensorType type, int place, TimeAxis axis)
    {
        for (var other = type.Time.Count - 1; type.Time[other] != axis; other--) place /= StepsOf(type.Time[other]);
        return place % StepsOf(axis);
    }

    /// <summary>The place in a value of the same sample and steps as a place in another value.</summary>
    /// <param name="moved">An axis whose step is another than there, or that the other value lacks.</param>
    public int Move(TensorType from, int place, TensorType to, TimeAxis? moved = null, int step = 0)
    {
        if (!to.Batched) return 0;
        if (moved is null && from.Time == to.Time) return place;
        var result = Row(from, place);
        foreach (var axis in to.Time) result = result * StepsOf(axis) + (axis == moved ? step : Step(from, place, axis));
        return result;
    }

    private static int Strided(TimeAxis axis, int steps) => (steps + axis.Stride - 1) / axis.Stride;
}
