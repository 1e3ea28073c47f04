using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Kiln.Kernels;

/// <summary>
/// The register tiles: R rows by two registers of columns, each a chain of multiply-adds over one segment. They differ
/// in R alone; the accumulators must be locals, so the R lines are written out.
/// </summary>
public static unsafe partial class DenseTiles
{
    /// <summary>How many terms ahead A is fetched: about the time that the L2 cache takes.</summary>
    private const int TermsAhead = 8;

    /// <summary>How a tile walks its operands.</summary>
    private struct Operands
    {
        /// <summary>From a row of A to the next.</summary>
        public nint ARow;

        /// <summary>From a column of A to the next.</summary>
        public nint AColumn;

        /// <summary>Columns of A at that distance; then <see cref="Jump"/> leads from the last one's end to the next run.</summary>
        public nint Run, Jump;

        /// <summary>From a row of B to the next.</summary>
        public nint BRow;

        /// <summary>From a row of C to the next.</summary>
        public nint CRow;

        /// <summary>Terms of the segment.</summary>
        public nint Depth;

        /// <summary>Whether this segment is the last one, and D is added to the finished sums.</summary>
        public bool Adds;

        /// <summary>From a row of D to the next.</summary>
        public nint DRow;

        /// <summary>What the next panel needs first, and how much of it is fetched with every term; where it is null, A is fetched some terms ahead.</summary>
        public float* Next;
        public nint NextStep;
    }

    /// <summary>
    /// Fetches a line into the cache that the processor would not foresee: rows of A whole kilobytes apart, a panel that lies elsewhere.
    /// Any address will do.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* line)
    {
        if (Sse.IsSupported) Sse.Prefetch0(line);
    }

    /// <summary>Fetches what a tile of D needs when it ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FetchRows<V>(float* d, nint row, int rows) where V : struct, IVector<V>
    {
        for (var r = 0; r < rows; r++, d += row)
        {
            Fetch(d);
            if (V.Count == 16) Fetch(d + 16);
        }
    }

    /// <summary>Ends a segment of a row: the first one is the sum so far, the others are added to it. With the last one comes D.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<V>(in Operands s, float* tile, float* d, nint row, V v0, V v1, bool first) where V : struct, IVector<V>
    {
        var c = tile + row * s.CRow;
        if (!first) (v0, v1) = (V.Load(c) + v0, V.Load(c + V.Count) + v1);
        if (s.Adds)
        {
            d += row * s.DRow;
            (v0, v1) = (v0 + V.Load(d), v1 + V.Load(d + V.Count));
        }
        v0.Store(c);
        v1.Store(c + V.Count);
    }

    /// <summary>The tile that does most of the work: many in a row, so that one begins while the other ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile12<V>(in Operands s, float* start, float* panel, float* c, float* d, nint tiles, bool first) where V : struct, IVector<V>
    {
        nint aRow = s.ARow, aColumn = s.AColumn, bRow = s.BRow;
        nint aRow2 = 2 * aRow, nextRow = aRow + aColumn, nextRow2 = aRow2 + aColumn;
        var next = s.Next;
        var aheadA = TermsAhead * aColumn;
        var aheadStep = next != null ? s.NextStep : aColumn;
        for (; tiles > 0; tiles--, start += 12 * aRow, c += 12 * s.CRow, d += 12 * s.DRow)
        {
            V c00 = V.Zero, c01 = V.Zero;
            V c10 = V.Zero, c11 = V.Zero;
            V c20 = V.Zero, c21 = V.Zero;
            V c30 = V.Zero, c31 = V.Zero;
            V c40 = V.Zero, c41 = V.Zero;
            V c50 = V.Zero, c51 = V.Zero;
            V c60 = V.Zero, c61 = V.Zero;
            V c70 = V.Zero, c71 = V.Zero;
            V c80 = V.Zero, c81 = V.Zero;
            V c90 = V.Zero, c91 = V.Zero;
            V c100 = V.Zero, c101 = V.Zero;
            V c110 = V.Zero, c111 = V.Zero;
            float* a = start, b = panel;
            var a1 = a + 3 * aRow;
            var a2 = a + 6 * aRow;
            var a3 = a + 9 * aRow;
            var ahead = next != null ? next : a3 + aRow2 + TermsAhead * aColumn;
            if (next != null) next += s.Depth * aheadStep;
            if (s.Adds) FetchRows<V>(d, s.DRow, 12);
            else FetchRows<V>(c, s.CRow, 12);
            for (var left = s.Depth; left > 0; left -= s.Run)
            {
                var k = Math.Min(left, s.Run);
                for (; k > 1; k -= 2)
                {
                    Fetch(ahead);
                    Fetch(a + aheadA);
                    V b0 = V.Load(b), b1 = V.Load(b + V.Count);
                    var v = V.Broadcast(a[0]); c00 = V.MultiplyAdd(v, b0, c00); c01 = V.MultiplyAdd(v, b1, c01);
                    v = V.Broadcast(a[aRow]); c10 = V.MultiplyAdd(v, b0, c10); c11 = V.MultiplyAdd(v, b1, c11);
                    v = V.Broadcast(a[aRow2]); c20 = V.MultiplyAdd(v, b0, c20); c21 = V.MultiplyAdd(v, b1, c21);
                    v = V.Broadcast(a1[0]); c30 = V.MultiplyAdd(v, b0, c30); c31 = V.MultiplyAdd(v, b1, c31);
                    v = V.Broadcast(a1[aRow]); c40 = V.MultiplyAdd(v, b0, c40); c41 = V.MultiplyAdd(v, b1, c41);
                    v = V.Broadcast(a1[aRow2]); c50 = V.MultiplyAdd(v, b0, c50); c51 = V.MultiplyAdd(v, b1, c51);
                    v = V.Broadcast(a2[0]); c60 = V.MultiplyAdd(v, b0, c60); c61 = V.MultiplyAdd(v, b1, c61);
                    v = V.Broadcast(a2[aRow]); c70 = V.MultiplyAdd(v, b0, c70); c71 = V.MultiplyAdd(v, b1, c71);
                    v = V.Broadcast(a2[aRow2]); c80 = V.MultiplyAdd(v, b0, c80); c81 = V.MultiplyAdd(v, b1, c81);
                    v = V.Broadcast(a3[0]); c90 = V.MultiplyAdd(v, b0, c90); c91 = V.MultiplyAdd(v, b1, c91);
                    v = V.Broadcast(a3[aRow]); c100 = V.MultiplyAdd(v, b0, c100); c101 = V.MultiplyAdd(v, b1, c101);
                    v = V.Broadcast(a3[aRow2]); c110 = V.MultiplyAdd(v, b0, c110); c111 = V.MultiplyAdd(v, b1, c111);
                    Fetch(ahead + aheadStep);
                    Fetch(a + aheadA + aColumn);
                    (b0, b1) = (V.Load(b + bRow), V.Load(b + bRow + V.Count));
                    v = V.Broadcast(a[aColumn]); c00 = V.MultiplyAdd(v, b0, c00); c01 = V.MultiplyAdd(v, b1, c01);
                    v = V.Broadcast(a[nextRow]); c10 = V.MultiplyAdd(v, b0, c10); c11 = V.MultiplyAdd(v, b1, c11);
                    v = V.Broadcast(a[nextRow2]); c20 = V.MultiplyAdd(v, b0, c20); c21 = V.MultiplyAdd(v, b1, c21);
                    v = V.Broadcast(a1[aColumn]); c30 = V.MultiplyAdd(v, b0, c30); c31 = V.MultiplyAdd(v, b1, c31);
                    v = V.Broadcast(a1[nextRow]); c40 = V.MultiplyAdd(v, b0, c40); c41 = V.MultiplyAdd(v, b1, c41);
                    v = V.Broadcast(a1[nextRow2]); c50 = V.MultiplyAdd(v, b0, c50); c51 = V.MultiplyAdd(v, b1, c51);
                    v = V.Broadcast(a2[aColumn]); c60 = V.MultiplyAdd(v, b0, c60); c61 = V.MultiplyAdd(v, b1, c61);
                    v = V.Broadcast(a2[nextRow]); c70 = V.MultiplyAdd(v, b0, c70); c71 = V.MultiplyAdd(v, b1, c71);
                    v = V.Broadcast(a2[nextRow2]); c80 = V.MultiplyAdd(v, b0, c80); c81 = V.MultiplyAdd(v, b1, c81);
                    v = V.Broadcast(a3[aColumn]); c90 = V.MultiplyAdd(v, b0, c90); c91 = V.MultiplyAdd(v, b1, c91);
                    v = V.Broadcast(a3[nextRow]); c100 = V.MultiplyAdd(v, b0, c100); c101 = V.MultiplyAdd(v, b1, c101);
                    v = V.Broadcast(a3[nextRow2]); c110 = V.MultiplyAdd(v, b0, c110); c111 = V.MultiplyAdd(v, b1, c111);
                    a += 2 * aColumn;
                    a1 += 2 * aColumn;
                    a2 += 2 * aColumn;
                    a3 += 2 * aColumn;
                    b += 2 * bRow;
                    ahead += 2 * aheadStep;
                }
                if (k > 0)
                {
                    Fetch(ahead);
                    V b0 = V.Load(b), b1 = V.Load(b + V.Count);
                    var v = V.Broadcast(a[0]); c00 = V.MultiplyAdd(v, b0, c00); c01 = V.MultiplyAdd(v, b1, c01);
                    v = V.Broadcast(a[aRow]); c10 = V.MultiplyAdd(v, b0, c10); c11 = V.MultiplyAdd(v, b1, c11);
                    v = V.Broadcast(a[aRow2]); c20 = V.MultiplyAdd(v, b0, c20); c21 = V.MultiplyAdd(v, b1, c21);
                    v = V.Broadcast(a1[0]); c30 = V.MultiplyAdd(v, b0, c30); c31 = V.MultiplyAdd(v, b1, c31);
                    v = V.Broadcast(a1[aRow]); c40 = V.MultiplyAdd(v, b0, c40); c41 = V.MultiplyAdd(v, b1, c41);
                    v = V.Broadcast(a1[aRow2]); c50 = V.MultiplyAdd(v, b0, c50); c51 = V.MultiplyAdd(v, b1, c51);
                    v = V.Broadcast(a2[0]); c60 = V.MultiplyAdd(v, b0, c60); c61 = V.MultiplyAdd(v, b1, c61);
                    v = V.Broadcast(a2[aRow]); c70 = V.MultiplyAdd(v, b0, c70); c71 = V.MultiplyAdd(v, b1, c71);
                    v = V.Broadcast(a2[aRow2]); c80 = V.MultiplyAdd(v, b0, c80); c81 = V.MultiplyAdd(v, b1, c81);
                    v = V.Broadcast(a3[0]); c90 = V.MultiplyAdd(v, b0, c90); c91 = V.MultiplyAdd(v, b1, c91);
                    v = V.Broadcast(a3[aRow]); c100 = V.MultiplyAdd(v, b0, c100); c101 = V.MultiplyAdd(v, b1, c101);
                    v = V.Broadcast(a3[aRow2]); c110 = V.MultiplyAdd(v, b0, c110); c111 = V.MultiplyAdd(v, b1, c111);
                    a += aColumn;
                    a1 += aColumn;
                    a2 += aColumn;
                    a3 += aColumn;
                    b += bRow;
                    ahead += aheadStep;
                }
                a += s.Jump;
                a1 += s.Jump;
                a2 += s.Jump;
                a3 += s.Jump;
            }
            Put(s, c, d, 0, c00, c01, first);
            Put(s, c, d, 1, c10, c11, first);
            Put(s, c, d, 2, c20, c21, first);
            Put(s, c, d, 3, c30, c31, first);
            Put(s, c, d, 4, c40, c41, first);
            Put(s, c, d, 5, c50, c51, first);
            Put(s, c, d, 6, c60, c61, first);
            Put(s, c, d, 7, c70, c71, first);
            Put(s, c, d, 8, c80, c81, first);
            Put(s, c, d, 9, c90, c91, first);
            Put(s, c, d, 10, c100, c101, first);
            Put(s, c, d, 11, c110, c111, first);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile8<V>(in Operands s, float* a, float* b, float* c, float* d, bool first) where V : struct, IVector<V>
    {
        V c00 = V.Zero, c01 = V.Zero;
        V c10 = V.Zero, c11 = V.Zero;
        V c20 = V.Zero, c21 = V.Zero;
        V c30 = V.Zero, c31 = V.Zero;
        V c40 = V.Zero, c41 = V.Zero;
        V c50 = V.Zero, c51 = V.Zero;
        V c60 = V.Zero, c61 = V.Zero;
        V c70 = V.Zero, c71 = V.Zero;
        nint aRow = s.ARow, aColumn = s.AColumn, bRow = s.BRow;
        if (s.Adds) FetchRows<V>(d, s.DRow, 8);
        else FetchRows<V>(c, s.CRow, 8);
        var aRow2 = 2 * aRow;
        var a1 = a + 3 * aRow;
        var a2 = a + 6 * aRow;
        for (var left = s.Depth; left > 0; left -= s.Run)
        {
            for (var k = Math.Min(left, s.Run); k > 0; k--)
            {
                V b0 = V.Load(b), b1 = V.Load(b + V.Count);
                var v = V.Broadcast(a[0]); c00 = V.MultiplyAdd(v, b0, c00); c01 = V.MultiplyAdd(v, b1, c01);
                v = V.Broadcast(a[aRow]); c10 = V.MultiplyAdd(v, b0, c10); c11 = V.MultiplyAdd(v, b1, c11);
                v = V.Broadcast(a[aRow2]); c20 = V.MultiplyAdd(v, b0, c20); c21 = V.MultiplyAdd(v, b1, c21);
                v = V.Broadcast(a1[0]); c30 = V.MultiplyAdd(v, b0, c30); c31 = V.MultiplyAdd(v, b1, c31);
                v = V.Broadcast(a1[aRow]); c40 = V.MultiplyAdd(v, b0, c40); c41 = V.MultiplyAdd(v, b1, c41);
                v = V.Broadcast(a1[aRow2]); c50 = V.MultiplyAdd(v, b0, c50); c51 = V.MultiplyAdd(v, b1, c51);
                v = V.Broadcast(a2[0]); c60 = V.MultiplyAdd(v, b0, c60); c61 = V.MultiplyAdd(v, b1, c61);
                v = V.Broadcast(a2[aRow]); c70 = V.MultiplyAdd(v, b0, c70); c71 = V.MultiplyAdd(v, b1, c71);
                a += aColumn;
                a1 += aColumn;
                a2 += aColumn;
                b += bRow;
            }
            a += s.Jump;
            a1 += s.Jump;
            a2 += s.Jump;
        }
        Put(s, c, d, 0, c00, c01, first);
        Put(s, c, d, 1, c10, c11, first);
        Put(s, c, d, 2, c20, c21, first);
        Put(s, c, d, 3, c30, c31, first);
        Put(s, c, d, 4, c40, c41, first);
        Put(s, c, d, 5, c50, c51, first);
        Put(s, c, d, 6, c60, c61, first);
        Put(s, c, d, 7, c70, c71, first);
    }

    /// <remarks>Two terms a turn: with half as many lanes the counting would otherwise take an eighth of the instructions.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile6<V>(in Operands s, float* a, float* b, float* c, float* d, bool first) where V : struct, IVector<V>
    {
        V c00 = V.Zero, c01 = V.Zero;
        V c10 = V.Zero, c11 = V.Zero;
        V c20 = V.Zero, c21 = V.Zero;
        V c30 = V.Zero, c31 = V.Zero;
        V c40 = V.Zero, c41 = V.Zero;
        V c50 = V.Zero, c51 = V.Zero;
        nint aRow = s.ARow, aColumn = s.AColumn, bRow = s.BRow;
        nint aRow2 = 2 * aRow, next = aRow + aColumn, next2 = aRow2 + aColumn;
        var a1 = a + 3 * aRow;
        for (var left = s.Depth; left > 0; left -= s.Run)
        {
            var k = Math.Min(left, s.Run);
            for (; k > 1; k -= 2)
            {
                Fetch(a + TermsAhead * aColumn);
                V b0 = V.Load(b), b1 = V.Load(b + V.Count);
                var v = V.Broadcast(a[0]); c00 = V.MultiplyAdd(v, b0, c00); c01 = V.MultiplyAdd(v, b1, c01);
                v = V.Broadcast(a[aRow]); c10 = V.MultiplyAdd(v, b0, c10); c11 = V.MultiplyAdd(v, b1, c11);
                v = V.Broadcast(a[aRow2]); c20 = V.MultiplyAdd(v, b0, c20); c21 = V.MultiplyAdd(v, b1, c21);
                v = V.Broadcast(a1[0]); c30 = V.MultiplyAdd(v, b0, c30); c31 = V.MultiplyAdd(v, b1, c31);
                v = V.Broadcast(a1[aRow]); c40 = V.MultiplyAdd(v, b0, c40); c41 = V.MultiplyAdd(v, b1, c41);
                v = V.Broadcast(a1[aRow2]); c50 = V.MultiplyAdd(v, b0, c50); c51 = V.MultiplyAdd(v, b1, c51);
                (b0, b1) = (V.Load(b + bRow), V.Load(b + bRow + V.Count));
                v = V.Broadcast(a[aColumn]); c00 = V.MultiplyAdd(v, b0, c00); c01 = V.MultiplyAdd(v, b1, c01);
                v = V.Broadcast(a[next]); c10 = V.MultiplyAdd(v, b0, c10); c11 = V.MultiplyAdd(v, b1, c11);
                v = V.Broadcast(a[next2]); c20 = V.MultiplyAdd(v, b0, c20); c21 = V.MultiplyAdd(v, b1, c21);
                v = V.Broadcast(a1[aColumn]); c30 = V.MultiplyAdd(v, b0, c30); c31 = V.MultiplyAdd(v, b1, c31);
                v = V.Broadcast(a1[next]); c40 = V.MultiplyAdd(v, b0, c40); c41 = V.MultiplyAdd(v, b1, c41);
                v = V.Broadcast(a1[next2]); c50 = V.MultiplyAdd(v, b0, c50); c51 = V.MultiplyAdd(v, b1, c51);
                a += 2 * aColumn;
                a1 += 2 * aColumn;
                b += 2 * bRow;
            }
            if (k > 0)
            {
                V b0 = V.Load(b), b1 = V.Load(b + V.Count);
                var v = V.Broadcast(a[0]); c00 = V.MultiplyAdd(v, b0, c00); c01 = V.MultiplyAdd(v, b1, c01);
                v = V.Broadcast(a[aRow]); c10 = V.MultiplyAdd(v, b0, c10); c11 = V.MultiplyAdd(v, b1, c11);
                v = V.Broadcast(a[aRow2]); c20 = V.MultiplyAdd(v, b0, c20); c21 = V.MultiplyAdd(v, b1, c21);
                v = V.Broadcast(a1[0]); c30 = V.MultiplyAdd(v, b0, c30); c31 = V.MultiplyAdd(v, b1, c31);
                v = V.Broadcast(a1[aRow]); c40 = V.MultiplyAdd(v, b0, c40); c41 = V.MultiplyAdd(v, b1, c41);
                v = V.Broadcast(a1[aRow2]); c50 = V.MultiplyAdd(v, b0, c50); c51 = V.MultiplyAdd(v, b1, c51);
                a += aColumn;
                a1 += aColumn;
                b += bRow;
            }
            a += s.Jump;
            a1 += s.Jump;
        }
        Put(s, c, d, 0, c00, c01, first);
        Put(s, c, d, 1, c10, c11, first);
        Put(s, c, d, 2, c20, c21, first);
        Put(s, c, d, 3, c30, c31, first);
        Put(s, c, d, 4, c40, c41, first);
        Put(s, c, d, 5, c50, c51, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile4<V>(in Operands s, float* a, float* b, float* c, float* d, bool first) where V : struct, IVector<V>
    {
        V c00 = V.Zero, c01 = V.Zero;
        V c10 = V.Zero, c11 = V.Zero;
        V c20 = V.Zero, c21 = V.Zero;
        V c30 = V.Zero, c31 = V.Zero;
        nint aRow = s.ARow, aColumn = s.AColumn, bRow = s.BRow;
        var aRow2 = 2 * aRow;
        var a1 = a + 3 * aRow;
        for (var left = s.Depth; left > 0; left -= s.Run)
        {
            for (var k = Math.Min(left, s.Run); k > 0; k--)
            {
                V b0 = V.Load(b), b1 = V.Load(b + V.Count);
                var v = V.Broadcast(a[0]); c00 = V.MultiplyAdd(v, b0, c00); c01 = V.MultiplyAdd(v, b1, c01);
                v = V.Broadcast(a[aRow]); c10 = V.MultiplyAdd(v, b0, c10); c11 = V.MultiplyAdd(v, b1, c11);
                v = V.Broadcast(a[aRow2]); c20 = V.MultiplyAdd(v, b0, c20); c21 = V.MultiplyAdd(v, b1, c21);
                v = V.Broadcast(a1[0]); c30 = V.MultiplyAdd(v, b0, c30); c31 = V.MultiplyAdd(v, b1, c31);
                a += aColumn;
                a1 += aColumn;
                b += bRow;
            }
            a += s.Jump;
            a1 += s.Jump;
        }
        Put(s, c, d, 0, c00, c01, first);
        Put(s, c, d, 1, c10, c11, first);
        Put(s, c, d, 2, c20, c21, first);
        Put(s, c, d, 3, c30, c31, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile2<V>(in Operands s, float* a, float* b, float* c, float* d, bool first) where V : struct, IVector<V>
    {
        V c00 = V.Zero, c01 = V.Zero;
        V c10 = V.Zero, c11 = V.Zero;
        nint aRow = s.ARow, aColumn = s.AColumn, bRow = s.BRow;
        for (var left = s.Depth; left > 0; left -= s.Run)
        {
            for (var k = Math.Min(left, s.Run); k > 0; k--)
            {
                V b0 = V.Load(b), b1 = V.Load(b + V.Count);
                var v = V.Broadcast(a[0]); c00 = V.MultiplyAdd(v, b0, c00); c01 = V.MultiplyAdd(v, b1, c01);
                v = V.Broadcast(a[aRow]); c10 = V.MultiplyAdd(v, b0, c10); c11 = V.MultiplyAdd(v, b1, c11);
                a += aColumn;
                b += bRow;
            }
            a += s.Jump;
        }
        Put(s, c, d, 0, c00, c01, first);
        Put(s, c, d, 1, c10, c11, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile1<V>(in Operands s, float* a, float* b, float* c, float* d, bool first) where V : struct, IVector<V>
    {
        V c00 = V.Zero, c01 = V.Zero;
        nint aRow = s.ARow, aColumn = s.AColumn, bRow = s.BRow;
        for (var left = s.Depth; left > 0; left -= s.Run)
        {
            for (var k = Math.Min(left, s.Run); k > 0; k--)
            {
                V b0 = V.Load(b), b1 = V.Load(b + V.Count);
                var v = V.Broadcast(a[0]); c00 = V.MultiplyAdd(v, b0, c00); c01 = V.MultiplyAdd(v, b1, c01);
                a += aColumn;
                b += bRow;
            }
            a += s.Jump;
        }
        Put(s, c, d, 0, c00, c01, first);
    }
}
