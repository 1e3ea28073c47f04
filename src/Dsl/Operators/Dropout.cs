namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>In training: zero with probability rate, else x / (1 − rate). In inference: x.</summary>
    /// <param name="rate">In [0, 1).</param>
    public TSelf Dropout(double rate) => No;
}

/// <summary>In training: zero with probability rate, else x / (1 − rate). In inference: x. Srivastava et al. 2014.</summary>
/// <param name="rate">In [0, 1).</param>
public sealed class Dropout(double rate) : Layer
{
    /// <summary>The probability of a zero.</summary>
    public double Rate => rate;
}
