using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>
/// The gradient of a convolution's kernel. Chain l runs over the samples n ≡ l (mod 16) and their pixels, in segments of whole rows; the 16 join by the tree that folds halves. A thread has a chain of
/// 2×2 weights; a group all 16 chains, and several segments at a time where there are few weights.
/// </summary>
public static partial class ImageTiles
{
    private const int Chains = 16;

    /// <summary>dw[(u, v, c), o] = Σ over samples and pixels of dy[o, i, j] · x[c, i · stride + u · dilation − top, j · stride + v · dilation − left].</summary>
    /// <typeparam name="TPrecision">What products are computed with.</typeparam>
    /// <param name="x">Images.</param>
    /// <param name="dy">Images; in Lanes zero in dead lanes.</param>
    /// <param name="dw">Gets dw in Panels: rows (u, v, c of the group), columns o; pad columns become zero.</param>
    /// <param name="xAt">Where numbers of x lie.</param>
    /// <param name="dyAt">Where numbers of dy lie.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    [MethodImpl(Inline)]
    public static void WeightGradient<TPrecision>(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw, ImagePlaces xAt, ImagePlaces dyAt, ImageShape s, int samples) where TPrecision : struct, IPrecision
    {
        var shared = SharedMemory.Allocate<float>(4 * Threads.Group);
        int inputs = s.Channels / s.Groups, outputs = s.OutChannels / s.Groups, depth = s.KernelHeight * s.KernelWidth * inputs;
        int parts = DeviceWork.GradientParts(depth * s.OutChannels), positions = 8 / parts, across = parts <= 2 ? 4 / parts : positions;
        // In Lanes chains are neighbours in memory, in Channels weights of neighbouring channels.
        int part = Group.IdxX / (Chains * positions), thread = Group.IdxX % (Chains * positions);
        int chain = dyAt.AreLanes ? thread % Chains : thread / positions, position = dyAt.AreLanes ? thread / Chains : thread % positions;
        int tileRows = 2 * (positions / across), tileColumns = 2 * across, tilesAcross = (outputs + tileColumns - 1) / tileColumns, tiles = tilesAcross * ((depth + tileRows - 1) / tileRows);
        int group = Grid.IdxX / tiles, tile = Grid.IdxX % tiles;
        int k = tile / tilesAcross * tileRows + position / across * 2, o = tile % tilesAcross * tileColumns + position % across * 2;
        var weights = new Weights<TPrecision>(x, dy, xAt, dyAt, s, group * inputs, group * outputs, k, o, depth, outputs);

        int rows = (samples - chain + Chains - 1) / Chains * s.OutHeight, longest = (samples + Chains - 1) / Chains * s.OutHeight, segment = (256 + s.OutWidth - 1) / s.OutWidth;
        var sum = default(Square);
        for (var round = 0; round < longest; round += parts * segment)
        {
            var from = round + part * segment;
            var sums = weights.Segment(chain, from, IntrinsicMath.Min(rows, from + segment));
            if (parts == 1)
            {
                if (from < rows) sum = round == 0 ? sums : sum.Plus(sums);
                continue;
            }
            sums.Store(shared, 4 * Group.IdxX);
            Group.Barrier();
            for (var p = 0; p < parts; p++)
            {
                var next = Square.Load(shared, 4 * (p * Chains * positions + thread));
                if (round + p * segment < rows) sum = round + p == 0 ? next : sum.Plus(next);
            }
            Group.Barrier();
        }

        if (part == 0) sum.Store(shared, 4 * (chain * positions + position));
        Group.Barrier();
        for (var half = Chains / 2; half > 0; half /= 2)
        {
            var at = 4 * (chain * positions + position);
            if (part == 0 && chain < half) Square.Load(shared, at).Plus(Square.Load(shared, at + 4 * half * positions)).Store(shared, at);
            Group.Barrier();
        }
        if (part != 0 || chain != 0) return;
        var whole = Square.Load(shared, 4 * position);
        Put(dw, s, depth, group, k, o, whole.C00);
        Put(dw, s, depth, group, k, o + 1, whole.C01);
        Put(dw, s, depth, group, k + 1, o, whole.C10);
        Put(dw, s, depth, group, k + 1, o + 1, whole.C11);
    }

    [MethodImpl(Inline)]
    private static void Put(ArrayView<float> dw, ImageShape s, int depth, int group, int k, int o, Lane sum)
    {
        var outputs = s.OutChannels / s.Groups;
        if (k >= depth || o >= outputs) return;
        var column = group * outputs + o;
        sum.Store(dw, Panels.At(k, column, depth, s.OutChannels));
        if (column != s.OutChannels - 1) return;
        for (var pad = s.OutChannels; pad < Panels.Padded(s.OutChannels); pad++) Lane.Zero.Store(dw, Panels.At(k, pad, depth, s.OutChannels));
    }

    /// <summary>2×2 weights, from row k and column o of a group.</summary>
    private readonly struct Weights<TPrecision>(ArrayView<float> x, ArrayView<float> dy, ImagePlaces xAt, ImagePlaces dyAt, ImageShape s, int channel, int output, int k, int o, int depth, int outputs) where TPrecision : struct, IPrecision
    {
        /// <summary>Their sums over some rows of pixels of a chain.</summary>
        [MethodImpl(Inline)]
        public Square Segment(int chain, int from, int end)
        {
            var sums = default(Square);
            // Of weights that do not exist, the last one's numbers are read, and the sums are not stored.
            int k0 = IntrinsicMath.Min(k, depth - 1), k1 = IntrinsicMath.Min(k + 1, depth - 1), o0 = output + IntrinsicMath.Min(o, outputs - 1), o1 = output + IntrinsicMath.Min(o + 1, outputs - 1);
            for (var row = from; row < end; row++)
            {
                int sample = row / s.OutHeight * Chains + chain, i = row % s.OutHeight;
                for (var j = 0; j < s.OutWidth; j++)
                {
                    Lane x0 = TPrecision.Operand(At(sample, i, j, k0)), x1 = TPrecision.Operand(At(sample, i, j, k1));
                    Lane dy0 = TPrecision.Operand(Lane.Load(dy, dyAt.At(sample, o0, i * s.OutWidth + j))), dy1 = TPrecision.Operand(Lane.Load(dy, dyAt.At(sample, o1, i * s.OutWidth + j)));
                    sums = new Square
                    {
                        C00 = Lane.MultiplyAdd(x0, dy0, sums.C00),
                        C01 = Lane.MultiplyAdd(x0, dy1, sums.C01),
                        C10 = Lane.MultiplyAdd(x1, dy0, sums.C10),
                        C11 = Lane.MultiplyAdd(x1, dy1, sums.C11),
                    };
                }
            }
            return sums;
        }

        /// <summary>What tap and channel k see at a pixel; outside the image −0.</summary>
        [MethodImpl(Inline)]
        private Lane At(int sample, int i, int j, int k)
        {
            int inputs = s.Channels / s.Groups, tap = k / inputs;
            int row = i * s.StrideY + tap / s.KernelWidth * s.DilationY - s.Top, column = j * s.StrideX + tap % s.KernelWidth * s.DilationX - s.Left;
            var value = Lane.Broadcast(-0f);
            if (row >= 0 && row < s.Height && column >= 0 && column < s.Width) value = Lane.Load(x, xAt.At(sample, channel + k % inputs, row * s.Width + column));
            return value;
        }
    }

    /// <summary>2×2 sums.</summary>
    private struct Square
    {
        public Lane C00, C01, C10, C11;

        [MethodImpl(Inline)]
        public static Square Load(ArrayView<float> shared, int at) => new() { C00 = Lane.Load(shared, at), C01 = Lane.Load(shared, at + 1), C10 = Lane.Load(shared, at + 2), C11 = Lane.Load(shared, at + 3) };

        [MethodImpl(Inline)]
        public readonly void Store(ArrayView<float> shared, int at)
        {
            C00.Store(shared, at);
            C01.Store(shared, at + 1);
            C10.Store(shared, at + 2);
            C11.Store(shared, at + 3);
        }

        [MethodImpl(Inline)]
        public readonly Square Plus(Square more) => new() { C00 = C00 + more.C00, C01 = C01 + more.C01, C10 = C10 + more.C10, C11 = C11 + more.C11 };
    }
}
