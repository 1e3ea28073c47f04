namespace Kiln.Generators.Operators;

/// <summary>What is computed for one element: the expression a kernel evaluates in registers. All of it is float32.</summary>
internal abstract record Scalar
{
    public static Scalar operator +(Scalar a, Scalar b) => new Call(Function.Add, a, b);
    public static Scalar operator -(Scalar a, Scalar b) => new Call(Function.Subtract, a, b);
    public static Scalar operator *(Scalar a, Scalar b) => new Call(Function.Multiply, a, b);
    public static Scalar operator /(Scalar a, Scalar b) => new Call(Function.Divide, a, b);
    public static Scalar operator -(Scalar a) => new Call(Function.Negate, a);
    public static implicit operator Scalar(double value) => new Literal((float)value);

    /// <summary>1 where a &gt; b, else 0.</summary>
    public static Scalar Greater(Scalar a, Scalar b) => new Call(Function.Greater, a, b);

    /// <summary>a &gt; b ? then : otherwise; a NaN on either side chooses otherwise.</summary>
    public static Scalar SelectGreater(Scalar a, Scalar b, Scalar then, Scalar otherwise) => new Call(Function.SelectGreater, a, b, then, otherwise);

    /// <summary>Where a is above b, then, else otherwise; NaN is above every number, and not above itself.</summary>
    public static Scalar SelectAbove(Scalar a, Scalar b, Scalar then, Scalar otherwise) => new Call(Function.SelectAbove, a, b, then, otherwise);

    /// <summary>1 where equal, else 0.</summary>
    public static Scalar Equal(Scalar a, Scalar b) => new Call(Function.Equal, a, b);

    /// <summary>The greater of the two; NaN where either is one.</summary>
    public static Scalar Maximum(Scalar a, Scalar b) => new Call(Function.Maximum, a, b);

    /// <summary>a &gt; b ? a : b: b where either is NaN.</summary>
    public static Scalar Max(Scalar a, Scalar b) => new Call(Function.Max, a, b);

    /// <summary>a &lt; b ? a : b: b where either is NaN.</summary>
    public static Scalar Min(Scalar a, Scalar b) => new Call(Function.Min, a, b);

    /// <summary>a·b + c with one rounding.</summary>
    public static Scalar MultiplyAdd(Scalar a, Scalar b, Scalar c) => new Call(Function.MultiplyAdd, a, b, c);

    public static Scalar Exp(Scalar x) => new Call(Function.Exp, x);
    public static Scalar Log(Scalar x) => new Call(Function.Log, x);
    public static Scalar Tanh(Scalar x) => new Call(Function.Tanh, x);
    public static Scalar Sigmoid(Scalar x) => new Call(Function.Sigmoid, x);

    /// <summary>log(1 + e^x), without overflow and exact in the tails.</summary>
    public static Scalar Softplus(Scalar x) => new Call(Function.Softplus, x);

    /// <summary>The error function.</summary>
    public static Scalar Erf(Scalar x) => new Call(Function.Erf, x);
    public static Scalar Sqrt(Scalar x) => new Call(Function.Sqrt, x);
    public static Scalar Abs(Scalar x) => new Call(Function.Abs, x);

    /// <summary>sin and cos, for normal deviates.</summary>
    public static Scalar Sin(Scalar x) => new Call(Function.Sin, x);
    public static Scalar Cos(Scalar x) => new Call(Function.Cos, x);
}

/// <summary>The Index-th operand's element.</summary>
internal sealed record Operand(int Index) : Scalar;

internal sealed record Literal(float Value) : Scalar;

internal sealed record Call(Function Function, Graph.EquatableArray<Scalar> Arguments) : Scalar
{
    public Call(Function function, params Scalar[] arguments) : this(function, Graph.EquatableArray.ToEquatable(arguments)) { }
}

internal enum Function
{
    Add, Subtract, Multiply, Divide, Negate, MultiplyAdd, Max, Min, Maximum, Greater, SelectGreater, SelectAbove, Equal,
    Abs, Sqrt, Exp, Log, Tanh, Sigmoid, Softplus, Erf, Sin, Cos,
}
