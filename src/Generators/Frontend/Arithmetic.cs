using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

/// <summary>
/// C#'s arithmetic on boxed numbers. The compiler has converted both operands to one type before; integers are always
/// checked. Null for what is not defined; an <see cref="ArithmeticException"/> where C# would throw or wrap around.
/// </summary>
internal static class Arithmetic
{
    public static object? Binary(BinaryOperatorKind kind, object? left, object? right)
    {
        switch (kind)
        {
            case BinaryOperatorKind.Equals: return AreEqual(left, right);
            case BinaryOperatorKind.NotEquals: return !AreEqual(left, right);
            case BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift: return Shift(kind, left, right);
        }
        return (left, right) switch
        {
            (int l, int r) => Integer(kind, l, r),
            (double l, double r) => Floating(kind, l, r),
            (float l, float r) => Floating(kind, l, r) is double value ? (float)value : Compare(kind, l.CompareTo(r), float.IsNaN(l) || float.IsNaN(r)),
            (long l, long r) => Long(kind, l, r),
            (uint l, uint r) => Long(kind, l, r) is long value ? checked((uint)value) : Compare(kind, l.CompareTo(r), false),
            (ulong l, ulong r) => Unsigned(kind, l, r),
            (decimal l, decimal r) => Decimal(kind, l, r),
            (bool l, bool r) => kind switch
            {
                BinaryOperatorKind.And => l & r,
                BinaryOperatorKind.Or => l | r,
                BinaryOperatorKind.ExclusiveOr => l ^ r,
                _ => null,
            },
            (IConvertible l, IConvertible r) when l is byte or sbyte or short or ushort or char && l.GetType() == r.GetType() => Integer(kind, ToInt(l), ToInt(r)),
            _ => null,
        };
    }

    public static object? Unary(UnaryOperatorKind kind, object? value) => (kind, value) switch
    {
        (UnaryOperatorKind.Plus, _) => value,
        (UnaryOperatorKind.Minus, int v) => checked(-v),
        (UnaryOperatorKind.Minus, long v) => checked(-v),
        (UnaryOperatorKind.Minus, float v) => -v,
        (UnaryOperatorKind.Minus, double v) => -v,
        (UnaryOperatorKind.Minus, decimal v) => -v,
        (UnaryOperatorKind.BitwiseNegation, int v) => ~v,
        (UnaryOperatorKind.BitwiseNegation, long v) => ~v,
        (UnaryOperatorKind.BitwiseNegation, uint v) => ~v,
        (UnaryOperatorKind.BitwiseNegation, ulong v) => ~v,
        (UnaryOperatorKind.Not, bool v) => !v,
        _ => null,
    };

    /// <summary>A number as another type: towards zero from fractions, checked for its range.</summary>
    public static object? Convert(object value, SpecialType type)
    {
        if (value is char c && type != SpecialType.System_Char) value = (int)c;
        if (type is SpecialType.System_Double) return value is float single ? (double)single : System.Convert.ToDouble(value);
        if (type is SpecialType.System_Single) return System.Convert.ToSingle(value);
        if (type is SpecialType.System_Decimal) return System.Convert.ToDecimal(value);
        if (value is double or float)
        {
            var number = System.Convert.ToDouble(value);
            if (double.IsNaN(number) || Math.Abs(number) > 1e19) throw new OverflowException($"{number} does not fit");
            // A decimal would round what has more than fifteen digits.
            value = Math.Abs(number) < 9e18 ? (object)(long)number : (decimal)number;
        }
        if (value is decimal fraction) value = Math.Truncate(fraction);
        return type switch
        {
            SpecialType.System_Int32 => System.Convert.ToInt32(value),
            SpecialType.System_Int64 => System.Convert.ToInt64(value),
            SpecialType.System_Byte => System.Convert.ToByte(value),
            SpecialType.System_SByte => System.Convert.ToSByte(value),
            SpecialType.System_Int16 => System.Convert.ToInt16(value),
            SpecialType.System_UInt16 => System.Convert.ToUInt16(value),
            SpecialType.System_UInt32 => System.Convert.ToUInt32(value),
            SpecialType.System_UInt64 => System.Convert.ToUInt64(value),
            SpecialType.System_Char => (char)System.Convert.ToUInt16(value),
            _ => null,
        };
    }

    public static SpecialType TypeOf(object value) => value switch
    {
        int => SpecialType.System_Int32,
        long => SpecialType.System_Int64,
        double => SpecialType.System_Double,
        float => SpecialType.System_Single,
        bool => SpecialType.System_Boolean,
        char => SpecialType.System_Char,
        string => SpecialType.System_String,
        byte => SpecialType.System_Byte,
        sbyte => SpecialType.System_SByte,
        short => SpecialType.System_Int16,
        ushort => SpecialType.System_UInt16,
        uint => SpecialType.System_UInt32,
        ulong => SpecialType.System_UInt64,
        decimal => SpecialType.System_Decimal,
        _ => SpecialType.None,
    };

    public static bool IsNumeric(SpecialType type) => type is >= SpecialType.System_Char and <= SpecialType.System_Double;

    public static object? Zero(SpecialType type) => type switch
    {
        SpecialType.System_Boolean => false,
        SpecialType.System_String => null,
        _ => IsNumeric(type) ? Convert(0, type) : null,
    };

    private static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (double l, double r) => l == r,
        (float l, float r) => l == r,
        _ => Equals(left, right),
    };

    private static int ToInt(IConvertible value) => value is char c ? c : System.Convert.ToInt32(value);

    private static object? Integer(BinaryOperatorKind kind, int l, int r) => kind switch
    {
        BinaryOperatorKind.Add => checked(l + r),
        BinaryOperatorKind.Subtract => checked(l - r),
        BinaryOperatorKind.Multiply => checked(l * r),
        BinaryOperatorKind.Divide => l / r,
        BinaryOperatorKind.Remainder => l % r,
        BinaryOperatorKind.And => l & r,
        BinaryOperatorKind.Or => l | r,
        BinaryOperatorKind.ExclusiveOr => l ^ r,
        _ => Compare(kind, l.CompareTo(r), false),
    };

    private static object? Long(BinaryOperatorKind kind, long l, long r) => kind switch
    {
        BinaryOperatorKind.Add => checked(l + r),
        BinaryOperatorKind.Subtract => checked(l - r),
        BinaryOperatorKind.Multiply => checked(l * r),
        BinaryOperatorKind.Divide => l / r,
        BinaryOperatorKind.Remainder => l % r,
        BinaryOperatorKind.And => l & r,
        BinaryOperatorKind.Or => l | r,
        BinaryOperatorKind.ExclusiveOr => l ^ r,
        _ => Compare(kind, l.CompareTo(r), false),
    };

    private static object? Unsigned(BinaryOperatorKind kind, ulong l, ulong r) => kind switch
    {
        BinaryOperatorKind.Add => checked(l + r),
        BinaryOperatorKind.Subtract => checked(l - r),
        BinaryOperatorKind.Multiply => checked(l * r),
        BinaryOperatorKind.Divide => l / r,
        BinaryOperatorKind.Remainder => l % r,
        BinaryOperatorKind.And => l & r,
        BinaryOperatorKind.Or => l | r,
        BinaryOperatorKind.ExclusiveOr => l ^ r,
        _ => Compare(kind, l.CompareTo(r), false),
    };

    private static object? Floating(BinaryOperatorKind kind, double l, double r) => kind switch
    {
        BinaryOperatorKind.Add => l + r,
        BinaryOperatorKind.Subtract => l - r,
        BinaryOperatorKind.Multiply => l * r,
        BinaryOperatorKind.Divide => l / r,
        BinaryOperatorKind.Remainder => l % r,
        _ => Compare(kind, l.CompareTo(r), double.IsNaN(l) || double.IsNaN(r)),
    };

    private static object? Decimal(BinaryOperatorKind kind, decimal l, decimal r) => kind switch
    {
        BinaryOperatorKind.Add => l + r,
        BinaryOperatorKind.Subtract => l - r,
        BinaryOperatorKind.Multiply => l * r,
        BinaryOperatorKind.Divide => l / r,
        BinaryOperatorKind.Remainder => l % r,
        _ => Compare(kind, l.CompareTo(r), false),
    };

    private static object? Shift(BinaryOperatorKind kind, object? left, object? right) => (kind, left, right) switch
    {
        (BinaryOperatorKind.LeftShift, int l, int r) => l << r,
        (BinaryOperatorKind.LeftShift, long l, int r) => l << r,
        (BinaryOperatorKind.LeftShift, uint l, int r) => l << r,
        (BinaryOperatorKind.LeftShift, ulong l, int r) => l << r,
        (BinaryOperatorKind.RightShift, int l, int r) => l >> r,
        (BinaryOperatorKind.RightShift, long l, int r) => l >> r,
        (_, uint l, int r) => l >> r,
        (_, ulong l, int r) => l >> r,
        (_, int l, int r) => l >>> r,
        (_, long l, int r) => l >>> r,
        _ => null,
    };

    private static object? Compare(BinaryOperatorKind kind, int order, bool unordered) => kind switch
    {
        BinaryOperatorKind.LessThan => !unordered && order < 0,
        BinaryOperatorKind.LessThanOrEqual => !unordered && order <= 0,
        BinaryOperatorKind.GreaterThan => !unordered && order > 0,
        BinaryOperatorKind.GreaterThanOrEqual => !unordered && order >= 0,
        _ => null,
    };
}
