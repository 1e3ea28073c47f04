namespace Gpu.Tests.Ptx;

/// <summary>A start of a kernel.</summary>
/// <param name="Groups">How many groups of threads.</param>
/// <param name="Threads">Threads of a group.</param>
/// <param name="Parameters">The bytes of all parameters.</param>
/// <param name="Memory">The device's memory.</param>
/// <param name="Races">Finds races in it; null where nobody asks for them.</param>
internal sealed record Launch(int Groups, int Threads, byte[] Parameters, DeviceMemory Memory, DeviceRaces? Races);
