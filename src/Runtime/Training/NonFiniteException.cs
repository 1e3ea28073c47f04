namespace Kiln;

/// <summary>
/// A step met a number that is NaN or infinite: in its loss, in a gradient, or in a value it assigns. The step changed nothing: parameters, states
/// and the optimizer are as before it.
/// </summary>
public abstract class NonFiniteException : ArithmeticException
{
    private protected NonFiniteException(string program, long step, string message)
        : base(message)
    {
        Program = program;
        Step = step;
    }

    /// <summary>The program's name.</summary>
    public string Program { get; }

    /// <summary>Updates made before it.</summary>
    public long Step { get; }
}
