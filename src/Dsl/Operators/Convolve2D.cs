namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Cross-correlation with a kernel of one's own: a constant, a parameter, or computed from them.</summary>
    /// <param name="kernel">[channels out, channels in, height, width], the same for every sample.</param>
    /// <param name="stride">How far the window moves at a time; 1 unless told.</param>
    /// <param name="padding">Pixels on every side, or <see cref="Padding.Valid"/> or <see cref="Padding.Same"/>.</param>
    public TSelf Convolve2D(Tensor kernel, Size stride = default, int padding = Padding.Valid) => No;
}
