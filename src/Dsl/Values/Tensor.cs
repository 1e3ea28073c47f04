namespace Kiln;

/// <summary>
/// One sample's numbers (float32). Code describes one sample; the batch is implicit. A value depends on the sample if
/// it depends on an input or a random draw; constants and parameters are the same for every sample.
/// </summary>
public partial class Tensor : Value<Tensor>
{
    private protected Tensor() { }

    /// <summary>A scalar, shape [].</summary>
    /// <param name="constant">Rounded to float32.</param>
    public static implicit operator Tensor(double constant) => throw new BuildTimeOnly();
}
