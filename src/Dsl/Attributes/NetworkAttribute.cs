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

    /// <summary>
    /// Whether Learn measures what comes out of each layer of a stack: its norm, its mean and its share of zeros, which Fit reports as <c>TrainingProgress.Activations</c>.
    /// A step takes a pass over each of these values more. Default: false, which costs nothing.
    /// </summary>
    /// <remarks>For networks whose layers are attributes. A [Learn] method can return such numbers after its loss.</remarks>
    public bool Activations { get; set; }

    /// <summary>
    /// Whether 3×3 convolutions without stride, and their gradients, may be computed by Winograd's algorithm, where the compiler finds that faster: up to
    /// four times as fast as the sum over taps, with rounding errors two to three times as large. After Lavin and Gray 2016, "Fast
    /// Algorithms for Convolutional Neural Networks". Default: true.
    /// </summary>
    /// <remarks>A number that is not finite makes a tile of up to 4×4 pixels not finite, where the sum over taps keeps to the pixels that see it.</remarks>
    public bool Winograd { get; set; } = true;

    /// <summary>
    /// What kernels are made for. With <see cref="Target.Gpu"/>, and the package Kiln.Gpu, the network's constructor takes a device. Default: what the project says
    /// in &lt;KilnTargets&gt;; if it says nothing, the CPU, and with the package Kiln.Gpu both.
    /// </summary>
    public Target Targets { get; set; }

    /// <summary>
    /// What products are computed with on a GPU. With <see cref="Kiln.Precision.TensorFloat32"/> large ones take the tensor cores of NVIDIA's GPUs, and the results have no longer the bits of the CPU. Default: float32.
    /// </summary>
    /// <remarks>Such a network does not use Winograd's algorithm, on the CPU either.</remarks>
    public Precision Precision { get; set; }
}

/// <summary>Processors that a network's kernels are made for.</summary>
[Flags]
public enum Target
{
    /// <summary>What the project says.</summary>
    Default = 0,

    /// <summary>The CPU, which every network has.</summary>
    Cpu = 1,

    /// <summary>GPUs, through CUDA or OpenCL: see the package Kiln.Gpu.</summary>
    Gpu = 2,
}
