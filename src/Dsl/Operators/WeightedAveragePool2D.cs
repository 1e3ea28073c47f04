namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The weighted mean of each window of each channel of an image [channels, height, width]. The weights are trained: softmax over the window of one number per channel and tap, zeros at first, so that they are positive and sum to 1. What lies outside the image counts as zeros.</summary>
    /// <param name="kernel">The window, in pixels.</param>
    /// <param name="stride">How far the window moves at a time. Default: as far as it is large.</param>
    /// <param name="padding">Pixels on every side, per axis or per side, fewer than the window has; or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="ceiling">Whether a last window that hangs over the padded image counts; one that would begin after the image never does.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    /// <remarks>The parameter "weight" is [channels, kernel height, kernel width].</remarks>
    public TSelf WeightedAveragePool2D(Size kernel, Size stride = default, Padding padding = default, bool ceiling = false, string? name = null) => No;
}

/// <summary>The weighted mean of each window of each channel of an image [channels, height, width]. The weights are trained: softmax over the window of one number per channel and tap, zeros at first, so that they are positive and sum to 1. What lies outside the image counts as zeros.</summary>
/// <param name="kernel">The window's side in pixels.</param>
public sealed class WeightedAveragePool2D(int kernel) : PoolingLayer(kernel);
