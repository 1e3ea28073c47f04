using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>Products of numbers with 10 bits of mantissa. On CUDA large tiles are computed by tensor cores, a warp's 32×32 sums at a time; all else is computed as products of float32 are.</summary>
internal static partial class Tiles
{
    /// <inheritdoc cref="Multiply"/>
    /// <remarks>On tensor cores the sums of a segment have no order that is known; segments are added in order.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyRounded<TA, TB, TResult>(TA a, TB b, TResult result, int tile, int rows, int columns, int depth, int segment, int known)
        where TA : struct, IOperand where TB : struct, IOperand where TResult : struct, IResult
    {
        var quads = SharedMemory.Allocate<Quad>(SharedFloats / 4);
        var shared = quads.Cast<float>();
        if (!TileSizes.IsLarge(rows, columns, known))
        {
            Small(a, b, result, shared, tile, rows, columns, depth, segment, TileSizes.Split(known, segment));
            return;
        }
        // ILGPU leaves out the code of other targets where this is a switch; a comparison it does not fold.
        switch (Accelerator.CurrentType)
        {
            case AcceleratorType.Cuda:
                OnTensorCores(a, b, result, shared, tile, rows, columns, depth, segment);
                break;
            case AcceleratorType.OpenCL:
            case AcceleratorType.CPU:
                Large(a, b, result, quads, shared, tile, rows, columns, depth, segment);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OnTensorCores<TA, TB, TResult>(TA a, TB b, TResult result, ArrayView<float> shared, int tile, int rows, int columns, int depth, int segment)
        where TA : struct, IOperand where TB : struct, IOperand where TResult : struct, IResult
    {
        int tileColumns = TileSizes.LargeColumns(columns), tileRows = TileSizes.LargeRows(columns);
        var tilesAcross = (columns + tileColumns - 1) / tileColumns;
        int firstRow = tile / tilesAcross * tileRows, firstColumn = tile % tilesAcross * tileColumns;
        // A warp has 32×32 sums, or 64×16 where the tile has but 16 columns.
        var isNarrow = tileColumns == 16;
        int warp = Group.IdxX / 32, across = isNarrow ? 1 : tileColumns / 32, first = Group.IdxX % 32 / 4, second = Group.IdxX % 4;
        int row = warp / across * (isNarrow ? 64 : 32), column = warp % across * 32;
        // Terms lie eight floats further apart than lines need: the 32 threads of a warp, which read four terms of eight lines, read from all banks.
        int pitchA = tileRows + 8, pitchB = tileColumns + 8, slabB = Slab * pitchA;
        int placeA = second * pitchA + row + first, placeB = slabB + second * pitchB + column + first;
        var sum = default(WarpSums);
        for (var from = 0; from < depth; from += segment)
        {
            var end = IntrinsicMath.Min(depth, from + segment);
            var chain = default(WarpSums);
            for (var k = from; k < end; k += Slab)
            {
                Fill(a, shared, 0, pitchA, firstRow, tileRows, Slab, k, end, -0f, Group.IdxX, TileSizes.Group);
                Fill(b, shared, slabB, pitchB, firstColumn, tileColumns, Slab, k, end, 0f, Group.IdxX, TileSizes.Group);
                Group.Barrier();
                for (var i = 0; i < Slab; i += 8) chain = chain.Plus(shared, placeA + i * pitchA, pitchA, placeB + i * pitchB, pitchB, isNarrow);
                Group.Barrier();
            }
            sum = from == 0 ? chain : sum.Plus(chain);
        }
        var pitch = tileColumns + 1;
        sum.Store(shared, (row + first) * pitch + column + 2 * second, pitch, isNarrow);
        Group.Barrier();
        Put(result, shared, pitch, firstRow, firstColumn, tileRows, tileColumns, rows, columns);
    }

    /// <summary>Eight tiles of 16×8 sums, side by side in two rows of four, or in four rows of two where they are narrow. A thread has four sums of each.</summary>
    private struct WarpSums
    {
        private Quad _t0, _t1, _t2, _t3, _t4, _t5, _t6, _t7;

        /// <summary>Eight more terms.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly WarpSums Plus(ArrayView<float> shared, int a, int pitchA, int b, int pitchB, bool isNarrow)
        {
            Quad a0 = Left(shared, a, pitchA), a1 = Left(shared, a + 16, pitchA);
            Pair b0 = Right(shared, b, pitchB), b1 = Right(shared, b + 8, pitchB);
            if (isNarrow)
            {
                Quad a2 = Left(shared, a + 32, pitchA), a3 = Left(shared, a + 48, pitchA);
                return new()
                {
                    _t0 = TensorCores.MultiplyAdd(a0, b0, _t0),
                    _t1 = TensorCores.MultiplyAdd(a0, b1, _t1),
                    _t2 = TensorCores.MultiplyAdd(a1, b0, _t2),
                    _t3 = TensorCores.MultiplyAdd(a1, b1, _t3),
                    _t4 = TensorCores.MultiplyAdd(a2, b0, _t4),
                    _t5 = TensorCores.MultiplyAdd(a2, b1, _t5),
                    _t6 = TensorCores.MultiplyAdd(a3, b0, _t6),
                    _t7 = TensorCores.MultiplyAdd(a3, b1, _t7),
                };
            }
            Pair b2 = Right(shared, b + 16, pitchB), b3 = Right(shared, b + 24, pitchB);
            return new()
            {
                _t0 = TensorCores.MultiplyAdd(a0, b0, _t0),
                _t1 = TensorCores.MultiplyAdd(a0, b1, _t1),
                _t2 = TensorCores.MultiplyAdd(a0, b2, _t2),
                _t3 = TensorCores.MultiplyAdd(a0, b3, _t3),
                _t4 = TensorCores.MultiplyAdd(a1, b0, _t4),
                _t5 = TensorCores.MultiplyAdd(a1, b1, _t5),
                _t6 = TensorCores.MultiplyAdd(a1, b2, _t6),
                _t7 = TensorCores.MultiplyAdd(a1, b3, _t7),
            };
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly WarpSums Plus(WarpSums more) => new()
        {
            _t0 = Sum(_t0, more._t0),
            _t1 = Sum(_t1, more._t1),
            _t2 = Sum(_t2, more._t2),
            _t3 = Sum(_t3, more._t3),
            _t4 = Sum(_t4, more._t4),
            _t5 = Sum(_t5, more._t5),
            _t6 = Sum(_t6, more._t6),
            _t7 = Sum(_t7, more._t7),
        };

        /// <summary>To shared memory, row by row.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(ArrayView<float> shared, int at, int pitch, bool isNarrow)
        {
            var across = isNarrow ? 2 : 4;
            Store(shared, at, pitch, across, 0, _t0);
            Store(shared, at, pitch, across, 1, _t1);
            Store(shared, at, pitch, across, 2, _t2);
            Store(shared, at, pitch, across, 3, _t3);
            Store(shared, at, pitch, across, 4, _t4);
            Store(shared, at, pitch, across, 5, _t5);
            Store(shared, at, pitch, across, 6, _t6);
            Store(shared, at, pitch, across, 7, _t7);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store(ArrayView<float> shared, int at, int pitch, int across, int tile, Quad sums)
        {
            at += tile / across * 16 * pitch + tile % across * 8;
            shared[at] = sums.X0;
            shared[at + 1] = sums.X1;
            shared[at + 8 * pitch] = sums.X2;
            shared[at + 8 * pitch + 1] = sums.X3;
        }

        /// <summary>The thread's part of 16 lines and 8 terms of the left operand, of which this is the first.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Quad Left(ArrayView<float> shared, int at, int pitch) => new(shared[at], shared[at + 8], shared[at + 4 * pitch], shared[at + 4 * pitch + 8]);

        /// <summary>The thread's part of 8 lines and 8 terms of the right operand.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Pair Right(ArrayView<float> shared, int at, int pitch) => new(shared[at], shared[at + 4 * pitch]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Quad Sum(Quad a, Quad b) => new(Numerics.Add(a.X0, b.X0), Numerics.Add(a.X1, b.X1), Numerics.Add(a.X2, b.X2), Numerics.Add(a.X3, b.X3));
    }
}
