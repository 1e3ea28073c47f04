using Kiln.Generators.Operators;

namespace Kiln.Generators.Tests.Reference;

/// <summary>Element expressions by System.Math.</summary>
internal static class ScalarEvaluator
{
    public static double Evaluate(Scalar scalar, Func<int, double> operand)
    {
        if (scalar is Operand o) return operand(o.Index);
        if (scalar is Literal literal) return literal.Value;
        var call = (Call)scalar;
        var x = call.Arguments.Select(a => Evaluate(a, operand)).ToArray();
        return call.Function switch
        {
            Function.Add => x[0] + x[1],
            Function.Subtract => x[0] - x[1],
            Function.Multiply => x[0] * x[1],
            Function.Divide => x[0] / x[1],
            Function.Negate => -x[0],
            Function.MultiplyAdd => x[0] * x[1] + x[2],
            Function.Max => x[0] > x[1] ? x[0] : x[1],
            Function.Min => x[0] < x[1] ? x[0] : x[1],
            Function.Maximum => IsAbove(x[0], x[1]) ? x[0] : x[1],
            Function.Greater => x[0] > x[1] ? 1 : 0,
            Function.SelectGreater => x[0] > x[1] ? x[2] : x[3],
            Function.SelectAbove => IsAbove(x[0], x[1]) ? x[2] : x[3],
            Function.Equal => x[0] == x[1] ? 1 : 0,
            Function.Abs => Math.Abs(x[0]),
            Function.Sqrt => Math.Sqrt(x[0]),
            Function.Exp => Math.Exp(x[0]),
            Function.Log => Math.Log(x[0]),
            Function.Tanh => Math.Tanh(x[0]),
            Function.Sigmoid => 1 / (1 + Math.Exp(-x[0])),
            Function.Softplus => Math.Max(x[0], 0) + Math.Log(1 + Math.Exp(-Math.Abs(x[0]))),
            Function.Erf => Erf(x[0]),
            Function.Sin => Math.Sin(x[0]),
            Function.Cos => Math.Cos(x[0]),
            _ => throw new NotSupportedException($"no reference for {call.Function}"),
        };
    }

    /// <summary>2/√π · e^(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · … · (2n + 1)), whose terms have one sign.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        if (Math.Abs(x) > 6) return Math.Sign(x);
        var (sum, term) = (0.0, x);
        for (var n = 1; sum + term != sum; n++) (sum, term) = (sum + term, term * 2 * x * x / (2 * n + 1));
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>NaN is above every number, and not above itself.</summary>
    public static bool IsAbove(double a, double b) => a > b || double.IsNaN(a) && !double.IsNaN(b);
}
