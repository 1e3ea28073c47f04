namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The maximum of windows that share an image [channels, height, width] evenly: [channels, size]. The i-th of n windows over m pixels reaches from ⌊i·m / n⌋ to before ⌈(i + 1)·m / n⌉.</summary>
    /// <param name="size">Height and width of the result.</param>
    public TSelf AdaptiveMaxPool2D(Size size) => No;
}

/// <summary>The maximum of windows that share an image [channels, height, width] evenly: [channels, size]. The i-th of n windows over m pixels reaches from ⌊i·m / n⌋ to before ⌈(i + 1)·m / n⌉.</summary>
/// <param name="size">Height and width of the result.</param>
public sealed class AdaptiveMaxPool2D(int size) : Layer
{
    /// <summary>Height and width of the result.</summary>
    public int Size => size;

    /// <summary>The result's height, where it differs from <see cref="Size"/>.</summary>
    public int SizeHeight { get; set; }

    /// <summary>The result's width, where it differs from <see cref="Size"/>.</summary>
    public int SizeWidth { get; set; }
}
