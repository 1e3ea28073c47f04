namespace Kiln.Generators.Operators;

/// <summary>What becomes of numbers when they run.</summary>
internal static class SinglePrecision
{
    /// <summary>Whether a number is finite as a float.</summary>
    public static bool IsFinite(double x) => !float.IsNaN((float)x) && !float.IsInfinity((float)x);
}
