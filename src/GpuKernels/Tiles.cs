using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>
/// C[r, m] = Σ_k A[r, k] · B[k, m], a tile for each group of threads, through shared memory. The order of each sum is that of the CPU: k ascends in segments, each a chain of multiply-adds from zero, and
/// segments are added in order.
/// </summary>
internal static partial class Tiles
{
    /// <summary>Terms of a large tile that are in shared memory at a time.</summary>
    private const int Slab = 16;

    /// <summary>Those of a small tile, which has few numbers to a term and little to do while it waits for them.</summary>
    private const int SmallSlab = 32;

    /// <summary>Floats of shared memory that a tile needs at most: 16 terms of 256 + 4 rows and of 64 columns.</summary>
    private const int SharedFloats = Slab * (256 + 4) + Slab * 64;

    /// <summary>The group's tile of a product.</summary>
    /// <param name="a">A; lines are rows.</param>
    /// <param name="b">B; lines are columns.</param>
    /// <param name="result">Gets the sums.</param>
    /// <param name="tile">The tile's number; beyond the last one nothing is done.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="columns">Columns of B.</param>
    /// <param name="depth">Terms of a sum.</param>
    /// <param name="segment">Terms of a segment.</param>
    /// <param name="known">Terms of a sum, if every call has as many, or else 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TA, TB, TResult>(TA a, TB b, TResult result, int tile, int rows, int columns, int depth, int segment, int known)
        where TA : struct, IOperand where TB : struct, IOperand where TResult : struct, IResult
    {
        var quads = SharedMemory.Allocate<Quad>(SharedFloats / 4);
        var shared = quads.Cast<float>();
        if (TileSizes.IsLarge(rows, columns, known)) Large(a, b, result, quads, shared, tile, rows, columns, depth, segment);
        else Small(a, b, result, shared, tile, rows, columns, depth, segment, TileSizes.Split(known, segment));
    }

    /// <summary>Brings a slab of an operand to shared memory, [term][line]. What is beyond the segment is <paramref name="none"/>.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="shared">Shared memory.</param>
    /// <param name="place">Where the slab begins there.</param>
    /// <param name="pitch">From a term to the next there.</param>
    /// <param name="line">The first line.</param>
    /// <param name="lines">How many.</param>
    /// <param name="terms">Terms of the slab.</param>
    /// <param name="term">The first term.</param>
    /// <param name="end">The segment's end.</param>
    /// <param name="none">The left operand's is −0 and the right one's 0: their product changes no sum at all.</param>
    /// <param name="thread">The thread's number among those that do this.</param>
    /// <param name="threads">How many do.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill<T>(T operand, ArrayView<float> shared, int place, int pitch, int line, int lines, int terms, int term, int end, float none, int thread, int threads) where T : struct, IOperand
    {
        if (operand.LinesFirst)
        {
            for (var l = thread % lines; l < lines; l += threads)
            {
                var key = operand.Line(line + l);
                for (var k = thread / lines; k < terms; k += IntrinsicMath.Max(1, threads / lines))
                {
                    var value = Lane.Broadcast(none);
                    if (term + k < end) value = operand.At(key, operand.Term(term + k));
                    value.Store(shared, place + k * pitch + l);
                }
            }
        }
        else
        {
            var k = thread % terms;
            var key = operand.Term(term + k);
            for (var l = thread / terms; l < lines; l += threads / terms)
            {
                var value = Lane.Broadcast(none);
                if (term + k < end) value = operand.At(operand.Line(line + l), key);
                value.Store(shared, place + k * pitch + l);
            }
        }
    }
}
