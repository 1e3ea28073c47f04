namespace Kiln.Training;

/// <summary>Checks of limits that may be absent.</summary>
internal static class Limit
{
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public static long? OfSteps(long? steps, string name)
    {
        if (steps is { } value) ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return steps;
    }

    /// <exception cref="ArgumentOutOfRangeException">Not above zero.</exception>
    public static TimeSpan? OfTime(TimeSpan? time, string name)
    {
        if (time is { } value) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        return time;
    }
}
