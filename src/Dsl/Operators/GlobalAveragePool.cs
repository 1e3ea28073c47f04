namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The mean of each channel: [channels, height, width] to [channels].</summary>
    public TSelf GlobalAveragePool() => No;
}

/// <summary>The mean of each channel: [channels, height, width] to [channels].</summary>
public sealed class GlobalAveragePool : Layer;
