using Kiln.Generators.Operators;

namespace Kiln.Generators.Passes;

/// <summary>Element expressions evaluated at build time, to the very bits that a kernel would give.</summary>
internal static class Folding
{
    /// <summary>Whether each function in it is exactly rounded to float32, or only moves values.</summary>
    public static bool IsExact(Scalar scalar) => scalar is not Call call
        || call.Function is Function.Add or Function.Subtract or Function.Multiply or Function.Divide or Function.Negate or Function.Abs or Function.Sqrt
            or Function.Max or Function.Min or Function.Maximum or Function.Greater or Function.SelectGreater or Function.SelectAbove or Function.Equal
        && call.Arguments.All(IsExact);

    /// <summary>A double holds every float32 result of these functions before the one rounding.</summary>
    public static float Evaluate(Scalar scalar, IReadOnlyList<float> operands)
    {
        if (scalar is Operand operand) return operands[operand.Index];
        if (scalar is Literal literal) return literal.Value;
        var call = (Call)scalar;
        var x = call.Arguments.Select(a => (double)Evaluate(a, operands)).ToArray();
        return (float)(call.Function switch
        {
            Function.Add => x[0] + x[1],
            Function.Subtract => x[0] - x[1],
            Function.Multiply => x[0] * x[1],
            Function.Divide => x[0] / x[1],
            Function.Negate => -x[0],
            Function.Abs => Math.Abs(x[0]),
            Function.Sqrt => Math.Sqrt(x[0]),
            Function.Max => x[0] > x[1] ? x[0] : x[1],
            Function.Min => x[0] < x[1] ? x[0] : x[1],
            Function.Maximum => IsAbove(x[0], x[1]) ? x[0] : x[1],
            Function.Greater => x[0] > x[1] ? 1 : 0,
            Function.SelectGreater => x[0] > x[1] ? x[2] : x[3],
            Function.SelectAbove => IsAbove(x[0], x[1]) ? x[2] : x[3],
            Function.Equal => x[0] == x[1] ? 1 : 0,
            _ => throw new ArgumentOutOfRangeException(nameof(scalar), call.Function, "not exactly rounded"),
        });
    }

    private static bool IsAbove(double a, double b) => a > b || (double.IsNaN(a) && !double.IsNaN(b));
}
