namespace Kiln.Generators.Operators.Primitives;

/// <summary>How a window moves over an image: all numbers in pixels.</summary>
/// <param name="Ceiling">A pool's last window may hang over the padded image, but not begin after the image.</param>
/// <param name="AdaptiveHeight">If not 0, so many windows share the rows, the i-th from ⌊i·height / n⌋ to ⌈(i + 1)·height / n⌉, and the kernel is 0.</param>
/// <param name="AdaptiveWidth">The same for columns.</param>
internal sealed record WindowGeometry(
    int KernelHeight, int KernelWidth, int StrideY, int StrideX, int Top, int Left, int Bottom, int Right, int DilationY = 1, int DilationX = 1,
    bool Ceiling = false, int AdaptiveHeight = 0, int AdaptiveWidth = 0)
{
    /// <summary>Windows that share the image, one per pixel of the output.</summary>
    public static WindowGeometry Adaptive(int height, int width) => new(0, 0, 0, 0, 0, 0, 0, 0, AdaptiveHeight: height, AdaptiveWidth: width);

    public int OutputHeight(int height) => AdaptiveHeight > 0 ? AdaptiveHeight : Extent(height, new(KernelHeight, StrideY, Top, Bottom, DilationY), Ceiling);
    public int OutputWidth(int width) => AdaptiveWidth > 0 ? AdaptiveWidth : Extent(width, new(KernelWidth, StrideX, Left, Right, DilationX), Ceiling);

    /// <summary>⌊(size + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1, with ceiling ⌈…⌉; not positive where the kernel does not fit.</summary>
    public static int Extent(int size, AxisWindow w, bool ceiling = false)
    {
        var room = size + (long)w.Before + w.After - w.Reach;
        if (!ceiling) return room < 0 ? 0 : checked((int)(room / w.Stride + 1));
        if (room <= -w.Stride) return 0;
        var windows = (room + w.Stride - 1) / w.Stride + 1;
        // What would begin in the padding after the image is no window.
        return checked((int)((windows - 1) * w.Stride >= size + (long)w.Before ? windows - 1 : windows));
    }

    /// <summary>What differs from a dense window inside the image is named: <c>3×3 stride 2×2 padding 0,0,1,1</c>.</summary>
    public override string ToString() => AdaptiveHeight > 0 ? $"adaptive {AdaptiveHeight}×{AdaptiveWidth}" : $"{KernelHeight}×{KernelWidth}"
        + (StrideY != 1 || StrideX != 1 ? $" stride {StrideY}×{StrideX}" : "")
        + (Top != 0 || Left != 0 || Bottom != 0 || Right != 0 ? $" padding {Top},{Left},{Bottom},{Right}" : "")
        + (DilationY != 1 || DilationX != 1 ? $" dilation {DilationY}×{DilationX}" : "")
        + (Ceiling ? " ceiling" : "");
}
