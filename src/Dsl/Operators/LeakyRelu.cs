namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x where x &gt; 0, slope · x elsewhere.</summary>
    /// <param name="slope">The derivative of the negative side.</param>
    public TSelf LeakyRelu(double slope = 0.01) => No;
}

/// <summary>x where x &gt; 0, slope · x elsewhere.</summary>
/// <param name="slope">The derivative of the negative side.</param>
public sealed class LeakyRelu(double slope = 0.01) : Layer
{
    /// <summary>The derivative of the negative side.</summary>
    public double Slope => slope;
}
