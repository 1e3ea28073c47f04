namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x where x &gt; 0, a · x elsewhere with trained a. He et al. 2015. This version reports it as an error (operator not available yet).</summary>
    /// <param name="perChannel">One a per channel, or one in all.</param>
    public TSelf ParametricRelu(bool perChannel = true) => No;
}

/// <summary>x where x &gt; 0, a · x elsewhere with trained a per channel. He et al. 2015. This version reports it as an error (operator not available yet).</summary>
public sealed class ParametricRelu : Layer;
