using System.Globalization;
using Kiln.Generators.Kernels;
using Kiln.Generators.Operators;

namespace Kiln.Generators.Emission.Cpu;

/// <summary>A value that the kernel holds in a local.</summary>
internal sealed record Register(string Name) : Scalar;

/// <summary>A scalar expression as C# over vectors of type <paramref name="vector"/>.</summary>
/// <param name="vector">V, or V32.</param>
/// <param name="load">The text of an element: how an operand is addressed is the kernel's affair.</param>
/// <param name="step">The text of the number of an axis's step.</param>
internal sealed class ScalarText(string vector, Func<Load, string> load, Func<Graph.TimeAxis, string>? step = null)
{
    public string Of(Scalar e) => e switch
    {
        Literal literal => literal.Value == 0 && !IsNegativeZero(literal.Value) ? $"{vector}.Zero" : $"{vector}.Broadcast({(IsWhole(literal.Value) ? ((int)literal.Value).ToString(CultureInfo.InvariantCulture) : Number(literal.Value))})",
        Load element => load(element),
        Register register => register.Name,
        IndexValue { Index: var index } => $"{vector}.Broadcast({index.Text()})",
        RowCount => $"{vector}.Broadcast(rows)",
        StepIndex { Axis: var axis } => $"{vector}.Broadcast({step!(axis)})",
        Guarded g => $"(unchecked((uint)({g.Index.Text()})) < {g.Extent}u ? {Of(g.Then)} : {Of(g.Otherwise)})",
        Call { Function: var f, Arguments: var x } => f switch
        {
            Function.Add => $"({Of(x[0])} + {Of(x[1])})",
            Function.Subtract => $"({Of(x[0])} - {Of(x[1])})",
            Function.Multiply => $"{Of(x[0])} * {Denominator(x[1])}",
            Function.Divide => $"{Of(x[0])} / {Denominator(x[1])}",
            Function.Negate => $"(-{Of(x[0])})",
            Function.MultiplyAdd => $"{vector}.MultiplyAdd({Argument(x[0])}, {Argument(x[1])}, {Argument(x[2])})",
            Function.Max => $"{vector}.Max({Argument(x[0])}, {Argument(x[1])})",
            Function.Min => $"{vector}.Min({Argument(x[0])}, {Argument(x[1])})",
            Function.Greater => $"{vector}.SelectGreater({Argument(x[0])}, {Argument(x[1])}, {vector}.Broadcast(1f), {vector}.Zero)",
            Function.SelectGreater => $"{vector}.SelectGreater({Argument(x[0])}, {Argument(x[1])}, {Argument(x[2])}, {Argument(x[3])})",
            Function.Equal => $"{vector}.SelectEqual({Argument(x[0])}, {Argument(x[1])}, {vector}.Broadcast(1f), {vector}.Zero)",
            Function.Sqrt or Function.Abs => $"{vector}.{f}({Argument(x[0])})",
            _ => $"VectorMath.{f}({string.Join(", ", x.Select(Argument))})",
        },
        _ => throw new InvalidOperationException($"no text for {e.GetType().Name}"),
    };

    /// <summary>Products associate to the left; a quotient's denominator and a product's right operand need their own brackets.</summary>
    private string Denominator(Scalar e) => e is Call { Function: Function.Multiply or Function.Divide } ? $"({Of(e)})" : Of(e);

    private string Argument(Scalar e) => MapKernel.Unwrapped(Of(e));

    /// <summary>Sizes, such as a mean's divisor: exact as an int too, so that kernels can differ in them as in other sizes.</summary>
    private static bool IsWhole(float value) => value is >= KernelMethod.LeastArgument and <= 1 << 24 && value == (int)value;

    private static bool IsNegativeZero(float value) => value == 0 && 1 / value < 0;

    /// <summary>A float literal that reads back to the same bits.</summary>
    public static string Number(float value)
    {
        if (float.IsNaN(value)) return "float.NaN";
        if (float.IsPositiveInfinity(value)) return "float.PositiveInfinity";
        if (float.IsNegativeInfinity(value)) return "float.NegativeInfinity";
        return value.ToString("R", CultureInfo.InvariantCulture) is var shortest && float.Parse(shortest, CultureInfo.InvariantCulture) == value
            ? shortest + "f" : value.ToString("G9", CultureInfo.InvariantCulture) + "f";
    }
}
