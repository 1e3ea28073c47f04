namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The maximum over groups of neighbouring channels: [channels, ...] to [channels / group, ...].</summary>
    /// <param name="group">How many channels compete; divides their number.</param>
    public TSelf MaxPoolChannels(int group) => No;
}
