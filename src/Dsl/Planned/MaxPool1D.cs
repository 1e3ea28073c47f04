namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The maximum of each window along the last axis of [channels, length]. This version reports it as an error (operator not available yet).</summary>
    /// <param name="kernel">The window's length.</param>
    /// <param name="stride">Its step; 0: as long as the window.</param>
    public TSelf MaxPool1D(int kernel, int stride = 0) => No;
}
