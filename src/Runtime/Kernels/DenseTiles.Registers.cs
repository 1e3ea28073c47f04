using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Kiln.Kernels;

/// <summary>What the register tiles share: R rows by two registers of columns, each a chain of multiply-adds over one segment. src/Tiles writes them.</summary>
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

        /// <summary>Whether this segment is the last one, and D is added to the finished sums; then, whether what is below zero becomes zero.</summary>
        public bool Adds, Relu;

        /// <summary>From a row of D to the next.</summary>
        public nint DRow;

        /// <summary>What of the next panel is fetched first, and how much with every term; where it is null, A is fetched some terms ahead.</summary>
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
}
