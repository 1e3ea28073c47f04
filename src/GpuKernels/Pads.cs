namespace Kiln.Gpu.Kernels;

/// <summary>Elements of a storage that belong to no value.</summary>
public static class Pads
{
    /// <summary>Whether an element of a K×M matrix in panels of 32 columns (16 in a last panel of at most 16) is beyond the last column.</summary>
    public static bool InPanels(int element, int k, int m)
    {
        var panel = element / (32 * k);
        var width = m - 32 * panel <= 16 ? 16 : 32;
        return 32 * panel + (element - 32 * panel * k) % width >= m;
    }
}
