using System.Diagnostics;

namespace Kiln;

/// <summary>
/// The loss of a stack of layers: its last line. The stack's output is what a method of the same name on
/// <see cref="Tensor"/> would be called on, and the learning program's second input is its target. A loss with one number per
/// element is summed over the sample's elements.
/// </summary>
[Conditional("KILN_KEEP_ATTRIBUTES")]
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public abstract class StackLossAttribute : Attribute;
