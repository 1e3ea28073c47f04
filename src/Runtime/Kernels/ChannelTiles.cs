using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// Convolutions of images in Channels, [row][column][channels padded to 16], a sample at a time: tiles of pixels by channels out.
/// The sums are those of <see cref="ImageTiles"/>, term by term. Of a single sample, idle helpers share the panels of channels out
/// and bands of rows.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static unsafe partial class ChannelTiles
{
    private const int Panel = 32;

    /// <summary>Rows of the largest tile.</summary>
    private const int MostTileRows = 14;

    /// <summary>Samples computed for each load of the kernel.</summary>
    private const int Block = 16;

    /// <summary>Of images with less pixels side by side that see all taps, tiles are the same pixel of several samples.</summary>
    private const int FewPixels = 6;

    /// <summary>Floats of the largest kernel that the L2 cache keeps beside the images: 256 KB.</summary>
    private const int KeptKernel = 64 * 1024;

    /// <summary>Terms that a segment has at least.</summary>
    private const int Segment = 256;

    /// <summary>Pieces that a single sample is cut into: enough for 64 threads.</summary>
    private const int Pieces = 64;

    /// <summary>Multiply-adds from which on several threads are faster than one.</summary>
    private const long WorthSharing = 256 * 1024;

    /// <summary>Multiply-adds from which on even threads that sleep are woken.</summary>
    private const long WorthWaking = 8 * 1024 * 1024;

    /// <summary>y[i, j, o] = Σ over (u, v, c) of w[(u, v, c), o] · x[i · stride + u · dilation − top, j · stride + v · dilation − left, c], and its epilogue, for a sample.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Height][Width][Channels, padded to 16].</param>
    /// <param name="w">The kernel in Panels: rows (u, v, c of the group), columns o. Groups have multiples of 32 channels.</param>
    /// <param name="y">Gets [OutHeight][OutWidth][OutChannels, padded to 16].</param>
    /// <param name="s">The geometry.</param>
    /// <param name="scale">A number per channel out that the sum is multiplied by, padded to 16; null for none. With a scale there is a shift.</param>
    /// <param name="shift">A number per channel out that is added then, with one rounding; null for none.</param>
    /// <param name="residual">What is added then, laid out as y is; null for nothing.</param>
    /// <param name="relu">Whether ReLU is applied last.</param>
    /// <param name="yPixel">From a pixel of y to the next, where y is a part of the channels of an image; 0 where it is an image of its own.</param>
    /// <param name="planes">Whether x is [Channels][Height][Width] instead, as inputs of few channels are.</param>
    public static void Convolve<V>(float* x, float* w, float* y, in ImageShape s, float* scale = null, float* shift = null, float* residual = null, bool relu = false, int yPixel = 0, bool planes = false) where V : struct, IVector<V>
    {
        var sweep = Sweep.Forward(x, w, y, s, scale, shift, residual, relu, yPixel, planes);
        Share<V>(&sweep);
    }

    /// <summary>The items that the convolution of a batch is shared out by: panels of channels out by blocks of 16 samples.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples.</param>
    /// <returns>Their number.</returns>
    public static int ConvolveItems(in ImageShape s, int samples) => Ceiling(s.OutChannels, Panel) * Ceiling(samples, Block);

    /// <summary>A range of items of a batch's convolution: 16 samples at a time share what is fetched of the kernel.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">Samples of [Height][Width][Channels, padded to 16].</param>
    /// <param name="xSample">From a sample of x to the next.</param>
    /// <param name="w">The kernel in Panels: rows (u, v, c of the group), columns o. Groups have multiples of 32 channels.</param>
    /// <param name="y">Gets samples of [OutHeight][OutWidth][OutChannels, padded to 16].</param>
    /// <param name="ySample">From a sample of y to the next.</param>
    /// <param name="samples">Samples.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most <see cref="ConvolveItems"/>.</param>
    /// <param name="scale">A number per channel out that the sum is multiplied by, padded to 16; null for none. With a scale there is a shift.</param>
    /// <param name="shift">A number per channel out that is added then, with one rounding; null for none.</param>
    /// <param name="residual">What is added then, laid out as y is; null for nothing.</param>
    /// <param name="relu">Whether ReLU is applied last.</param>
    /// <param name="yPixel">From a pixel of y to the next, where y is a part of the channels of an image; 0 where it is an image of its own.</param>
    /// <param name="planes">Whether x is [Channels][Height][Width] instead, as inputs of few channels are.</param>
    public static void Convolve<V>(float* x, nint xSample, float* w, float* y, nint ySample, int samples, in ImageShape s, int first, int last, float* scale = null, float* shift = null, float* residual = null, bool relu = false, int yPixel = 0, bool planes = false) where V : struct, IVector<V>
    {
        var sweep = Sweep.Forward(x, w, y, s, scale, shift, residual, relu, yPixel, planes);
        Blocks<V>(sweep, xSample, ySample, samples, first, last);
    }

    /// <summary>dx[i, j, c] = Σ over (u, v, o) of w[(u, v, c), o] · dy[…, o] for a sample: the adjoint of the convolution in x.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="dy">[OutHeight][OutWidth][OutChannels, padded to 16].</param>
    /// <param name="wt">The kernel as <see cref="ImageTiles.TransposeKernel"/> leaves it.</param>
    /// <param name="dx">Gets [Height][Width][Channels, padded to 16].</param>
    /// <param name="s">The geometry.</param>
    public static void DataGradient<V>(float* dy, float* wt, float* dx, in ImageShape s) where V : struct, IVector<V>
    {
        // Pixels of one phase of the stride see the same taps: a convolution without stride.
        for (var phaseY = 0; phaseY < Math.Min(s.StrideY, s.Height); phaseY++)
            for (var phaseX = 0; phaseX < Math.Min(s.StrideX, s.Width); phaseX++)
            {
                var sweep = Sweep.Backward(dy, wt, dx, s, phaseY, phaseX);
                Share<V>(&sweep);
            }
    }

    /// <summary>The items that the data gradient of a batch is shared out by: panels of channels in by blocks of 16 samples.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples.</param>
    /// <returns>Their number.</returns>
    public static int DataGradientItems(in ImageShape s, int samples) => Ceiling(s.Channels, Panel) * Ceiling(samples, Block);

    /// <summary>A range of items of a batch's data gradient: 16 samples at a time share what is fetched of the kernel.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="dy">Samples of [OutHeight][OutWidth][OutChannels, padded to 16].</param>
    /// <param name="dySample">From a sample of dy to the next.</param>
    /// <param name="wt">The kernel as <see cref="ImageTiles.TransposeKernel"/> leaves it.</param>
    /// <param name="dx">Gets samples of [Height][Width][Channels, padded to 16].</param>
    /// <param name="dxSample">From a sample of dx to the next.</param>
    /// <param name="samples">Samples.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most <see cref="DataGradientItems"/>.</param>
    public static void DataGradient<V>(float* dy, nint dySample, float* wt, float* dx, nint dxSample, int samples, in ImageShape s, int first, int last) where V : struct, IVector<V>
    {
        for (var phaseY = 0; phaseY < Math.Min(s.StrideY, s.Height); phaseY++)
            for (var phaseX = 0; phaseX < Math.Min(s.StrideX, s.Width); phaseX++)
                Blocks<V>(Sweep.Backward(dy, wt, dx, s, phaseY, phaseX), dySample, dxSample, samples, first, last);
    }

    /// <summary>A pixel out sees the pixel in at its place and no other: a matrix product over all pixels.</summary>
    private static bool IsProduct(in ImageShape s) =>
        s.KernelHeight == 1 && s.KernelWidth == 1 && s.StrideY == 1 && s.StrideX == 1 && s.Top == 0 && s.Left == 0 && s.OutHeight == s.Height && s.OutWidth == s.Width;

    private static void Share<V>(Sweep* sweep) where V : struct, IVector<V>
    {
        var panels = Ceiling(sweep->Outputs, Panel);
        sweep->Bands = Math.Clamp(Ceiling(Pieces, panels), 1, sweep->Lines);
        // Of 1×1, a kernel that the L2 cache keeps is rather read for every band than the image for every panel.
        var (kernel, image) = ((long)sweep->Inputs * sweep->Outputs, (long)sweep->Rows.Size * sweep->Columns.Size * sweep->Inputs * sweep->Groups);
        sweep->ByBands = sweep->KernelHeight * sweep->KernelWidth == 1 && kernel <= KeptKernel && kernel * sweep->Bands < image * panels;
        var work = (long)sweep->Rows.Count * sweep->Columns.Count * sweep->Rows.Taps * sweep->Columns.Taps * sweep->Inputs * sweep->Outputs;
        var items = panels * sweep->Bands;
        // Helpers read the sweep where it lies: the caller waits for them.
        var address = (nint)sweep;
        if (work < WorthSharing || !Workers.TryShare(&Piece<V>, &address, items, isLong: work >= WorthWaking)) Piece<V>(&address, 0, items);
    }

    /// <summary>Some panels of channels out, some bands of each.</summary>
    private static void Piece<V>(void* shared, int first, int end) where V : struct, IVector<V>
    {
        var sweep = *(Sweep*)*(nint*)shared;
        while (first < end)
        {
            if (sweep.ByBands)
            {
                var (line, column) = Math.DivRem(first++, Ceiling(sweep.Outputs, Panel));
                Run<V>(ref sweep, column, (int)((long)sweep.Lines * line / sweep.Bands), (int)((long)sweep.Lines * (line + 1) / sweep.Bands));
                continue;
            }
            var panel = first / sweep.Bands;
            var band = first - panel * sweep.Bands;
            var last = Math.Min(sweep.Bands, band + end - first);
            first += last - band;
            var (from, to) = ((int)((long)sweep.Lines * band / sweep.Bands), (int)((long)sweep.Lines * last / sweep.Bands));
            Run<V>(ref sweep, panel, from, to);
        }
    }

    /// <summary>Some panels of channels out, each for some blocks of samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blocks<V>(Sweep sweep, nint xSample, nint ySample, int samples, int first, int last) where V : struct, IVector<V>
    {
        var blocks = Ceiling(samples, Block);
        for (; first < last; first++)
        {
            var (panel, block) = Math.DivRem(first, blocks);
            var from = block * Block;
            var count = Math.Min(Block, samples - from);
            sweep.Panel<V>(panel);
            sweep.Samples(xSample, ySample);
            for (var part = 0; part < sweep.PanelWidth; part += sweep.Registers * V.Count)
            {
                sweep.Part = part;
                if (sweep.IsSmall && count > 1)
                {
                    sweep.Move(from);
                    sweep.RunAcross<V>(count);
                    sweep.Move(-from);
                    continue;
                }
                for (var sample = from; sample < from + count; sample++)
                {
                    sweep.Move(sample);
                    sweep.Run<V>(0, sweep.Rows.Count, 0, sweep.Columns.Count);
                    sweep.Move(-sample);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<V>(ref Sweep sweep, int panel, int from, int to) where V : struct, IVector<V>
    {
        sweep.Panel<V>(panel);
        for (var part = 0; part < sweep.PanelWidth; part += sweep.Registers * V.Count)
        {
            sweep.Part = part;
            if (sweep.Rows.Count > 1) sweep.Run<V>(from, to, 0, sweep.Columns.Count);
            else sweep.Run<V>(0, 1, from, to);
        }
    }

    /// <summary>Rows of the tiles that cover so many: as few tiles as may be, and equal ones.</summary>
    internal static int TileRows<V>(int left) where V : struct, IVector<V>
    {
        var most = V.Count == 16 ? MostTileRows : 6;
        return Ceiling(left, Ceiling(left, most));
    }

    private static int Ceiling(int count, int of) => (count + of - 1) / of;
}
