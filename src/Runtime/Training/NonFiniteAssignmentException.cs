namespace Kiln;

/// <summary>
/// A value that a program assigns to a parameter was NaN or infinite. The step changed nothing: parameters, states and the optimizer are as
/// before it. Common causes are a division by zero and input that is not finite.
/// </summary>
public sealed class NonFiniteAssignmentException : NonFiniteException
{
    /// <summary>For a program's step.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="step">Updates made before it.</param>
    /// <param name="parameter">The parameter.</param>
    public NonFiniteAssignmentException(string program, long step, string parameter)
        : base(program, step, $"The value that {program} assigns to '{parameter}' at step {step} is NaN or infinite. Nothing was changed. Is something divided by zero, or an input not finite?") => Parameter = parameter;

    /// <summary>The parameter.</summary>
    public string Parameter { get; }
}
