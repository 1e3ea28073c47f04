using Kiln.Generators.Operators;

namespace Kiln.Generators.Tests.Reference;

/// <summary>Element expressions by System.Math.</summary>
internal static class ScalarEvaluator
{
    public static double Evaluate(Scalar scalar, double[] operands)
    {
        if (scalar is Operand operand) return operands[operand.Index];
        if (scalar is Literal literal) return literal.Value;
        var call = (Call)scalar;
        var (a, b) = (Argument(0), Argument(1));
        return call.Function switch
        {
            Function.Add => a + b,
            Function.Subtract => a - b,
            Function.Multiply => a * b,
            Function.Divide => a / b,
            Function.Negate => -a,
            Function.MultiplyAdd => a * b + Argument(2),
            Function.Max => a > b ? a : b,
            Function.Min => a < b ? a : b,
            Function.Maximum => IsAbove(a, b) ? a : b,
            Function.Greater => a > b ? 1 : 0,
            Function.SelectGreater => a > b ? Argument(2) : Argument(3),
            Function.SelectAbove => IsAbove(a, b) ? Argument(2) : Argument(3),
            Function.Equal => a == b ? 1 : 0,
            Function.Abs => Math.Abs(a),
            Function.Sqrt => Math.Sqrt(a),
            Function.Exp => Math.Exp(a),
            Function.Log => Math.Log(a),
            Function.Tanh => Math.Tanh(a),
            Function.Sigmoid => 1 / (1 + Math.Exp(-a)),
            Function.Softplus => Math.Max(a, 0) + Math.Log(1 + Math.Exp(-Math.Abs(a))),
            Function.Erf => Erf(a),
            Function.Sin => Math.Sin(a),
            Function.Cos => Math.Cos(a),
            _ => throw new NotSupportedException($"no reference for {call.Function}"),
        };

        double Argument(int k) => k < call.Arguments.Count ? Evaluate(call.Arguments[k], operands) : 0;
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
