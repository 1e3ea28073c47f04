namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Cross-correlation with a kernel of one's own: a constant, a parameter, or computed from them.</summary>
    /// <param name="kernel">[channels out, channels in, height, width], the same for every sample.</param>
    /// <param name="stride">How far the window moves at a time. Default: 1.</param>
    /// <param name="padding">Pixels on every side, per axis or per side, or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    public TSelf Convolve2D(Tensor kernel, Size stride = default, Padding padding = default) => No;
}
