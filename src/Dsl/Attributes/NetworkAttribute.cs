namespace Kiln;

/// <summary>
/// Marks a partial class as a network. Either its layers follow as attributes (<see cref="InputAttribute"/>), or it has
/// methods marked <see cref="PredictAttribute"/> and <see cref="LearnAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NetworkAttribute : Attribute;
