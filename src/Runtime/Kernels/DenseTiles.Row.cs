using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>A single row, as in inference one sample at a time: every weight is read once, so memory is what counts.</summary>
public static unsafe partial class DenseTiles
{
    private static void MultiplyRow<V>(float* a, nint aColumn, float* b, float* c, int depth, int columns, int segment) where V : struct, IVector<V>
    {
        var sums = stackalloc float[8 * 16];
        var column = 0;
        // Four pairs of registers: 128 columns at 512 bits, 64 at 256, 32 at 128. The pairs lie within a panel or in consecutive ones.
        var perPanel = Panel / (2 * V.Count);
        var stride = perPanel == 1 ? (nint)depth * Panel : 2 * V.Count;
        var stride2 = perPanel == 4 ? 2 * stride : (nint)depth * Panel * (2 / perPanel);
        for (; columns - column > 8 * V.Count - 16; column += 8 * V.Count)
            for (var k = 0; k < depth; k += segment)
            {
                var from = b + (nint)column * depth + (nint)k * Panel;
                Four<V>(a + k * aColumn, 0, 0, 0, aColumn, from, stride, stride2, stride + stride2, Panel, Math.Min(segment, depth - k), sums);
                for (var i = 0; i < 4; i++) Put(c + column + 2 * i * V.Count, V.Load(sums + 2 * i * V.Count), V.Load(sums + (2 * i + 1) * V.Count), k == 0);
            }
        for (; column < columns; column += Panel)
        {
            var width = columns - column <= 16 ? 16 : Panel;
            if (V.Count == 16 && width == 16) RowOfPanel<V256>(a, aColumn, b + (nint)column * depth, c + column, depth, width, segment);
            else RowOfPanel<V>(a, aColumn, b + (nint)column * depth, c + column, depth, width, segment);
        }
    }

    /// <summary>One panel: four segments run side by side and are then added in order.</summary>
    private static void RowOfPanel<V>(float* a, nint aColumn, float* b, float* c, int depth, int width, int segment) where V : struct, IVector<V>
    {
        var sums = stackalloc float[8 * 16];
        for (var m = 0; m < width; m += 2 * V.Count)
        {
            var k = 0;
            for (; depth - k >= 2 * segment; k += 4 * segment)
            {
                // Where fewer than four whole ones are left, the last of them is done again and not counted.
                var whole = Math.Min(4, (depth - k) / segment);
                nint next = segment, next2 = Math.Min(2, whole - 1) * segment, next3 = (whole - 1) * segment;
                Four<V>(a + k * aColumn, next * aColumn, next2 * aColumn, next3 * aColumn, aColumn, b + m + (nint)k * width, next * width, next2 * width, next3 * width, width, segment, sums);
                for (var i = 0; i < whole; i++) Put(c + m, V.Load(sums + 2 * i * V.Count), V.Load(sums + (2 * i + 1) * V.Count), k == 0 && i == 0);
                if (whole < 4)
                {
                    k += whole * segment;
                    break;
                }
            }
            for (; k < depth; k += segment)
            {
                var operands = new Operands { AColumn = aColumn, BRow = width, Depth = Math.Min(segment, depth - k), Run = segment };
                Tile1<V>(operands, a + k * aColumn, b + m + (nint)k * width, c + m, k == 0);
            }
        }
    }

    /// <summary>Four pairs of registers, each with its own row of A and columns of B: a chain each, over depth terms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Four<V>(float* a, nint aNext, nint aNext2, nint aNext3, nint aColumn, float* b, nint bNext, nint bNext2, nint bNext3, nint bRow, nint depth, float* sums) where V : struct, IVector<V>
    {
        V c00 = V.Zero, c01 = V.Zero, c10 = V.Zero, c11 = V.Zero, c20 = V.Zero, c21 = V.Zero, c30 = V.Zero, c31 = V.Zero;
        float* b1 = b + bNext, b2 = b + bNext2, b3 = b + bNext3;
        for (nint k = 0, row = 0; k < depth; k++, row += bRow, a += aColumn)
        {
            V v0 = V.Broadcast(a[0]), v1 = V.Broadcast(a[aNext]), v2 = V.Broadcast(a[aNext2]), v3 = V.Broadcast(a[aNext3]);
            c00 = V.MultiplyAdd(v0, V.Load(b + row), c00);
            c01 = V.MultiplyAdd(v0, V.Load(b + row + V.Count), c01);
            c10 = V.MultiplyAdd(v1, V.Load(b1 + row), c10);
            c11 = V.MultiplyAdd(v1, V.Load(b1 + row + V.Count), c11);
            c20 = V.MultiplyAdd(v2, V.Load(b2 + row), c20);
            c21 = V.MultiplyAdd(v2, V.Load(b2 + row + V.Count), c21);
            c30 = V.MultiplyAdd(v3, V.Load(b3 + row), c30);
            c31 = V.MultiplyAdd(v3, V.Load(b3 + row + V.Count), c31);
        }
        Put(sums, c00, c01, first: true);
        Put(sums + 2 * V.Count, c10, c11, first: true);
        Put(sums + 4 * V.Count, c20, c21, first: true);
        Put(sums + 6 * V.Count, c30, c31, first: true);
    }
}
