namespace Kiln;

/// <summary>
/// Marks a static method as a training program. It returns a <see cref="Loss"/>, <see cref="Residuals"/>, an <see cref="Update"/>, nothing (it only
/// assigns), or a named tuple whose further members are numbers per sample to watch, averaged as the loss is. It becomes a method of the generated
/// class's <c>Training</c>.
/// </summary>
/// <param name="parts">
/// The layer fields and shared methods that this program trains, by <c>nameof</c>; everything it reaches if none is named.
/// What is not trained has no gradient and is not written.
/// </param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LearnAttribute(params string[] parts) : Attribute
{
    /// <summary>The parts that are trained; empty: everything reached.</summary>
    public string[] Parts => parts;

    /// <summary>
    /// The program also computes all second derivatives of its mean loss, which <c>Newton</c> needs: for a <see cref="Loss"/> and up to 512 trained weights. Default: false.
    /// </summary>
    /// <remarks>Kernels of their own, and memory of up to rows · weights² numbers.</remarks>
    public bool Hessian { get; set; }
}
