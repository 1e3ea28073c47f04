using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>
/// Convolutions with a 3×3 kernel without stride by Winograd's algorithm, images in Channels, with the sums of Kiln.Kernels.WinogradTiles. A group of threads has 16 tiles by 16 channels out: it transforms
/// eight channels in at a time, and its sums of products stay in registers.
/// </summary>
public static partial class WinogradTiles
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Floats of shared memory: two operands of 36 places.</summary>
    private const int SharedFloats = 2 * 36 * WinogradSums.Terms * WinogradSums.Side;

    /// <summary>Terms of a segment.</summary>
    private const int Segment = 256;

    /// <summary>The kernel as <see cref="Convolve"/> wants it, G w Gᵀ: a matrix in Panels for each place of the tile, channels in, padded to 16, by channels out.</summary>
    /// <param name="w">The kernel in Panels: rows (u, v, c), columns o.</param>
    /// <param name="u">Gets (size + 2)² matrices in Panels.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="size">Pixels of a tile along an axis, 2 or 4.</param>
    /// <param name="flipped">Whether tap (u, v) is the kernel's (2 − u, 2 − v): of a data gradient.</param>
    [MethodImpl(Inline)]
    public static void Kernel(ArrayView<float> w, ArrayView<float> u, int inputs, int outputs, int size, bool flipped)
    {
        int depth = Panels.Padded(inputs), padded = Panels.Padded(outputs), c = Threads.Index / padded, o = Threads.Index % padded;
        if (c >= depth) return;
        var patch = default(Patch);
        if (c < inputs)
        {
            int first = Panels.At(c, o, 9 * inputs, outputs), tap = inputs * Panels.Width(o, outputs);
            patch = Patch.Kernel(Patch.Load(w, flipped ? first + 8 * tap : first, flipped ? -tap : tap, 3), size);
        }
        patch.Store(u, Panels.At(c, o, depth, outputs), depth * padded, size + 2);
    }

    /// <summary>A convolution and its epilogue.</summary>
    /// <param name="x">Samples of [Height][Width][Channels, padded to 16].</param>
    /// <param name="u">The kernel as <see cref="Kernel"/> leaves it.</param>
    /// <param name="y">Gets samples of [OutHeight][OutWidth][OutChannels, padded to 16].</param>
    /// <param name="scale">A number per channel out that the sum is multiplied by.</param>
    /// <param name="shift">A number per channel out that is added then, with one rounding.</param>
    /// <param name="residual">What is added then, laid out as y is.</param>
    /// <param name="xSample">From a sample of x to the next.</param>
    /// <param name="ySample">From a sample of y to the next.</param>
    /// <param name="yPixel">From a pixel of y to the next.</param>
    /// <param name="s">The geometry: 3×3, no stride, no dilation, one group.</param>
    /// <param name="size">Pixels of a tile along an axis, 2 or 4.</param>
    /// <param name="samples">Samples.</param>
    /// <param name="hasScale">Whether there is a scale. With a scale there is a shift.</param>
    /// <param name="hasShift">Whether there is a shift.</param>
    /// <param name="hasResidual">Whether there is something to add.</param>
    /// <param name="relu">Whether ReLU is applied last.</param>
    [MethodImpl(Inline)]
    public static void Convolve(
        ArrayView<float> x, ArrayView<float> u, ArrayView<float> y, ArrayView<float> scale, ArrayView<float> shift, ArrayView<float> residual,
        int xSample, int ySample, int yPixel, ImageShape s, int size, int samples, bool hasScale, bool hasShift, bool hasResidual, bool relu)
    {
        var quads = SharedMemory.Allocate<Quad>(SharedFloats / 4);
        var shared = quads.Cast<float>();
        int side = size + 2, places = side * side, depth = Panels.Padded(s.Channels), padded = Panels.Padded(s.OutChannels), panels = padded / 16;
        int tileColumns = (s.OutWidth + size - 1) / size, tilesOfSample = (s.OutHeight + size - 1) / size * tileColumns, tiles = samples * tilesOfSample;
        int firstTile = Grid.IdxX / panels * 16, output = Grid.IdxX % panels * 16;

        // A thread transforms the patch of a tile and a channel, and fetches one channel out of a place and a channel in after the other.
        int ownTile = Group.IdxX / WinogradSums.Terms, ownChannel = Group.IdxX % WinogradSums.Terms, tile = firstTile + ownTile, pixel = DeviceWork.PixelFloats(s.Channels);
        int top = tile % tilesOfSample / tileColumns * size - s.Top, left = tile % tileColumns * size - s.Left, image = tile / tilesOfSample * xSample;
        var sum = default(WinogradSums);
        var chain = default(WinogradSums);
        for (var c = 0; c < depth; c += WinogradSums.Terms)
        {
            if (c > 0 && c % Segment == 0)
            {
                sum = c == Segment ? chain : sum + chain;
                chain = default;
            }
            var at = ownChannel * 16 + ownTile;
            TransformInput(x, image + c + ownChannel, s.Width * pixel, pixel, top, left, s.Height, s.Width, tile < tiles && c + ownChannel < s.Channels, shared, at, size);
            for (var element = Group.IdxX; element < places * WinogradSums.Terms * 16; element += Threads.Group)
            {
                int place = element / (WinogradSums.Terms * 16), k = element / 16 % WinogradSums.Terms, o = element % 16;
                shared[places * WinogradSums.Terms * 16 + element] = u[place * depth * padded + Panels.At(c + k, output + o, depth, s.OutChannels)];
            }
            Group.Barrier();
            for (var k = 0; k < WinogradSums.Terms; k++) chain = chain.Plus(quads, shared, places, k);
            Group.Barrier();
        }
        if (depth > Segment) chain = sum + chain;
        chain.Store(shared, places);
        Group.Barrier();
        for (var element = Group.IdxX; element < 256; element += Threads.Group)
        {
            var t = firstTile + element / 16;
            if (t < tiles)
            {
                int row = t % tilesOfSample / tileColumns * size, column = t % tileColumns * size, o = output + element % 16;
                // By shared memory again, where the tile is, so that the epilogue is a loop.
                Patch.Output(Patch.Load(shared, element, 256, side), size).Store(shared, element, 256, size);
                for (var p = 0; p < size * size; p++)
                {
                    int i = row + p / size, j = column + p % size;
                    if (i >= s.OutHeight || j >= s.OutWidth) continue;
                    var place = t / tilesOfSample * ySample + (i * s.OutWidth + j) * yPixel + o;
                    var value = Lane.Load(shared, element + p * 256);
                    if (hasScale) value = Lane.MultiplyAdd(value, Lane.Load(scale, o), Lane.Load(shift, o));
                    else if (hasShift) value += Lane.Load(shift, o);
                    if (hasResidual) value += Lane.Load(residual, place);
                    if (relu) value = Lane.Max(Lane.Zero, value);
                    value.Store(y, place);
                }
            }
        }
    }

    /// <summary>Bᵀ x B of the patch whose first pixel is this one, to shared memory, where the thread's places are 128 apart.</summary>
    [MethodImpl(Inline)]
    private static void TransformInput(ArrayView<float> x, int first, int line, int pixel, int top, int left, int height, int width, bool exists, ArrayView<float> shared, int at, int size)
    {
        var side = size + 2;
        Read(x, first, line, pixel, top, left, height, width, exists, shared, at, side);
        Patch.Input(Patch.Load(shared, at, WinogradSums.Terms * 16, side), size).Store(shared, at, WinogradSums.Terms * 16, side);
    }

    /// <summary>A part of an image to shared memory, with zeros where it lies outside.</summary>
    [MethodImpl(Inline)]
    private static void Read(ArrayView<float> x, int first, int line, int pixel, int top, int left, int height, int width, bool exists, ArrayView<float> shared, int at, int side)
    {
        for (var p = 0; p < side * side; p++)
        {
            int i = top + p / side, j = left + p % side;
            var value = Lane.Zero;
            if (exists && i >= 0 && i < height && j >= 0 && j < width) value = Lane.Load(x, first + i * line + j * pixel);
            value.Store(shared, at + p * WinogradSums.Terms * 16);
        }
    }
}
