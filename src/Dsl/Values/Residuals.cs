namespace Kiln;

/// <summary>
/// What a learning program brings near zero: the mean over the batch of half the sum of squares is minimised. Unlike a <see cref="Loss"/> it also has a Jacobian,
/// by which <c>LevenbergMarquardt</c> and <c>GaussNewton</c> learn; every other optimizer learns from the loss.
/// </summary>
public sealed class Residuals
{
    private Residuals() { }

    /// <summary>The residuals of one sample, such as a prediction less its target.</summary>
    /// <param name="perSample">Any shape, up to 1,024 elements.</param>
    public static implicit operator Residuals(Tensor perSample) => throw new BuildTimeOnly();
}
