namespace Kiln;

/// <summary>Half the sum of squares is minimised; gives Gauss-Newton and Levenberg-Marquardt their Jacobian. This version reports it as an error (operator not available yet).</summary>
public sealed class Residuals
{
    private Residuals() { }

    /// <summary>The residuals of one sample. This version reports it as an error (operator not available yet).</summary>
    /// <param name="perSample">Any shape.</param>
    public static implicit operator Residuals(Tensor perSample) => throw new BuildTimeOnly();
}
