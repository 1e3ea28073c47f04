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
    private const double Efficiency = 0.88, GradientEfficiency = 0.75;

    /// <summary>Channels in that share a transformed dy, as Kiln.Kernels.WinogradTiles has it.</summary>
    private const int GradientChannels = 128;

    /// <summary>Pieces that work is cut into, and the groups of samples that make them, at most.</summary>
    private const int Pieces = 64, MostGroups = 16;

    /// <summary>Numbers that a transformed kernel may take at all: an int counts them, and those of others with them.</summary>
    private const long MostNumbers = int.MaxValue / 8;

    /// <summary>Numbers that a transformed kernel may take in training: 16 MB, or so many times those of an image.</summary>
    private const long LargestKernel = 4 * 1024 * 1024, KernelOfImage = 64;

    /// <summary>Groups are worth joining where a sample has so many tiles for each, or where they are no more than so many numbers.</summary>
    private const int TilesOfGroup = 8, NumbersOfGroups = 1024 * 1024;

    /// <summary>What a register tile takes besides its terms, in terms.</summary>
    private const double TileTerms = 4;

    /// <summary>Cycles in which 16 channels of a tile of 4×4 pixels are transformed, there and back; of 2×2 pixels.</summary>
    private const double Transform4 = 1300, Transform2 = 500;

    /// <summary>Cycles in which a number of the kernel comes from memory, or from the L2 cache, if that keeps it. A forward pass may be of one sample.</summary>
    private const double FetchedNumber = 0.85, KeptNumber = 0.25;

    /// <summary>A backward pass transforms the kernel and fetches it, or joins the gradients of groups, in so many cycles a number, but has many samples.</summary>
    private const double TransformedNumber = 4, JoinedNumber = 1.6, Samples = 32;

    /// <summary>Tiles that are worth fetching the kernel for, from the L2 cache or from beyond.</summary>
    private const int TilesOfSmallKernel = 14, TilesOfLargeKernel = 42;

    /// <summary>Numbers of the largest kernel that the L2 cache keeps: 1 MB.</summary>
    private const int KeptKernel = 256 * 1024;

    /// <summary>
    /// Pixels of a tile along an axis, 4 or 2; 0 where the sum over taps is cheaper, or the only way.
    /// </summary>
    /// <param name="s">Of the convolution, or of the one that a data gradient is.</param>
    /// <param name="direct">Cycles of the sum over taps.</param>
    public int TileOf(ImageShape s, bool isGradient, double direct) =>
        Choose(s, direct + KernelCost(s, 9, isGradient), size => isGradient && IsTooLarge(s, size, 1) || Numbers(s, size) > MostNumbers ? double.PositiveInfinity : Cost(s, size, isGradient));

    /// <summary>The same of a weight gradient.</summary>
    public int TileOfWeightGradient(ImageShape s, double direct) => Choose(s, direct, size => IsTooLarge(s, size, GroupsOf(s)) ? double.PositiveInfinity : WeightGradientCost(s, size));

    /// <summary>Whether transformed kernels would be a good part of the memory of training.</summary>
    private static bool IsTooLarge(ImageShape s, int size, int count)
    {
        var image = Math.Max((long)s.Channels * s.Height * s.Width, (long)s.OutChannels * s.OutHeight * s.OutWidth);
        return count * Numbers(s, size) > Math.Min(MostNumbers, Math.Max(LargestKernel, KernelOfImage * image));
    }

    private int Choose(ImageShape s, double direct, Func<int, double> cost)
    {
        if (Choice == WinogradChoice.Never || !IsPossible(s)) return 0;
        if (Choice != WinogradChoice.Cheapest) return Choice == WinogradChoice.Always4 ? 4 : 2;
        var (four, two) = (cost(4), cost(2));
        return Math.Min(four, two) >= direct ? 0 : four <= two ? 4 : 2;
    }

    /// <summary>Whether it is computed row by row with the steps around it, rather than over all rows at once: a row has tiles enough.</summary>
    public static bool RunsByRows(ImageShape s, int size)
    {
        var tiles = (s.OutHeight + size - 1) / size * ((s.OutWidth + size - 1) / size);
        return tiles >= (Numbers(s, size) <= KeptKernel ? TilesOfSmallKernel : TilesOfLargeKernel);
    }

    public static bool IsPossible(ImageShape s) => s is { KernelHeight: 3, KernelWidth: 3, StrideY: 1, StrideX: 1, DilationY: 1, DilationX: 1, Groups: 1 };

    /// <summary>Cycles of a sample.</summary>
    public static double Cost(ImageShape s, int size, bool isGradient)
    {
        double places = (size + 2) * (size + 2), inputs = s.Channels, outputs = Sizes.Round16(s.OutChannels);
        double tiles = (s.OutHeight + size - 1) / size * ((s.OutWidth + size - 1) / size);
        var products = places * (inputs + TileTerms) * outputs / 16 / Efficiency;
        var transforms = (size == 4 ? Transform4 : Transform2) * (Sizes.Round16(s.Channels) + outputs) / 32;
        return tiles * (products + transforms) + KernelCost(s, places, isGradient);
    }

    /// <summary>Cycles of a sample's part of a weight gradient.</summary>
    public static double WeightGradientCost(ImageShape s, int size)
    {
        double places = (size + 2) * (size + 2), inputs = Sizes.Round16(s.Channels), outputs = Sizes.Round16(s.OutChannels);
        double tiles = (s.OutHeight + size - 1) / size * ((s.OutWidth + size - 1) / size), parts = (s.Channels + GradientChannels - 1) / GradientChannels;
        var transforms = (size == 4 ? Transform4 : Transform2) * (inputs + parts * outputs) / 32;
        return tiles * (places * s.Channels * outputs / 16 / GradientEfficiency + transforms) + GroupsOf(s) * places * inputs * outputs * JoinedNumber / Samples;
    }

    /// <summary>
    /// Groups that the samples of a weight gradient are cut into: as many as make enough pieces for many threads, if the channels do not, and as
    /// are not most of the work to join.
    /// </summary>
    public static int GroupsOf(ImageShape s)
    {
        var pieces = (s.Channels + GradientChannels - 1) / GradientChannels * ((s.OutChannels + 31) / 32);
        var worthJoining = Math.Max((s.OutHeight + 3) / 4 * ((s.OutWidth + 3) / 4) / TilesOfGroup, NumbersOfGroups / Numbers(s, 4));
        return (int)Math.Max(1, Math.Min(Math.Min(MostGroups, Pieces / pieces), worthJoining));
    }

    /// <summary>Numbers of a transformed kernel, or of its gradient.</summary>
    public static long Numbers(ImageShape s, int size) => (long)(size + 2) * (size + 2) * Sizes.Round16(s.Channels) * Sizes.Round16(s.OutChannels);

    private static double KernelCost(ImageShape s, double places, bool isGradient)
    {
        var numbers = places * s.Channels * Sizes.Round16(s.OutChannels);
        return isGradient ? numbers * (places > 9 ? TransformedNumber : FetchedNumber) / Samples : numbers * (numbers <= KeptKernel ? KeptNumber : FetchedNumber);
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
