namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The mean of each channel of an image or any other value: [channels, …] to [channels].</summary>
    public TSelf GlobalAveragePool() => No;
}

/// <summary>The mean of each channel of an image or any other value: [channels, …] to [channels].</summary>
public sealed class GlobalAveragePool : Layer;
