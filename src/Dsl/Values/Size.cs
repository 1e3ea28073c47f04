namespace Kiln;

/// <summary>A height and a width in pixels, each at least 1 where nothing else is said; a single number means a square, a pair (height, width). Its default stands for a size that is not given.</summary>
public readonly struct Size
{
    /// <summary>A height and a width.</summary>
    /// <param name="height">In pixels.</param>
    /// <param name="width">In pixels.</param>
    public Size(int height, int width) => (Height, Width) = (height, width);

    /// <summary>In pixels.</summary>
    public int Height { get; }

    /// <summary>In pixels.</summary>
    public int Width { get; }

    /// <summary>A square.</summary>
    /// <param name="side">Height and width.</param>
    public static implicit operator Size(int side) => new(side, side);

    /// <summary>A height and a width.</summary>
    /// <param name="size">(height, width).</param>
    public static implicit operator Size((int Height, int Width) size) => new(size.Height, size.Width);
}
