using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>Small tiles: 2×2 sums a thread. The threads of a group are parted among several segments, whose sums meet in shared memory and are added in order.</summary>
internal static partial class Tiles
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Small<TA, TB, TResult>(TA a, TB b, TResult result, ArrayView<float> shared, int tile, int rows, int columns, int depth, int segment, int split)
        where TA : struct, IOperand where TB : struct, IOperand where TResult : struct, IResult
    {
        int across = TileSizes.SmallAcross(split, columns), tileColumns = TileSizes.SmallColumns(split, columns), tileRows = TileSizes.SmallRows(split, columns), threads = TileSizes.Group / split;
        var tilesAcross = (columns + tileColumns - 1) / tileColumns;
        int firstRow = tile / tilesAcross * tileRows, firstColumn = tile % tilesAcross * tileColumns;
        int part = Group.IdxX / threads, thread = Group.IdxX % threads;
        int row = thread / across * 2, column = thread % across;
        // Slabs of each part, then the sums of each part's segment, then the sums so far.
        int slabA = part * SmallSlab * (tileRows + tileColumns), slabB = slabA + SmallSlab * tileRows;
        int sums = split * SmallSlab * (tileRows + tileColumns), size = tileRows * tileColumns, total = sums + split * size;
        for (var round = 0; round < depth; round += split * segment)
        {
            var from = round + part * segment;
            var end = IntrinsicMath.Min(depth, from + segment);
            Lane c00 = Lane.Zero, c01 = Lane.Zero, c10 = Lane.Zero, c11 = Lane.Zero;
            // All parts take as many turns as the first one's segment has.
            var turns = IntrinsicMath.Min(depth - round, segment);
            for (var k = 0; k < turns; k += SmallSlab)
            {
                Fill(a, shared, slabA, tileRows, firstRow, tileRows, SmallSlab, from + k, end, -0f, thread, threads);
                Fill(b, shared, slabB, tileColumns, firstColumn, tileColumns, SmallSlab, from + k, end, 0f, thread, threads);
                Group.Barrier();
                for (var i = 0; i < SmallSlab; i++)
                {
                    Lane a0 = Lane.Load(shared, slabA + i * tileRows + row), a1 = Lane.Load(shared, slabA + i * tileRows + row + 1);
                    Lane b0 = Lane.Load(shared, slabB + i * tileColumns + column), b1 = Lane.Load(shared, slabB + i * tileColumns + column + across);
                    c00 = Lane.MultiplyAdd(a0, b0, c00);
                    c01 = Lane.MultiplyAdd(a0, b1, c01);
                    c10 = Lane.MultiplyAdd(a1, b0, c10);
                    c11 = Lane.MultiplyAdd(a1, b1, c11);
                }
                Group.Barrier();
            }
            var at = sums + part * size + row * tileColumns + column;
            c00.Store(shared, at);
            c01.Store(shared, at + across);
            c10.Store(shared, at + tileColumns);
            c11.Store(shared, at + tileColumns + across);
            Group.Barrier();
            for (var i = 0; i < size / TileSizes.Group; i++)
            {
                var element = Group.IdxX + i * TileSizes.Group;
                var sum = Lane.Load(shared, sums + element);
                if (round > 0) sum = Lane.Load(shared, total + element) + sum;
                for (var s = 1; s < split; s++)
                    if (round + s * segment < depth) sum += Lane.Load(shared, sums + s * size + element);
                sum.Store(shared, total + element);
            }
            Group.Barrier();
        }
        for (var i = 0; i < size / TileSizes.Group; i++)
        {
            var element = Group.IdxX + i * TileSizes.Group;
            int r, m;
            if (result.RowsFirst) (r, m) = (element % tileRows, element / tileRows);
            else (r, m) = (element / tileColumns, element % tileColumns);
            if (firstRow + r < rows && firstColumn + m < columns) result.Put(firstRow + r, firstColumn + m, Lane.Load(shared, total + r * tileColumns + m));
        }
    }
}
