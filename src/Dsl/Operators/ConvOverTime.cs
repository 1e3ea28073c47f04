namespace Kiln;

public partial class Sequence
{
    /// <summary>A convolution over time: a <see cref="Window"/>, of which all elements go through one <see cref="Value{TSelf}.Dense"/>. Of T steps ⌈T / stride⌉ are left.</summary>
    /// <param name="channels">Outputs of a step.</param>
    /// <param name="kernel">Steps of a window.</param>
    /// <param name="stride">How far the window moves at a time.</param>
    /// <param name="dilation">The distance between the steps of a window.</param>
    /// <param name="bias">Whether a trained constant per channel is added.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    /// <remarks>The weight is [kernel · elements of a step, channels] in expressions, and transposed in checkpoints.</remarks>
    public Sequence ConvOverTime(int channels, int kernel, int stride = 1, int dilation = 1, bool bias = true, string? name = null) => No;
}
