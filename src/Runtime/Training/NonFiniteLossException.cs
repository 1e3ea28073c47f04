namespace Kiln;

/// <summary>
/// The loss of a step was NaN or infinite. The step changed nothing: parameters, states and the optimizer are as before it.
/// Common causes are a learning rate that is too high and input that is not finite.
/// </summary>
public sealed class NonFiniteLossException : NonFiniteException
{
    /// <summary>For a program's step.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="step">Updates made before it.</param>
    /// <param name="loss">What came instead of a finite number.</param>
    public NonFiniteLossException(string program, long step, float loss)
        : base(program, step, $"The loss of {program} is {(float.IsNaN(loss) ? "NaN" : loss > 0 ? "infinite" : "minus infinite")} at step {step}. Nothing was changed. Is the learning rate too high, or an input not finite?") => Loss = loss;

    /// <summary>The loss.</summary>
    public float Loss { get; }
}
