namespace Kiln;

/// <summary>
/// Marks a static method as an inference program. It returns a Tensor, Labels or a named tuple of them, and becomes a
/// method of the generated class that takes and fills spans.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PredictAttribute : Attribute;
