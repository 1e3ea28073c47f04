using System.Runtime.CompilerServices;
using ILGPU;

namespace Kiln.Gpu.Kernels;

/// <summary>
/// A thread's sums of products in the transformed tiles: 16 lines by 16 columns at each place, place by place for 32 threads, 4×2 of them for each. The operands are in shared memory, [place][term][16].
/// </summary>
internal struct WinogradSums
{
    /// <summary>Terms that are in shared memory at a time.</summary>
    public const int Terms = 8;

    /// <summary>Lines and columns.</summary>
    public const int Side = 16;

    private Cell _p0, _p1, _p2, _p3, _p4, _p5, _p6, _p7, _p8;

    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>The first of the thread's places; the others are four apart.</summary>
    private static int First
    {
        [MethodImpl(Inline)]
        get => Group.IdxX / 32;
    }

    private static int Line
    {
        [MethodImpl(Inline)]
        get => Group.IdxX % 32 / 8 * 4;
    }

    private static int Column
    {
        [MethodImpl(Inline)]
        get => Group.IdxX % 8 * 2;
    }

    /// <summary>One more term.</summary>
    /// <param name="quads">Both operands, the left one first.</param>
    /// <param name="shared">The same, number by number.</param>
    /// <param name="places">16 or 36.</param>
    /// <param name="term">The term.</param>
    [MethodImpl(Inline)]
    public readonly WinogradSums Plus(ArrayView<Quad> quads, ArrayView<float> shared, int places, int term)
    {
        int step = 4 * Terms * Side, a = (First * Terms + term) * Side + Line, b = (places + First) * Terms * Side + term * Side + Column;
        var sums = new WinogradSums { _p0 = _p0.Plus(quads, shared, a, b), _p1 = _p1.Plus(quads, shared, a + step, b + step), _p2 = _p2.Plus(quads, shared, a + 2 * step, b + 2 * step), _p3 = _p3.Plus(quads, shared, a + 3 * step, b + 3 * step) };
        if (places == 16) return sums;
        sums._p4 = _p4.Plus(quads, shared, a + 4 * step, b + 4 * step);
        sums._p5 = _p5.Plus(quads, shared, a + 5 * step, b + 5 * step);
        sums._p6 = _p6.Plus(quads, shared, a + 6 * step, b + 6 * step);
        sums._p7 = _p7.Plus(quads, shared, a + 7 * step, b + 7 * step);
        sums._p8 = _p8.Plus(quads, shared, a + 8 * step, b + 8 * step);
        return sums;
    }

    [MethodImpl(Inline)]
    public static WinogradSums operator +(WinogradSums a, WinogradSums b) => new()
    {
        _p0 = a._p0 + b._p0,
        _p1 = a._p1 + b._p1,
        _p2 = a._p2 + b._p2,
        _p3 = a._p3 + b._p3,
        _p4 = a._p4 + b._p4,
        _p5 = a._p5 + b._p5,
        _p6 = a._p6 + b._p6,
        _p7 = a._p7 + b._p7,
        _p8 = a._p8 + b._p8,
    };

    /// <summary>To shared memory, [place][line][column].</summary>
    [MethodImpl(Inline)]
    public readonly void Store(ArrayView<float> shared, int places)
    {
        int step = 4 * Side * Side, at = First * Side * Side + Line * Side + Column;
        _p0.Store(shared, at);
        _p1.Store(shared, at + step);
        _p2.Store(shared, at + 2 * step);
        _p3.Store(shared, at + 3 * step);
        if (places == 16) return;
        _p4.Store(shared, at + 4 * step);
        _p5.Store(shared, at + 5 * step);
        _p6.Store(shared, at + 6 * step);
        _p7.Store(shared, at + 7 * step);
        _p8.Store(shared, at + 8 * step);
    }

    /// <summary>4×2 sums of a place.</summary>
    private struct Cell
    {
        private Lane _c00, _c01, _c10, _c11, _c20, _c21, _c30, _c31;

        [MethodImpl(Inline)]
        public readonly Cell Plus(ArrayView<Quad> quads, ArrayView<float> shared, int a, int b)
        {
            var quad = quads[a / 4];
            Lane a0 = Lane.Broadcast(quad.X0), a1 = Lane.Broadcast(quad.X1), a2 = Lane.Broadcast(quad.X2), a3 = Lane.Broadcast(quad.X3), b0 = Lane.Load(shared, b), b1 = Lane.Load(shared, b + 1);
            return new()
            {
                _c00 = Lane.MultiplyAdd(a0, b0, _c00),
                _c01 = Lane.MultiplyAdd(a0, b1, _c01),
                _c10 = Lane.MultiplyAdd(a1, b0, _c10),
                _c11 = Lane.MultiplyAdd(a1, b1, _c11),
                _c20 = Lane.MultiplyAdd(a2, b0, _c20),
                _c21 = Lane.MultiplyAdd(a2, b1, _c21),
                _c30 = Lane.MultiplyAdd(a3, b0, _c30),
                _c31 = Lane.MultiplyAdd(a3, b1, _c31),
            };
        }

        [MethodImpl(Inline)]
        public readonly void Store(ArrayView<float> shared, int at)
        {
            _c00.Store(shared, at);
            _c01.Store(shared, at + 1);
            _c10.Store(shared, at + Side);
            _c11.Store(shared, at + Side + 1);
            _c20.Store(shared, at + 2 * Side);
            _c21.Store(shared, at + 2 * Side + 1);
            _c30.Store(shared, at + 3 * Side);
            _c31.Store(shared, at + 3 * Side + 1);
        }

        [MethodImpl(Inline)]
        public static Cell operator +(Cell a, Cell b) => new()
        {
            _c00 = a._c00 + b._c00,
            _c01 = a._c01 + b._c01,
            _c10 = a._c10 + b._c10,
            _c11 = a._c11 + b._c11,
            _c20 = a._c20 + b._c20,
            _c21 = a._c21 + b._c21,
            _c30 = a._c30 + b._c30,
            _c31 = a._c31 + b._c31,
        };
    }
}
