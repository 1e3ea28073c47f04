namespace Kiln.Gpu.Kernels;

/// <summary>Four floats side by side: one load, where they begin at a multiple of 16 bytes, as shared memory of quads does.</summary>
internal readonly struct Quad(float x0, float x1, float x2, float x3)
{
    public readonly float X0 = x0, X1 = x1, X2 = x2, X3 = x3;
}
