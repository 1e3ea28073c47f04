namespace Kiln.Kernels;

/// <summary>Sums over vectors of weights in double precision, element after element: the same bits on any number of threads.</summary>
internal static class Vectors
{
    public static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>The sum of magnitudes.</summary>
    public static double Sum(double[] a)
    {
        var sum = 0.0;
        foreach (var value in a) sum += Math.Abs(value);
        return sum;
    }

    /// <summary>The largest magnitude.</summary>
    public static double Largest(double[] a)
    {
        var largest = 0.0;
        foreach (var value in a) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    /// <summary>to ← −from.</summary>
    public static void Negate(double[] from, double[] to)
    {
        for (var i = 0; i < from.Length; i++) to[i] = -from[i];
    }

    /// <summary>to ← to + factor · from.</summary>
    public static void Add(double[] to, double factor, double[] from)
    {
        for (var i = 0; i < to.Length; i++) to[i] += factor * from[i];
    }
}
