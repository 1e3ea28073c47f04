namespace Kiln;

public partial class Sequence
{
    /// <summary>e^x / Σ e^x, where the sum is over the steps of each sample, for each element by itself: weights of attention.</summary>
    public Sequence SoftmaxOverTime() => No;
}
