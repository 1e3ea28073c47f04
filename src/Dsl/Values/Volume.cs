namespace Kiln;

/// <summary>A depth, a height and a width, each at least 1; a single number means a cube, three numbers (depth, height, width). Its default stands for a size that is not given.</summary>
public readonly struct Volume
{
    /// <summary>A cube.</summary>
    /// <param name="side">Depth, height and width.</param>
    public static implicit operator Volume(int side) => throw new BuildTimeOnly();

    /// <summary>A depth, a height and a width.</summary>
    /// <param name="size">(depth, height, width).</param>
    public static implicit operator Volume((int Depth, int Height, int Width) size) => throw new BuildTimeOnly();
}
