namespace Gpu.Tests.Ptx;

/// <summary>PTX that is wrong, or a kernel that does what a GPU would not allow.</summary>
internal sealed class PtxException(string message) : Exception(message);
