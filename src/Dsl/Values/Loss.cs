namespace Kiln;

/// <summary>
/// What a learning program minimises: a number per sample, averaged over the batch. So weights, masks and sums of losses
/// are plain arithmetic.
/// </summary>
public sealed class Loss
{
    private Loss() { }

    /// <summary>The loss of one sample.</summary>
    /// <param name="perSample">One element: sums and means over axes are written out.</param>
    public static implicit operator Loss(Tensor perSample) => throw new BuildTimeOnly();
}
