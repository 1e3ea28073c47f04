namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x · min(max(x + 3, 0), 6) / 6. Howard et al. 2019.</summary>
    public TSelf HardSwish() => No;
}

/// <summary>x · min(max(x + 3, 0), 6) / 6. Howard et al. 2019.</summary>
public sealed class HardSwish : Layer;
