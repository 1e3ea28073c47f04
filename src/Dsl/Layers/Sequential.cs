namespace Kiln;

/// <summary>Layers one after the other, as one layer.</summary>
/// <param name="layers">In the order of their application.</param>
public sealed class Sequential(params Layer[] layers) : Layer
{
    /// <summary>One of the layers.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public Layer this[int index] => layers[index];

    /// <summary>The number of layers.</summary>
    public int Count => layers.Length;

    /// <summary>The layers applied to a label: to its vector, if the first is an <see cref="Embedding"/>, else to 1 at its class and 0 elsewhere.</summary>
    /// <param name="token">One integer per sample.</param>
    public Tensor Apply(Labels token) => throw new BuildTimeOnly();

    /// <summary>The layers applied to tokens: to their vectors, if the first is an <see cref="Embedding"/>, else to 1 at each token and 0 elsewhere.</summary>
    /// <param name="tokens">Whole numbers over time.</param>
    public Sequence Apply(TokenSequence tokens) => throw new BuildTimeOnly();
}
