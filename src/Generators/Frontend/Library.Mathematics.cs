namespace Kiln.Generators.Frontend;

internal static partial class Library
{
    private static object? Mathematics(string name, object?[] x) => (name, x.Length) switch
    {
        ("Abs", 1) => x[0] switch { int i => Math.Abs(i), long l => Math.Abs(l), decimal m => Math.Abs(m), float f => Math.Abs(f), double d => Math.Abs(d), _ => null },
        ("Sign", 1) => x[0] switch { int i => Math.Sign(i), long l => Math.Sign(l), decimal m => Math.Sign(m), float f => Math.Sign(f), double d => Math.Sign(d), _ => null },
        ("Min", 2) => Least(x[0]!, x[1]!, 1),
        ("Max", 2) => Least(x[0]!, x[1]!, -1),
        ("Clamp", 3) => ((IComparable)x[1]!).CompareTo(x[2]) > 0 ? throw new ArgumentException("the lower bound is above the upper") : Least(Least(x[0]!, x[1]!, -1), x[2]!, 1),
        (_, 1) when x[0] is decimal m => name switch { "Floor" => Math.Floor(m), "Ceiling" => Math.Ceiling(m), "Round" => Math.Round(m), "Truncate" => Math.Truncate(m), _ => null },
        (_, 1) when x[0] is double d => Function(name, d),
        ("Pow", 2) => Math.Pow((double)x[0]!, (double)x[1]!),
        ("Log", 2) => Math.Log((double)x[0]!, (double)x[1]!),
        ("Atan2", 2) => Math.Atan2((double)x[0]!, (double)x[1]!),
        ("Round", 2) when x[0] is double d => x[1] is int digits && x[1]!.GetType() == typeof(int) ? Math.Round(d, digits) : null,
        _ => null,
    };

    private static object Least(object a, object b, int order) => a switch
    {
        double d when double.IsNaN(d) => a,
        float f when float.IsNaN(f) => a,
        _ when b is double and double.NaN or float and float.NaN => b,
        _ => ((IComparable)a).CompareTo(b) * order <= 0 ? a : b,
    };

    private static object? Function(string name, double x) => name switch
    {
        "Sqrt" => Math.Sqrt(x),
        "Cbrt" => x < 0 ? -Math.Pow(-x, 1.0 / 3) : Math.Pow(x, 1.0 / 3),
        "Exp" => Math.Exp(x),
        "Log" => Math.Log(x),
        "Log2" => Exponent(x) ?? Math.Log(x) / Math.Log(2),
        "Log10" => Math.Log10(x),
        "Floor" => Math.Floor(x),
        "Ceiling" => Math.Ceiling(x),
        "Round" => Math.Round(x),
        "Truncate" => Math.Truncate(x),
        "Sin" => Math.Sin(x),
        "Cos" => Math.Cos(x),
        "Tan" => Math.Tan(x),
        "Asin" => Math.Asin(x),
        "Acos" => Math.Acos(x),
        "Atan" => Math.Atan(x),
        "Sinh" => Math.Sinh(x),
        "Cosh" => Math.Cosh(x),
        "Tanh" => Math.Tanh(x),
        _ => null,
    };

    /// <summary>The exact logarithm of a power of two.</summary>
    private static double? Exponent(double x)
    {
        for (var e = -64; e <= 64; e++)
            if (Math.Pow(2, e) == x) return e;
        return null;
    }
}
