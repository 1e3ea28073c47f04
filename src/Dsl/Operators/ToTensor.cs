namespace Kiln;

public partial class Sequence
{
    /// <summary>Time becomes the first axis of a tensor. The sequence is one whose length is known at build time, as <see cref="Tensor.AsSequence"/> makes it.</summary>
    public Tensor ToTensor() => throw new BuildTimeOnly();
}
