namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>exp(x / temperature) along an axis, divided by its sum, without overflow.</summary>
    /// <param name="axis">The axis along which the result sums to 1.</param>
    /// <param name="temperature">Above 0; large ones even out.</param>
    public TSelf Softmax(int axis = -1, double temperature = 1) => No;
}

/// <summary>exp(x / temperature) along an axis, divided by its sum, without overflow. A stack that ends in <c>CrossEntropy</c> needs none: that loss takes logits.</summary>
public sealed class Softmax : Layer
{
    /// <summary>The axis along which the result sums to 1. Default: the last.</summary>
    public int Axis { get; set; } = -1;

    /// <summary>What x is divided by, above 0. Default: 1. Large ones even out, small ones leave the largest alone.</summary>
    public double Temperature { get; set; } = 1;
}
