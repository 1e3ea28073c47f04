namespace Kiln;

public partial class Tensor
{
    /// <summary>A class drawn with the probabilities softmax(this / temperature) along the last axis.</summary>
    /// <param name="temperature">Above 0; large ones even out.</param>
    public Labels Categorical(double temperature = 1) => throw new BuildTimeOnly();
}
