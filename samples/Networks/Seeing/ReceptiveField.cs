namespace Kiln.Samples.Networks;

/// <summary>The square of the image that a unit sees: the unit at (y, x) of its map sees the pixels from (Start + Jump · y, Start + Jump · x) on.</summary>
/// <param name="Size">Pixels along a side.</param>
/// <param name="Jump">Pixels between the squares of neighbours.</param>
/// <param name="Start">Where the first unit's begins; below 0 in the padding.</param>
internal readonly record struct ReceptiveField(int Size, int Jump, int Start)
{
    /// <summary>A pixel sees itself.</summary>
    public static readonly ReceptiveField OfPixel = new(1, 1, 0);

    /// <summary>The field of a unit behind one more window.</summary>
    /// <param name="kernel">Its pixels along a side.</param>
    /// <param name="stride">Pixels from window to window.</param>
    /// <param name="padding">Pixels added before the first.</param>
    public ReceptiveField Then(int kernel, int stride = 1, int padding = 0) => new(Size + (kernel - 1) * Jump, Jump * stride, Start - padding * Jump);

    /// <summary>The first pixel, down or across, that the unit sees.</summary>
    public int First(int unit) => Start + Jump * unit;
}
