namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>An image [channels, height, width] enlarged by whole factors. Pixels are squares: a new pixel takes its value from where its centre lies in the old image (half-pixel centres, as PyTorch has it with align_corners=False).</summary>
    /// <param name="factor">How many times as high and wide it becomes.</param>
    /// <param name="mode">How values between pixels come about.</param>
    public TSelf Upsample2D(Size factor, Interpolation mode = Interpolation.Nearest) => No;
}

/// <summary>An image [channels, height, width] enlarged by whole factors. Pixels are squares: a new pixel takes its value from where its centre lies in the old image (half-pixel centres, as PyTorch has it with align_corners=False).</summary>
/// <param name="factor">How many times as high and wide it becomes.</param>
public sealed class Upsample2D(int factor) : Layer
{
    /// <summary>How many times as high and wide it becomes.</summary>
    public int Factor => factor;

    /// <summary>How many times as high, where that differs from <see cref="Factor"/>.</summary>
    public int FactorHeight { get; set; }

    /// <summary>How many times as wide, where that differs from <see cref="Factor"/>.</summary>
    public int FactorWidth { get; set; }

    /// <summary>How values between pixels come about. Default: <see cref="Interpolation.Nearest"/>.</summary>
    public Interpolation Mode { get; set; }
}
