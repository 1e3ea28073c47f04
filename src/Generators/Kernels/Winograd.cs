namespace Kiln.Generators.Kernels;

/// <summary>Whether convolutions are computed by Winograd's algorithm.</summary>
internal enum WinogradChoice
{
    /// <summary>Where that is cheaper.</summary>
    Cheapest,

    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>Wherever possible, with tiles of 4×4 pixels or of 2×2. These two are for tests.</summary>
    Always4,

    /// <inheritdoc cref="Always4"/>
    Always2,
}

/// <summary>
/// Which convolutions are computed by Winograd's algorithm (see Kiln.Kernels.WinogradTiles), and in which tiles: a choice by sizes alone, since the sums
/// differ in their last bits from those over taps. A tile of m×m pixels takes (m + 2)² products per pair of channels instead of 9m². In
/// return it has (m + 2)² / 9 times the kernel to fetch, and images are transformed twice. So it pays where there are many channels and pixels.
/// </summary>
/// <param name="Choice">The cheapest, but in tests.</param>
internal sealed record Winograd(WinogradChoice Choice)
{
    private const double Efficiency = 0.88;

    /// <summary>What a register tile takes besides its terms, in terms.</summary>
    private const double TileTerms = 4;

    /// <summary>Cycles in which 16 channels of a tile of 4×4 pixels are transformed, there and back; of 2×2 pixels.</summary>
    private const double Transform4 = 350, Transform2 = 130;

    /// <summary>Cycles in which a number of the kernel is fetched, or transformed; and how many samples are expected to share that: a forward pass may have few, the backward pass has many.</summary>
    private const double FetchedNumber = 1, Samples = 2, SamplesOfTraining = 16;

    /// <summary>
    /// Pixels of a tile along an axis, 4 or 2; 0 where the sum over taps is cheaper, or the only way.
    /// </summary>
    /// <param name="s">Of the convolution, or of the one that a data gradient is.</param>
    /// <param name="direct">Cycles of the sum over taps.</param>
    public int TileOf(ImageShape s, bool isGradient, double direct)
    {
        if (Choice == WinogradChoice.Never || !IsPossible(s)) return 0;
        if (Choice != WinogradChoice.Cheapest) return Choice == WinogradChoice.Always4 ? 4 : 2;
        var (four, two) = (Cost(s, 4, isGradient), Cost(s, 2, isGradient));
        direct += 9.0 * s.Channels * Sizes.Round16(s.OutChannels) * FetchedNumber / (isGradient ? SamplesOfTraining : Samples);
        return Math.Min(four, two) >= direct ? 0 : four <= two ? 4 : 2;
    }

    public static bool IsPossible(ImageShape s) => s is { KernelHeight: 3, KernelWidth: 3, StrideY: 1, StrideX: 1, DilationY: 1, DilationX: 1, Groups: 1 };

    /// <summary>Cycles of a sample.</summary>
    public static double Cost(ImageShape s, int size, bool isGradient)
    {
        double places = (size + 2) * (size + 2), inputs = s.Channels, outputs = Sizes.Round16(s.OutChannels);
        double tiles = (s.OutHeight + size - 1) / size * ((s.OutWidth + size - 1) / size);
        var products = places * (inputs + TileTerms) * outputs / 16 / Efficiency;
        var transforms = (size == 4 ? Transform4 : Transform2) * (Sizes.Round16(s.Channels) + outputs) / 32;
        return tiles * (products + transforms) + places * inputs * outputs * FetchedNumber / (isGradient ? SamplesOfTraining : Samples);
    }

    /// <summary>The convolution that the data gradient of another one is: of dy, with the kernel turned around.</summary>
    public static ImageShape Backward(ImageShape s) => s with
    {
        Channels = s.OutChannels,
        Height = s.OutHeight,
        Width = s.OutWidth,
        OutChannels = s.Channels,
        OutHeight = s.Height,
        OutWidth = s.Width,
        Top = s.KernelHeight - 1 - s.Top,
        Left = s.KernelWidth - 1 - s.Left,
    };
}
