namespace Kiln.Samples.Networks;

/// <summary>
/// A convolutional auto-encoder: Masci, Meier, Cireşan, Schmidhuber 2011, with strides in place of pools. The decoder mirrors the encoder, with the same weights, transposed.
/// </summary>
[Network]
public sealed partial class ConvolutionalAutoEncoder
{
    static readonly Conv2D First = new(16) { Stride = 2, Padding = 1 }, Second = new(32) { Stride = 2, Padding = 1 };

    [Predict]
    static Tensor Encode([Shape(1, 28, 28)] Tensor image) => Second.Apply(First.Apply(image).Relu()).Relu();

    [Predict]
    static Tensor Rebuild([Shape(1, 28, 28)] Tensor image) => Logits(image).Sigmoid();

    [Learn]
    static Loss Learn([Shape(1, 28, 28)] Tensor image) => Logits(image).BinaryCrossEntropyWithLogits(image).Sum();

    static Tensor Logits(Tensor image) => First.Transposed(outputPadding: 1).Apply(Second.Transposed(outputPadding: 1).Apply(Encode(image)).Relu());
}
