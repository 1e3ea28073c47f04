namespace Kiln;

/// <summary>
/// Marks a partial class as a network. Either its layers follow as attributes (<see cref="InputAttribute"/>), or it has
/// methods marked <see cref="PredictAttribute"/> and <see cref="LearnAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NetworkAttribute : Attribute
{
    /// <summary>
    /// Training takes less memory and more time: of the forward pass's values only checkpoints are kept for the backward pass, which
    /// computes those between two of them again when it comes there. Gradients have the same bits. After Chen, Xu, Zhang, Guestrin 2016,
    /// "Training Deep Nets with Sublinear Memory Cost"; which values are checkpoints is the compiler's choice. Default: false.
    /// </summary>
    /// <remarks>At most one more forward pass a step is computed. Worth it where a batch would not fit into memory.</remarks>
    public bool Recompute { get; set; }
}
