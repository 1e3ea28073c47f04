namespace Kiln.Samples.Networks;

/// <summary>Colours for numbers with a sign: blue below zero, nearly white at zero, red above (the ends and the middle of ColorBrewer's RdBu).</summary>
internal static class SignedColours
{
    private static readonly (int Red, int Green, int Blue) Lowest = (33, 102, 172), Zero = (247, 247, 247), Highest = (178, 24, 43);

    /// <summary>The colour of a number.</summary>
    /// <param name="value">Anything finite; beyond the limit it has the limit's colour.</param>
    /// <param name="limit">Where the colours end, above 0; at 0 all numbers are zeros.</param>
    public static (byte Red, byte Green, byte Blue) Of(float value, float limit)
    {
        var share = limit > 0 ? Math.Clamp(value / limit, -1, 1) : 0;
        var end = share < 0 ? Lowest : Highest;
        var away = Math.Abs(share);
        return (Mix(Zero.Red, end.Red), Mix(Zero.Green, end.Green), Mix(Zero.Blue, end.Blue));

        byte Mix(int from, int to) => (byte)MathF.Round(from + away * (to - from));
    }

    /// <summary>The largest of the numbers without their signs.</summary>
    public static float Limit(ReadOnlySpan<float> values)
    {
        var limit = 0f;
        foreach (var value in values)
            limit = Math.Max(limit, Math.Abs(value));
        return limit;
    }
}
