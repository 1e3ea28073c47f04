namespace Kiln;

/// <summary>All calls of this method use one set of parameters; the method is a part that <see cref="LearnAttribute"/> can name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedAttribute : Attribute;
