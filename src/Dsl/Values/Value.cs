namespace Kiln;

/// <summary>
/// What <see cref="Tensor"/> and <see cref="Sequence"/> have in common: every method acts on one sample, or on each step.
/// Axes are those of the sample: the batch is implicit. Negative axes count from the last.
/// </summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public abstract partial class Value<TSelf> where TSelf : Value<TSelf>
{
    private protected Value() { }

    private static TSelf No => throw new BuildTimeOnly();

    /// <summary>The shape of one sample, or of one step.</summary>
    public Shape Shape => throw new BuildTimeOnly();

    /// <summary>A layer's value; the same as <c>layer.Apply(x)</c>.</summary>
    /// <param name="layer">Applied again, it uses the same parameters.</param>
    public TSelf Apply(Layer layer) => No;
}
