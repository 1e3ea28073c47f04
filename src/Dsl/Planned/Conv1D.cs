namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Cross-correlation along the last axis of [channels in, length]. This version reports it as an error (operator not available yet).</summary>
    /// <param name="channels">Output channels.</param>
    /// <param name="kernel">The window's length.</param>
    /// <param name="stride">Its step.</param>
    /// <param name="padding">Elements on both sides, or a constant of Padding.</param>
    /// <param name="dilation">The distance between taps.</param>
    /// <param name="bias">Whether a constant per channel is added.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public TSelf Conv1D(int channels, int kernel, int stride = 1, int padding = Padding.Valid, int dilation = 1, bool bias = true, string? name = null) => No;
}

/// <summary>Cross-correlation along the last axis of [channels in, length]. This version reports it as an error (operator not available yet).</summary>
/// <param name="channels">Output channels.</param>
/// <param name="kernel">The window's length.</param>
public sealed class Conv1D(int channels, int kernel) : WeightedLayer
{
    /// <summary>Output channels.</summary>
    public int Channels => channels;

    /// <summary>The window's length.</summary>
    public int Kernel => kernel;

    /// <summary>The window's step.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>Elements on both sides, or a constant of <see cref="Kiln.Padding"/>.</summary>
    public int Padding { get; set; }

    /// <summary>The distance between taps.</summary>
    public int Dilation { get; set; } = 1;
}
