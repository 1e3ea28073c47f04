namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x where x &gt; 0, weight · x elsewhere, with a trained weight. He et al. 2015.</summary>
    /// <param name="perChannel">One weight per channel, the first axis, or one in all.</param>
    /// <param name="slope">What the weight starts with.</param>
    /// <param name="name">The layer's part of its parameter's name.</param>
    public TSelf ParametricRelu(bool perChannel = true, double slope = 0.25, string? name = null) => No;
}

/// <summary>x where x &gt; 0, weight · x elsewhere, with a trained weight. He et al. 2015.</summary>
public sealed class ParametricRelu : Layer
{
    /// <summary>One weight per channel, the first axis (the default), or one in all.</summary>
    public bool PerChannel { get; set; } = true;

    /// <summary>What the weight starts with. Default: 0.25.</summary>
    public double Slope { get; set; } = 0.25;
}
