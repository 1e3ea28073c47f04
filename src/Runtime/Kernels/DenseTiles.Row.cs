using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>A single row, as in inference one sample at a time: every weight is read once, so memory is what counts.</summary>
public static unsafe partial class DenseTiles
{
    /// <summary>Segments whose sums wait side by side until they are added in order.</summary>
    private const int WaitingSegments = 32;

    /// <summary>Terms of the longest panel that is met line after line: a processor has about so many waiting.</summary>
    private const int ShortPanel = 80;

    /// <summary>Weights (32 KB) that stay in the L1 cache from call to call.</summary>
    private const int NearFloats = 8 * 1024;

    /// <remarks>
    /// Calls that alternate in direction meet first what the last one left in the cache: weights that do not quite fit would otherwise
    /// have evicted themselves by the time they are wanted again. Every sum is the same.
    /// </remarks>
    [SkipLocalsInit]
    private static void MultiplyRow<V>(in Product p, int segment, bool backward) where V : struct, IVector<V>
    {
        float* a = p.A, b = p.B, c = p.C;
        var (aColumn, depth, columns) = (p.AColumn, p.Depth, p.Columns);

        if (V.Count == 16 && depth <= segment)
        {
            ShortRow<V>(p, backward);
            return;
        }

        // Lines that another thread has written or read last travel while the sums are made, not one by one as they are wanted.
        for (nint k = 0; k < depth * aColumn; k += 16) Fetch(a + k);
        for (var m = 0; m < columns; m += 16) V128.Zero.Store(c + m);
        var sums = stackalloc float[8 * 16 * WaitingSegments];
        var wide = 8 * V.Count;
        var groups = (columns + 15) / wide;
        var rest = groups * wide;
        if (backward) RestOfRow<V>(a, aColumn, b, c, depth, rest, columns, segment, sums, backward);
        for (var i = 0; i < groups; i++)
        {
            var column = (backward ? groups - 1 - i : i) * wide;
            Group<V>(a, aColumn, b + (nint)column * depth, c + column, depth, pairs: 4, segment, sums, backward);
        }
        if (!backward) RestOfRow<V>(a, aColumn, b, c, depth, rest, columns, segment, sums, backward);
        if (p.Added != null) Finish<V>(c, p.Added, (columns + 15) & ~15, p.Relu);
    }

    /// <summary>C + D, or max(0, C + D), in the place of C.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<V>(float* c, float* d, int columns, bool relu) where V : struct, IVector<V>
    {
        var floor = V.Broadcast(relu ? 0 : float.NegativeInfinity);
        for (var m = 0; m < columns; m += V.Count) V.Max(floor, V.Load(c + m) + V.Load(d + m)).Store(c + m);
    }

    /// <summary>
    /// A row of one segment at 512 bits. Weights that fit the L1 cache are met four panels at a time, so that there are chains enough. Others are met panel after panel, a line of
    /// memory after the other, as processors read fastest: they begin the next panel while the chains of the last one go on.
    /// </summary>
    private static void ShortRow<V>(in Product p, bool backward) where V : struct, IVector<V>
    {
        nint term = p.AColumn, depth = p.Depth, panel = depth * Panel;
        var panels = (p.Columns + 15) / Panel;
        var most = depth > ShortPanel || panels * panel <= NearFloats ? 4 : 1;
        for (int i = 0, count; i < panels; i += count)
        {
            count = Math.Min(most, panels - i);
            if (count == 3) count = 2;
            var first = backward ? panels - i - count : i;
            float* b = p.B + first * panel, c = p.C + first * Panel;
            if (count == 4) Wide<V>(p.A, term, b, panel, 2 * panel, depth, c);
            else if (count == 2) Two<V>(p.A, term, b, panel, depth, c);
            else One<V>(p.A, term, b, depth, c);
        }
        // Of 16 or fewer.
        var rest = panels * Panel;
        if (p.Columns > rest) RowOfPanel<V256>(p.A, term, p.B + rest * depth, p.C + rest, p.Depth, 16, p.Depth);
        if (p.Added != null) Finish<V>(p.C, p.Added, (p.Columns + 15) & ~15, p.Relu);
    }

    /// <summary>One pair of registers with one row of A: a chain each, over depth terms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void One<V>(float* a, nint aColumn, float* b, nint depth, float* sums) where V : struct, IVector<V>
    {
        V c0 = V.Zero, c1 = V.Zero;
        nint term2 = 2 * aColumn, term3 = 3 * aColumn;
        for (; depth > 3; depth -= 4, a += 4 * aColumn, b += 4 * Panel)
        {
            var v = V.Broadcast(a[0]); c0 = V.MultiplyAdd(v, V.Load(b), c0); c1 = V.MultiplyAdd(v, V.Load(b + V.Count), c1);
            v = V.Broadcast(a[aColumn]); c0 = V.MultiplyAdd(v, V.Load(b + Panel), c0); c1 = V.MultiplyAdd(v, V.Load(b + Panel + V.Count), c1);
            v = V.Broadcast(a[term2]); c0 = V.MultiplyAdd(v, V.Load(b + 2 * Panel), c0); c1 = V.MultiplyAdd(v, V.Load(b + 2 * Panel + V.Count), c1);
            v = V.Broadcast(a[term3]); c0 = V.MultiplyAdd(v, V.Load(b + 3 * Panel), c0); c1 = V.MultiplyAdd(v, V.Load(b + 3 * Panel + V.Count), c1);
        }
        for (; depth > 0; depth--, a += aColumn, b += Panel)
        {
            var v = V.Broadcast(a[0]); c0 = V.MultiplyAdd(v, V.Load(b), c0); c1 = V.MultiplyAdd(v, V.Load(b + V.Count), c1);
        }
        Put(sums, c0, c1, first: true);
    }

    /// <summary>
    /// Pairs of registers side by side: four are 128 columns at 512 bits, 64 at 256, 32 at 128. They lie within a panel or in
    /// consecutive ones. Two are two panels at 512 bits.
    /// </summary>
    private static void Group<V>(float* a, nint aColumn, float* b, float* c, int depth, int pairs, int segment, float* sums, bool backward) where V : struct, IVector<V>
    {
        var perPanel = Panel / (2 * V.Count);
        var next = perPanel == 1 ? (nint)depth * Panel : 2 * V.Count;
        var next2 = perPanel == 4 ? 2 * next : (nint)depth * Panel * (2 / perPanel);
        var size = 2 * pairs * V.Count;
        for (var from = 0; from < depth; from += WaitingSegments * segment)
        {
            var segments = Math.Min(WaitingSegments, Ceiling(depth - from, segment));
            for (var i = 0; i < segments; i++)
            {
                var s = backward ? segments - 1 - i : i;
                var k = from + s * segment;
                var terms = Math.Min(segment, depth - k);
                if (pairs == 4) Wide<V>(a + k * aColumn, aColumn, b + (nint)k * Panel, next, next2, terms, sums + s * size);
                else Two<V>(a + k * aColumn, aColumn, b + (nint)k * Panel, next, terms, sums + s * size);
            }
            for (var s = 0; s < segments; s++)
                for (var m = 0; m < size; m += 2 * V.Count) Put(c + m, V.Load(sums + s * size + m), V.Load(sums + s * size + m + V.Count), from == 0 && s == 0);
        }
    }

    /// <summary>The panels that do not fill a group of four pairs.</summary>
    private static void RestOfRow<V>(float* a, nint aColumn, float* b, float* c, int depth, int from, int columns, int segment, float* sums, bool backward) where V : struct, IVector<V>
    {
        if (V.Count == 16 && columns - from > Panel + 16)
        {
            Group<V>(a, aColumn, b + (nint)from * depth, c + from, depth, pairs: 2, segment, sums, backward);
            from += 2 * Panel;
        }
        if (columns - from > 16)
        {
            RowOfPanel<V>(a, aColumn, b + (nint)from * depth, c + from, depth, Panel, segment);
            from += Panel;
        }
        if (columns <= from) return;
        if (V.Count == 16) RowOfPanel<V256>(a, aColumn, b + (nint)from * depth, c + from, depth, 16, segment);
        else RowOfPanel<V>(a, aColumn, b + (nint)from * depth, c + from, depth, 16, segment);
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
                Tile1<V>(operands, a + k * aColumn, b + m + (nint)k * width, c + m, null, 1, k == 0);
            }
        }
    }

    /// <summary>Four pairs of registers with one row of A: a chain each, over depth terms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Wide<V>(float* a, nint aColumn, float* b, nint bNext, nint bNext2, nint depth, float* sums) where V : struct, IVector<V>
    {
        V c00 = V.Zero, c01 = V.Zero, c10 = V.Zero, c11 = V.Zero, c20 = V.Zero, c21 = V.Zero, c30 = V.Zero, c31 = V.Zero;
        var b2 = b + bNext2;
        for (; depth > 0; depth--, a += aColumn, b += Panel, b2 += Panel)
        {
            var v = V.Broadcast(a[0]);
            c00 = V.MultiplyAdd(v, V.Load(b), c00);
            c01 = V.MultiplyAdd(v, V.Load(b + V.Count), c01);
            c10 = V.MultiplyAdd(v, V.Load(b + bNext), c10);
            c11 = V.MultiplyAdd(v, V.Load(b + bNext + V.Count), c11);
            c20 = V.MultiplyAdd(v, V.Load(b2), c20);
            c21 = V.MultiplyAdd(v, V.Load(b2 + V.Count), c21);
            c30 = V.MultiplyAdd(v, V.Load(b2 + bNext), c30);
            c31 = V.MultiplyAdd(v, V.Load(b2 + bNext + V.Count), c31);
        }
        Put(sums, c00, c01, first: true);
        Put(sums + 2 * V.Count, c10, c11, first: true);
        Put(sums + 4 * V.Count, c20, c21, first: true);
        Put(sums + 6 * V.Count, c30, c31, first: true);
    }

    /// <summary>Two pairs of registers with one row of A: a chain each, over depth terms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Two<V>(float* a, nint aColumn, float* b, nint bNext, nint depth, float* sums) where V : struct, IVector<V>
    {
        V c00 = V.Zero, c01 = V.Zero, c10 = V.Zero, c11 = V.Zero;
        for (; depth > 0; depth--, a += aColumn, b += Panel)
        {
            var v = V.Broadcast(a[0]);
            c00 = V.MultiplyAdd(v, V.Load(b), c00);
            c01 = V.MultiplyAdd(v, V.Load(b + V.Count), c01);
            c10 = V.MultiplyAdd(v, V.Load(b + bNext), c10);
            c11 = V.MultiplyAdd(v, V.Load(b + bNext + V.Count), c11);
        }
        Put(sums, c00, c01, first: true);
        Put(sums + 2 * V.Count, c10, c11, first: true);
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

    /// <summary>Ends a segment: the first one is the sum so far, the others are added to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<V>(float* c, V v0, V v1, bool first) where V : struct, IVector<V>
    {
        if (!first) (v0, v1) = (V.Load(c) + v0, V.Load(c + V.Count) + v1);
        v0.Store(c);
        v1.Store(c + V.Count);
    }
}
