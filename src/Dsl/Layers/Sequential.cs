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

    /// <summary>The layers applied to a label, where the first is an <see cref="Embedding"/>. This version reports it as an error (operator not available yet).</summary>
    /// <param name="token">One integer per sample.</param>
    public Tensor Apply(Labels token) => throw new BuildTimeOnly();

    /// <summary>The layers applied to every token. This version reports sequences as an error (operator not available yet).</summary>
    /// <param name="tokens">Integers over time.</param>
    public Sequence Apply(TokenSequence tokens) => throw new BuildTimeOnly();
}
