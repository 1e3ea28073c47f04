namespace Kiln;

/// <summary>
/// A <see cref="Tensor"/> parameter of a learning program that is itself what is optimised (style transfer, activation
/// maximisation): the caller passes a writable span, which the call updates.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OptimizedAttribute : Attribute;
