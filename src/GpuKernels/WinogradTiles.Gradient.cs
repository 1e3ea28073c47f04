using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>The weight gradient, dw = Gᵀ [Σ over tiles of (Bᵀ x B) ∘ (A dy Aᵀ)] G. A group of threads has 16 channels in by 16 channels out of a group of samples, and transforms eight tiles at a time.</summary>
public static partial class WinogradTiles
{
    /// <summary>Tiles of a segment, at most.</summary>
    private const int GradientTiles = 42;

    /// <summary>The transformed gradient of each group of samples.</summary>
    /// <param name="x">Samples of [Height][Width][Channels, padded to 16].</param>
    /// <param name="dy">Samples of [OutHeight][OutWidth][OutChannels, padded to 16]; pads may hold anything.</param>
    /// <param name="sums">Gets for each group (size + 2)² matrices in Panels, as <see cref="Kernel"/> leaves a kernel; pads may hold anything.</param>
    /// <param name="xSample">From a sample of x to the next.</param>
    /// <param name="dySample">From a sample of dy to the next.</param>
    /// <param name="s">The geometry: 3×3, no stride, no dilation, one group.</param>
    /// <param name="size">Pixels of a tile along an axis, 2 or 4.</param>
    /// <param name="groups">Groups of samples.</param>
    /// <param name="samples">Samples.</param>
    [MethodImpl(Inline)]
    public static void Gradient(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> sums, int xSample, int dySample, ImageShape s, int size, int groups, int samples)
    {
        var quads = SharedMemory.Allocate<Quad>(SharedFloats / 4);
        var shared = quads.Cast<float>();
        int side = size + 2, places = side * side, depth = Panels.Padded(s.Channels), padded = Panels.Padded(s.OutChannels), panels = padded / 16, parts = depth / 16;
        int tileColumns = (s.OutWidth + size - 1) / size, tilesOfSample = (s.OutHeight + size - 1) / size * tileColumns;
        int group = Grid.IdxX / (panels * parts), channel = Grid.IdxX / panels % parts * 16, output = Grid.IdxX % panels * 16;
        int firstSample = (int)((long)samples * group / groups), tiles = ((int)((long)samples * (group + 1) / groups) - firstSample) * tilesOfSample, blocks = (tiles + GradientTiles - 1) / GradientTiles;

        // A thread transforms the patches of a tile and a channel in, and of that tile and a channel out.
        int ownTile = Group.IdxX / 16, own = Group.IdxX % 16, at = ownTile * 16 + own;
        int pixel = DeviceWork.PixelFloats(s.Channels), dyPixel = DeviceWork.PixelFloats(s.OutChannels);
        var sum = default(WinogradSums);
        for (var block = 0; block < blocks; block++)
        {
            int from = (int)((long)tiles * block / blocks), end = (int)((long)tiles * (block + 1) / blocks);
            var chain = default(WinogradSums);
            for (var first = from; first < end; first += WinogradSums.Terms)
            {
                int tile = first + ownTile, sample = firstSample + tile / tilesOfSample, top = tile % tilesOfSample / tileColumns * size, left = tile % tileColumns * size;
                TransformInput(x, sample * xSample + channel + own, s.Width * pixel, pixel, top - s.Top, left - s.Left, s.Height, s.Width, tile < end && channel + own < s.Channels, shared, at, size);
                var there = places * WinogradSums.Terms * 16 + at;
                Read(dy, sample * dySample + output + own, s.OutWidth * dyPixel, dyPixel, top, left, s.OutHeight, s.OutWidth, tile < end && output + own < s.OutChannels, shared, there, size);
                Patch.Gradient(Patch.Load(shared, there, WinogradSums.Terms * 16, size), size).Store(shared, there, WinogradSums.Terms * 16, side);
                Group.Barrier();
                var terms = IntrinsicMath.Min(WinogradSums.Terms, end - first);
                for (var t = 0; t < terms; t++) chain = chain.Plus(quads, shared, places, t);
                Group.Barrier();
            }
            sum = block == 0 ? chain : sum + chain;
        }
        sum.Store(shared, places);
        Group.Barrier();
        for (var element = Group.IdxX; element < places * 256; element += Threads.Group)
        {
            int place = element / 256, c = channel + element / 16 % 16, o = output + element % 16;
            sums[(group * places + place) * depth * padded + Panels.At(c, o, depth, s.OutChannels)] = shared[element];
        }
    }

    /// <summary>The gradient from the sums of the groups.</summary>
    /// <param name="sums">What <see cref="Gradient"/> leaves.</param>
    /// <param name="dw">Gets dw in Panels: rows (u, v, c), columns o; pad columns become zero.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="size">Pixels of a tile along an axis, 2 or 4.</param>
    /// <param name="groups">Groups of samples.</param>
    [MethodImpl(Inline)]
    public static void JoinGradient(ArrayView<float> sums, ArrayView<float> dw, int inputs, int outputs, int size, int groups)
    {
        int side = size + 2, depth = Panels.Padded(inputs), padded = Panels.Padded(outputs), c = Threads.Index / padded, o = Threads.Index % padded, place = depth * padded;
        if (c >= inputs) return;
        var at = Panels.At(c, o, depth, outputs);
        var patch = Patch.Load(sums, at, place, side);
        for (var group = 1; group < groups; group++) patch += Patch.Load(sums, at + group * side * side * place, place, side);
        patch = Patch.KernelGradient(patch, size);
        if (o >= outputs) patch = default;
        patch.Store(dw, Panels.At(c, o, 9 * inputs, outputs), inputs * Panels.Width(o, outputs), 3);
    }
}
