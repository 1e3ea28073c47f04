namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>1 where x &gt; 0, 0 elsewhere. Constant to gradients.</summary>
    public TSelf Step() => No;
}

/// <summary>1 where x &gt; 0, 0 elsewhere. Constant to gradients.</summary>
public sealed class Step : Layer;
