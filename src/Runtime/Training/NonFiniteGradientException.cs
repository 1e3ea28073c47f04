namespace Kiln;

/// <summary>
/// A loss was finite, but a gradient of it NaN, infinite, or so large that its square is. The step changed nothing: parameters, states and the optimizer are as before it.
/// Common causes are the gradient of a square root or a logarithm at zero, and an overflow.
/// </summary>
public sealed class NonFiniteGradientException : NonFiniteException
{
    /// <summary>For a program's step.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="step">Updates made before it.</param>
    /// <param name="parameter">The first parameter or input with such a gradient.</param>
    public NonFiniteGradientException(string program, long step, string parameter)
        : base(program, step, $"The gradient that {program} has for '{parameter}' at step {step} is NaN, infinite or beyond 1.8e19, though the loss is finite. Nothing was changed. Is a root or a logarithm taken at zero, or the learning rate too high?") => Parameter = parameter;

    /// <summary>The parameter or input.</summary>
    public string Parameter { get; }
}
