namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The maximum of each channel of an image or any other value: [channels, …] to [channels].</summary>
    public TSelf GlobalMaxPool() => No;
}

/// <summary>The maximum of each channel of an image or any other value: [channels, …] to [channels].</summary>
public sealed class GlobalMaxPool : Layer;
