namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>
    /// With c the cosine of the angle between x and y along the last axis, which vanishes: 1 − c where the target is above 0, max(0, c − margin) elsewhere.
    /// Alike pairs are pulled together, others pushed apart. PyTorch's CosineEmbeddingLoss.
    /// </summary>
    /// <param name="other">y, of x's shape.</param>
    /// <param name="target">1 or −1, of x's shape without its last axis, or a number.</param>
    /// <param name="margin">From −1 to 1: pairs that are not alike cost nothing up to here.</param>
    public TSelf CosineEmbedding(TSelf other, TSelf target, double margin = 0) => No;
}
