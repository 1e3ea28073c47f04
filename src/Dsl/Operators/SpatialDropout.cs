namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>In training: a whole channel (the first axis) is zero with probability rate, else x / (1 − rate). In inference: x. Tompson et al. 2015.</summary>
    /// <param name="rate">In [0, 1).</param>
    public TSelf SpatialDropout(double rate) => No;
}

/// <summary>In training: a whole channel (the first axis) is zero with probability rate, else x / (1 − rate). In inference: x. Tompson et al. 2015.</summary>
/// <param name="rate">In [0, 1).</param>
public sealed class SpatialDropout(double rate) : Layer
{
    /// <summary>The probability that a channel is zero.</summary>
    public double Rate => rate;
}
