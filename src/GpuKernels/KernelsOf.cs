namespace Kiln.Gpu.Kernels;

/// <summary>Marks a class whose public static methods, in their order, are the kernels of a network.</summary>
/// <param name="network">The network's full name.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KernelsOfAttribute(string network) : Attribute
{
    /// <summary>The network's full name.</summary>
    public string Network { get; } = network;
}

/// <summary>Says how many threads a group of a kernel has, where it is not <see cref="Threads.Group"/>.</summary>
/// <param name="threads">A multiple of 32.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GroupSizeAttribute(int threads) : Attribute
{
    /// <summary>Threads of a group.</summary>
    public int Threads { get; } = threads;
}
