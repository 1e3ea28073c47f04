using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>Large tiles: 8×4 sums a thread, in registers.</summary>
internal static partial class Tiles
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Large<TA, TB, TResult>(TA a, TB b, TResult result, ArrayView<Quad> quads, ArrayView<float> shared, int tile, int rows, int columns, int depth, int segment)
        where TA : struct, IOperand where TB : struct, IOperand where TResult : struct, IResult
    {
        int across = TileSizes.LargeAcross(columns), tileColumns = TileSizes.LargeColumns(columns), tileRows = TileSizes.LargeRows(columns);
        var tilesAcross = (columns + tileColumns - 1) / tileColumns;
        int firstRow = tile / tilesAcross * tileRows, firstColumn = tile % tilesAcross * tileColumns;
        int row = Group.IdxX / across * 8, column = Group.IdxX % across * 4;
        // Terms of A lie four floats further apart than rows need, so that threads with neighbouring terms write to other banks.
        int pitchA = tileRows + 4, slabB = Slab * pitchA;
        var sum = default(Eight);
        for (var from = 0; from < depth; from += segment)
        {
            var end = IntrinsicMath.Min(depth, from + segment);
            var chain = default(Eight);
            for (var k = from; k < end; k += Slab)
            {
                Fill(a, shared, 0, pitchA, firstRow, tileRows, Slab, k, end, -0f, Group.IdxX, TileSizes.Group);
                Fill(b, shared, slabB, tileColumns, firstColumn, tileColumns, Slab, k, end, 0f, Group.IdxX, TileSizes.Group);
                Group.Barrier();
                for (var i = 0; i < Slab; i++) chain = chain.Plus(quads, (i * pitchA + row) / 4, Four.Load(quads, (slabB + i * tileColumns + column) / 4));
                Group.Barrier();
            }
            sum = from == 0 ? chain : sum.Plus(chain);
        }
        // By shared memory to neighbours in memory. A row is one float longer, so that rows of a column are in other banks.
        var pitch = tileColumns + 1;
        sum.Store(shared, row * pitch + column, pitch);
        Group.Barrier();
        Put(result, shared, pitch, firstRow, firstColumn, tileRows, tileColumns, rows, columns);
    }

    /// <summary>A tile's sums from shared memory, neighbours in memory by neighbouring threads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TResult>(TResult result, ArrayView<float> shared, int pitch, int firstRow, int firstColumn, int tileRows, int tileColumns, int rows, int columns) where TResult : struct, IResult
    {
        for (var i = 0; i < tileRows * tileColumns / TileSizes.Group; i++)
        {
            var element = Group.IdxX + i * TileSizes.Group;
            int r, m;
            if (result.RowsFirst) (r, m) = (element % tileRows, element / tileRows);
            else (r, m) = (element / tileColumns, element % tileColumns);
            if (firstRow + r < rows && firstColumn + m < columns) result.Put(firstRow + r, firstColumn + m, Lane.Load(shared, r * pitch + m));
        }
    }

    /// <summary>Four sums of a row.</summary>
    private struct Four
    {
        public Lane C0, C1, C2, C3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Four Load(ArrayView<Quad> shared, int at)
        {
            var quad = shared[at];
            return new() { C0 = Lane.Broadcast(quad.X0), C1 = Lane.Broadcast(quad.X1), C2 = Lane.Broadcast(quad.X2), C3 = Lane.Broadcast(quad.X3) };
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(ArrayView<float> shared, int at)
        {
            C0.Store(shared, at);
            C1.Store(shared, at + 1);
            C2.Store(shared, at + 2);
            C3.Store(shared, at + 3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Four MultiplyAdd(Lane a, Four b, Four c) =>
            new() { C0 = Lane.MultiplyAdd(a, b.C0, c.C0), C1 = Lane.MultiplyAdd(a, b.C1, c.C1), C2 = Lane.MultiplyAdd(a, b.C2, c.C2), C3 = Lane.MultiplyAdd(a, b.C3, c.C3) };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Four operator +(Four a, Four b) => new() { C0 = a.C0 + b.C0, C1 = a.C1 + b.C1, C2 = a.C2 + b.C2, C3 = a.C3 + b.C3 };
    }

    /// <summary>A thread's sums: eight rows of four.</summary>
    private struct Eight
    {
        private Four _r0, _r1, _r2, _r3, _r4, _r5, _r6, _r7;

        /// <summary>One more term: of A, eight numbers that lie side by side, and of B four.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Eight Plus(ArrayView<Quad> shared, int at, Four b)
        {
            Four a = Four.Load(shared, at), more = Four.Load(shared, at + 1);
            return new()
            {
                _r0 = Four.MultiplyAdd(a.C0, b, _r0),
                _r1 = Four.MultiplyAdd(a.C1, b, _r1),
                _r2 = Four.MultiplyAdd(a.C2, b, _r2),
                _r3 = Four.MultiplyAdd(a.C3, b, _r3),
                _r4 = Four.MultiplyAdd(more.C0, b, _r4),
                _r5 = Four.MultiplyAdd(more.C1, b, _r5),
                _r6 = Four.MultiplyAdd(more.C2, b, _r6),
                _r7 = Four.MultiplyAdd(more.C3, b, _r7),
            };
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Eight Plus(Eight more) => new()
        {
            _r0 = _r0 + more._r0,
            _r1 = _r1 + more._r1,
            _r2 = _r2 + more._r2,
            _r3 = _r3 + more._r3,
            _r4 = _r4 + more._r4,
            _r5 = _r5 + more._r5,
            _r6 = _r6 + more._r6,
            _r7 = _r7 + more._r7,
        };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(ArrayView<float> shared, int at, int pitch)
        {
            _r0.Store(shared, at);
            _r1.Store(shared, at + pitch);
            _r2.Store(shared, at + 2 * pitch);
            _r3.Store(shared, at + 3 * pitch);
            _r4.Store(shared, at + 4 * pitch);
            _r5.Store(shared, at + 5 * pitch);
            _r6.Store(shared, at + 6 * pitch);
            _r7.Store(shared, at + 7 * pitch);
        }
    }
}
