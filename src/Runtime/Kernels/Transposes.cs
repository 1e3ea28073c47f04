using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kiln.Kernels;

/// <summary>Transposition of small blocks of floats, in registers where the processor can.</summary>
internal static unsafe class Transposes
{
    /// <summary>to[c, r] = from[min(r, rows - 1), c] for r below 16 and c below columns (at most 16): missing rows repeat the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Repeating(float* from, nint fromRow, int rows, float* to, nint toRow, int columns)
    {
        var last = rows - 1;
        var c = 0;
        if (Avx.IsSupported)
        {
            for (; columns - c >= 8; c += 8)
                for (var r = 0; r < 16; r += 8)
                {
                    var block = from + c;
                    Eight(
                        block + Math.Min(r, last) * fromRow, block + Math.Min(r + 1, last) * fromRow, block + Math.Min(r + 2, last) * fromRow, block + Math.Min(r + 3, last) * fromRow,
                        block + Math.Min(r + 4, last) * fromRow, block + Math.Min(r + 5, last) * fromRow, block + Math.Min(r + 6, last) * fromRow, block + Math.Min(r + 7, last) * fromRow,
                        to + c * toRow + r, toRow);
                }
        }
        for (; c < columns; c++)
            for (var r = 0; r < 16; r++) to[c * toRow + r] = from[Math.Min(r, last) * fromRow + c];
    }

    /// <summary>to[c, r] = from[r, c] for r below rows and c below columns, both at most 16; zeros for r from rows to 15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Padding(float* from, nint fromRow, int rows, float* to, nint toRow, int columns)
    {
        if (rows == 16)
        {
            Repeating(from, fromRow, 16, to, toRow, columns);
            return;
        }
        var first = 0;
        if (Avx.IsSupported)
        {
            // Rows that are missing are read from eight zeros.
            var zeros = stackalloc float[8];
            Vector256<float>.Zero.Store(zeros);
            for (; columns - first >= 8; first += 8)
                for (var r = 0; r < 16; r += 8)
                {
                    if (r >= rows)
                    {
                        for (var c = first; c < first + 8; c++) Vector256<float>.Zero.Store(to + c * toRow + r);
                        continue;
                    }
                    var block = from + first;
                    Eight(Row(r), Row(r + 1), Row(r + 2), Row(r + 3), Row(r + 4), Row(r + 5), Row(r + 6), Row(r + 7), to + first * toRow + r, toRow);

                    [MethodImpl(MethodImplOptions.AggressiveInlining)]
                    float* Row(int row) => row < rows ? block + row * fromRow : zeros;
                }
        }
        for (var c = first; c < columns; c++)
            for (var r = 0; r < 16; r++) to[c * toRow + r] = r < rows ? from[r * fromRow + c] : 0;
    }

    /// <summary>to[c, r] = from[r, c] for r below rows and c below columns, both at most 16; nothing else is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Exact(float* from, nint fromRow, int rows, float* to, nint toRow, int columns)
    {
        for (var r = 0; r < rows; r += 8, from += 8 * fromRow, to += 8)
        {
            var some = Math.Min(8, rows - r);
            var c = 0;
            if (some == 8 && Avx.IsSupported)
            {
                for (; columns - c >= 8; c += 8)
                {
                    var block = from + c;
                    Eight(block, block + fromRow, block + 2 * fromRow, block + 3 * fromRow, block + 4 * fromRow, block + 5 * fromRow, block + 6 * fromRow, block + 7 * fromRow, to + c * toRow, toRow);
                }
            }
            for (; c < columns; c++)
                for (var i = 0; i < some; i++) to[c * toRow + i] = from[i * fromRow + c];
        }
    }

    /// <summary>Transposes eight rows of eight: halves are joined from memory, then pairs and quadruples interleaved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(float* r0, float* r1, float* r2, float* r3, float* r4, float* r5, float* r6, float* r7, float* to, nint toRow)
    {
        Four(r0, r1, r2, r3, r4, r5, r6, r7, to, toRow);
        Four(r0 + 4, r1 + 4, r2 + 4, r3 + 4, r4 + 4, r5 + 4, r6 + 4, r7 + 4, to + 4 * toRow, toRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(float* r0, float* r1, float* r2, float* r3, float* r4, float* r5, float* r6, float* r7, float* to, nint toRow)
    {
        var v0 = Vector256.Create(Vector128.Load(r0), Vector128.Load(r4));
        var v1 = Vector256.Create(Vector128.Load(r1), Vector128.Load(r5));
        var v2 = Vector256.Create(Vector128.Load(r2), Vector128.Load(r6));
        var v3 = Vector256.Create(Vector128.Load(r3), Vector128.Load(r7));
        var low01 = Avx.UnpackLow(v0, v1);
        var high01 = Avx.UnpackHigh(v0, v1);
        var low23 = Avx.UnpackLow(v2, v3);
        var high23 = Avx.UnpackHigh(v2, v3);
        Avx.Shuffle(low01, low23, 0b01_00_01_00).Store(to);
        Avx.Shuffle(low01, low23, 0b11_10_11_10).Store(to + toRow);
        Avx.Shuffle(high01, high23, 0b01_00_01_00).Store(to + 2 * toRow);
        Avx.Shuffle(high01, high23, 0b11_10_11_10).Store(to + 3 * toRow);
    }
}
