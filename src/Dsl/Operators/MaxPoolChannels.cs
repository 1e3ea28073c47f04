namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The maximum over groups of neighbouring channels (maxout over feature maps): [channels, ...] to [channels / group, ...].</summary>
    /// <param name="group">How many channels compete; divides their number.</param>
    public TSelf MaxPoolChannels(int group) => No;
}

/// <summary>The maximum over groups of neighbouring channels (maxout over feature maps): [channels, ...] to [channels / group, ...].</summary>
/// <param name="group">How many channels compete; divides their number.</param>
public sealed class MaxPoolChannels(int group) : Layer
{
    /// <summary>How many channels compete.</summary>
    public int Group => group;
}
