using System.Runtime.CompilerServices;
using ILGPU;

namespace Kiln.Gpu.Kernels;

/// <summary>Where the numbers of images lie: number (sample, channel, pixel) is at sample / 16 · block + sample % 16 · row + channel · plane + pixel · step.</summary>
public readonly struct ImagePlaces
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly int _block, _row, _plane, _step;

    [MethodImpl(Inline)]
    private ImagePlaces(int block, int row, int plane, int step)
    {
        _block = block;
        _row = row;
        _plane = plane;
        _step = step;
    }

    /// <summary>[block][channel][pixel][16].</summary>
    /// <param name="channels">Channels of an image.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    [MethodImpl(Inline)]
    public static ImagePlaces Lanes(int channels, int pixels) => new(16 * channels * pixels, 1, 16 * pixels, 16);

    /// <summary>[sample][pixel][channel].</summary>
    /// <param name="sample">From a sample to the next.</param>
    /// <param name="pixel">From a pixel to the next.</param>
    [MethodImpl(Inline)]
    public static ImagePlaces Channels(int sample, int pixel) => new(16 * sample, sample, 1, pixel);

    /// <summary>[sample][channel][pixel].</summary>
    /// <param name="sample">From a sample to the next.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    [MethodImpl(Inline)]
    public static ImagePlaces Planes(int sample, int pixels) => new(16 * sample, sample, pixels, 1);

    /// <summary>Samples of one number are neighbours.</summary>
    internal bool AreLanes
    {
        [MethodImpl(Inline)]
        get => _row == 1 && _step == 16;
    }

    /// <summary>Channels of a pixel are neighbours.</summary>
    internal bool AreChannels
    {
        [MethodImpl(Inline)]
        get => !AreLanes && _plane == 1 && _step > 1;
    }

    [MethodImpl(Inline)]
    internal int At(int sample, int channel, int pixel) => (_block == 16 * _row ? sample * _row : sample / 16 * _block + sample % 16 * _row) + channel * _plane + pixel * _step;

    /// <summary>The sample of a pixel, where pixels are counted as they are neighbours.</summary>
    [MethodImpl(Inline)]
    internal int SampleOf(int number, int pixels) => AreLanes ? number / 16 / pixels * 16 + number % 16 : number / pixels;

    /// <summary>The pixel itself.</summary>
    [MethodImpl(Inline)]
    internal int PixelOf(int number, int pixels) => AreLanes ? number / 16 % pixels : number % pixels;
}
