namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    public TSelf HardSigmoid() => No;
}

/// <summary>min(max(x + 3, 0), 6) / 6.</summary>
public sealed class HardSigmoid : Layer;
