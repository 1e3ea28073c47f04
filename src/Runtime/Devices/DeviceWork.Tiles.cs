namespace Kiln.Kernels;

/// <summary>How many threads the kernels of a device need, for the numbers of a call.</summary>
public static partial class DeviceWork
{
    private const int Panel = 32;

    /// <summary>Terms of a segment that a convolution's sum has at least.</summary>
    private const int Segment = 256;

    /// <summary>Threads of a matrix product.</summary>
    /// <param name="rows">Rows of the product.</param>
    /// <param name="depth">Terms of a sum.</param>
    /// <param name="columns">Columns of the product.</param>
    /// <returns>Their number.</returns>
    public static int Dense(int rows, int depth, int columns) => TileSizes.Threads(rows, Padded(columns), depth, DenseSegment(columns));

    /// <summary>Threads of a weight's gradient.</summary>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="depth">Rows of the weight.</param>
    /// <param name="columns">Columns of the weight.</param>
    /// <returns>Their number.</returns>
    public static int DenseWeightGradient(int rows, int depth, int columns) => TileSizes.Threads(depth, Padded(columns), 0, Segment);

    /// <summary>Threads of a weight's gradient with that of its bias.</summary>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="depth">Rows of the weight.</param>
    /// <param name="columns">Columns of the weight.</param>
    /// <returns>Their number.</returns>
    public static int DenseWeightGradientBias(int rows, int depth, int columns) => DenseWeightGradient(rows, depth, columns) + TileSizes.Group * BiasGroups(columns);

    /// <summary>Threads that transpose a matrix in Panels.</summary>
    /// <param name="depth">Rows of the matrix.</param>
    /// <param name="columns">Its columns.</param>
    /// <returns>Their number.</returns>
    public static int TransposePanels(int depth, int columns) => columns * Padded(depth);

    /// <summary>Threads of a convolution.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    /// <param name="inChannels">Whether the result lies in Channels.</param>
    /// <returns>Their number.</returns>
    public static int Convolve(in ImageShape s, int samples, bool inChannels)
    {
        var inputs = s.Channels / s.Groups;
        return s.Groups * TileSizes.Threads(samples * s.OutHeight * s.OutWidth, ConvolutionColumns(s.OutChannels, s.Groups, inChannels), s.KernelHeight * s.KernelWidth * inputs, ConvolutionSegment(s.KernelWidth, inputs));
    }

    /// <summary>Threads of a convolution's data gradient.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    /// <param name="inChannels">Whether the result lies in Channels.</param>
    /// <returns>Their number.</returns>
    public static int DataGradient(in ImageShape s, int samples, bool inChannels)
    {
        var outputs = s.OutChannels / s.Groups;
        return s.Groups * TileSizes.Threads(samples * s.Height * s.Width, ConvolutionColumns(s.Channels, s.Groups, inChannels), s.KernelHeight * s.KernelWidth * outputs, ConvolutionSegment(s.KernelWidth, outputs));
    }

    /// <summary>Threads of a convolution's weight gradient.</summary>
    /// <param name="s">The geometry.</param>
    /// <returns>Their number.</returns>
    public static int WeightGradient(in ImageShape s)
    {
        var depth = s.KernelHeight * s.KernelWidth * (s.Channels / s.Groups);
        int parts = GradientParts(depth * s.OutChannels), positions = 8 / parts, across = parts <= 2 ? 4 / parts : positions;
        return s.Groups * TileSizes.Group * Ceiling(depth, 2 * (positions / across)) * Ceiling(s.OutChannels / s.Groups, 2 * across);
    }

    /// <summary>Threads that transpose a convolution's kernel.</summary>
    /// <param name="s">The geometry.</param>
    /// <returns>Their number.</returns>
    public static int TransposeKernel(in ImageShape s) => s.KernelHeight * s.KernelWidth * (s.OutChannels / s.Groups) * Padded(s.Channels);

    /// <summary>Threads of a pool.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    /// <param name="inChannels">Whether images lie in Channels.</param>
    /// <returns>Their number.</returns>
    public static int Pool(in ImageShape s, int samples, bool inChannels) => samples * s.OutHeight * s.OutWidth * (inChannels ? Padded(s.Channels) : s.Channels);

    /// <summary>Threads of a pool's gradient.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    /// <param name="inChannels">Whether images lie in Channels.</param>
    /// <returns>Their number.</returns>
    public static int PoolGradient(in ImageShape s, int samples, bool inChannels) => samples * s.Height * s.Width * (inChannels ? Padded(s.Channels) : s.Channels);

    /// <summary>Threads that transform a kernel for Winograd's algorithm, or its gradient back.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <returns>Their number.</returns>
    public static int WinogradKernel(int inputs, int outputs) => Padded(inputs) * Padded(outputs);

    /// <summary>Threads of a convolution by Winograd's algorithm.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="size">Pixels of a tile along an axis, 2 or 4.</param>
    /// <param name="samples">Samples.</param>
    /// <returns>Their number.</returns>
    public static int Winograd(in ImageShape s, int size, int samples) => TileSizes.Group * (Padded(s.OutChannels) / 16) * Ceiling(samples * Ceiling(s.OutHeight, size) * Ceiling(s.OutWidth, size), 16);

    /// <summary>Threads of a weight gradient by Winograd's algorithm.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="groups">Groups of samples.</param>
    /// <returns>Their number.</returns>
    public static int WinogradGradient(in ImageShape s, int groups) => TileSizes.Group * groups * (Padded(s.Channels) / 16) * (Padded(s.OutChannels) / 16);

    /// <summary>Floats from a pixel to the next in Channels, as Layouts.PixelFloats has it.</summary>
    internal static int PixelFloats(int channels) => Padded(channels) % 1024 == 0 ? Padded(channels) + 16 : Padded(channels);

    /// <summary>Columns of a convolution's product: in Channels pads are written, too.</summary>
    internal static int ConvolutionColumns(int channels, int groups, bool inChannels) => groups > 1 ? channels / groups : inChannels ? Padded(channels) : channels;

    /// <summary>Terms of a segment of a convolution's sum: whole kernel rows.</summary>
    internal static int ConvolutionSegment(int kernelWidth, int inputs) => Ceiling(Segment, kernelWidth * inputs) * kernelWidth * inputs;

    /// <summary>Segments of a kernel's gradient that a group of threads sums at a time.</summary>
    internal static int GradientParts(int weights) => weights <= 1024 ? 8 : weights <= 4096 ? 4 : weights <= 16384 ? 2 : 1;

    /// <summary>Groups that sum the columns of a bias: eight columns each, and their 16 chains.</summary>
    internal static int BiasGroups(int columns) => Padded(columns) / 8;

    internal static int DenseSegment(int columns) => columns <= Panel ? 64 : Segment;

    internal static int Padded(int channels) => (channels + 15) & -16;

    internal static int Ceiling(int count, int of) => (count + of - 1) / of;
}
