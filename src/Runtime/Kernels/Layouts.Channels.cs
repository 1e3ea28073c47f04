using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

// Moves to and from Channels: a sample's [pixels][channels, padded to 16].
public static unsafe partial class Layouts
{
    /// <summary>
    /// Floats from a pixel to the next in Channels: the channels, padded to 16. Of multiples of 4 KB another 16: pixels side by side
    /// would otherwise share few sets of the L1 cache and evict one another.
    /// </summary>
    /// <param name="channels">Channels of the image, at least 1.</param>
    /// <returns>Their number, a multiple of 16.</returns>
    public static int PixelFloats(int channels)
    {
        var padded = (channels + Block - 1) & -Block;
        return padded % 1024 == 0 ? padded + Block : padded;
    }

    /// <summary>A sample [channels][pixels] to its channels side by side; pads become zero.</summary>
    /// <param name="row">[channels][pixels].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    /// <param name="image">Gets [pixels][channels, padded to 16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RowToChannels(float* row, int channels, int pixels, float* image)
    {
        var pixel = PixelFloats(channels);
        for (nint p = 0; p < pixels; p += Block)
            for (nint c = 0; c < channels; c += Block)
                Transposes.Padding(row + c * pixels + p, pixels, Math.Min(Block, channels - (int)c), image + p * pixel + c, pixel, Math.Min(Block, pixels - (int)p));
    }

    /// <summary>The inverse of <see cref="RowToChannels"/>.</summary>
    /// <param name="image">[pixels][channels, padded to 16].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    /// <param name="row">Gets [channels][pixels]; nothing else is written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ChannelsToRow(float* image, int channels, int pixels, float* row)
    {
        var pixel = PixelFloats(channels);
        for (nint c = 0; c < channels; c += Block)
            for (nint p = 0; p < pixels; p += Block)
                Transposes.Exact(image + p * pixel + c, pixel, Math.Min(Block, pixels - (int)p), row + c * pixels + p, pixels, Math.Min(Block, channels - (int)c));
    }

    /// <summary>A block of 16 samples side by side to the channels of its live samples side by side; pads become zero.</summary>
    /// <param name="lanes">[channels][pixels][16].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    /// <param name="images">Gets the samples, each [pixels][channels, padded to 16].</param>
    /// <param name="imageStride">From a sample to the next, in floats.</param>
    /// <param name="live">Samples wanted, 1 to 16.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LanesToChannels(float* lanes, int channels, int pixels, float* images, nint imageStride, int live)
    {
        var pixel = PixelFloats(channels);
        var zeros = stackalloc float[Block * Block];
        new Span<float>(zeros, Block * Block).Clear();
        for (nint p = 0; p < pixels; p++)
            for (nint c = 0; c < channels; c += Block)
            {
                var some = Math.Min(Block, channels - (int)c);
                var from = lanes + (c * pixels + p) * Block;
                var to = images + p * pixel + c;
                Transposes.Exact(from, (nint)pixels * Block, some, to, imageStride, live);
                if (some < Block) Transposes.Exact(zeros, Block, Block - some, to + some, imageStride, live);
            }
    }

    /// <summary>Samples with their channels side by side to a block of 16 samples side by side. Dead lanes repeat the last live sample.</summary>
    /// <param name="images">The samples, each [pixels][channels, padded to 16].</param>
    /// <param name="imageStride">From a sample to the next, in floats.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    /// <param name="live">Samples that exist, 1 to 16.</param>
    /// <param name="lanes">Gets [channels][pixels][16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ChannelsToLanes(float* images, nint imageStride, int channels, int pixels, int live, float* lanes)
    {
        var pixel = PixelFloats(channels);
        for (nint p = 0; p < pixels; p++)
            for (nint c = 0; c < channels; c += Block)
                Transposes.Repeating(images + p * pixel + c, imageStride, live, lanes + (c * pixels + p) * Block, (nint)pixels * Block, Math.Min(Block, channels - (int)c));
    }
}
