using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gpu.Tests.Ptx;

/// <summary>Arithmetic of integers and floats. 32 threads do an operation at a time, as vectors. Floats are rounded to nearest, keep what is subnormal, and have one NaN, as those of a GPU.</summary>
/// <remarks>Sums and products of floats without a rounding of their own (add.f32) are not here: the driver's compiler may join them to multiply-adds.</remarks>
internal static unsafe class Arithmetic
{
    public static void Register()
    {
        foreach (var type in new[] { "s32", "u32" })
        {
            InstructionTable.Add("add." + type, "iii", 1, &Two<AddInt>);
            InstructionTable.Add("sub." + type, "iii", 1, &Two<SubtractInt>);
            InstructionTable.Add("mul.lo." + type, "iii", 1, &Two<MultiplyInt>);
            InstructionTable.Add("mad.lo." + type, "iiii", 1, &Three<MultiplyAddInt>);
        }
        foreach (var type in new[] { "s64", "u64" })
        {
            InstructionTable.Add("add." + type, "lll", 1, &TwoLong<AddLong>);
            InstructionTable.Add("sub." + type, "lll", 1, &TwoLong<SubtractLong>);
            InstructionTable.Add("mul.lo." + type, "lll", 1, &TwoLong<MultiplyLong>);
        }
        InstructionTable.Add("min.s32", "iii", 1, &Two<MinInt>);
        InstructionTable.Add("max.s32", "iii", 1, &Two<MaxInt>);
        InstructionTable.Add("neg.s32", "ii", 1, &One<NegateInt>);
        InstructionTable.Add("abs.s32", "ii", 1, &One<AbsInt>);
        InstructionTable.Add("not.b32", "bb", 1, &One<NotInt>);
        InstructionTable.Add("and.b32", "bbb", 1, &Two<AndInt>);
        InstructionTable.Add("or.b32", "bbb", 1, &Two<OrInt>);
        InstructionTable.Add("xor.b32", "bbb", 1, &Two<XorInt>);
        InstructionTable.Add("and.b64", "qqq", 1, &TwoLong<AndLong>);
        InstructionTable.Add("or.b64", "qqq", 1, &TwoLong<OrLong>);
        InstructionTable.Add("xor.b64", "qqq", 1, &TwoLong<XorLong>);
        InstructionTable.Add("mov.b32", "bb", 1, &One<Same>);
        InstructionTable.Add("mov.u32", "ii", 1, &One<Same>);
        InstructionTable.Add("mov.s32", "ii", 1, &One<Same>);
        InstructionTable.Add("mov.f32", "ff", 1, &One<Same>);
        InstructionTable.Add("mov.b64", "qq", 1, &OneLong<Same>);
        InstructionTable.Add("mov.u64", "ll", 1, &OneLong<Same>);
        InstructionTable.Add("mov.f64", "dd", 1, &OneLong<Same>);

        InstructionTable.Add("add.rn.f32", "fff", 1, &Two<Add>);
        InstructionTable.Add("sub.rn.f32", "fff", 1, &Two<Subtract>);
        InstructionTable.Add("mul.rn.f32", "fff", 1, &Two<Multiply>);
        InstructionTable.Add("div.rn.f32", "fff", 1, &Two<Divide>);
        InstructionTable.Add("fma.rn.f32", "ffff", 1, &Three<MultiplyAdd>);
        InstructionTable.Add("sqrt.rn.f32", "ff", 1, &One<Sqrt>);
        InstructionTable.Add("rcp.rn.f32", "ff", 1, &One<Reciprocal>);
        InstructionTable.Add("neg.f32", "ff", 1, &One<Negate>);
        InstructionTable.Add("abs.f32", "ff", 1, &One<Abs>);

        InstructionTable.Add("add.rn.f64", "ddd", 1, &TwoLong<Add>);
        InstructionTable.Add("sub.rn.f64", "ddd", 1, &TwoLong<Subtract>);
        InstructionTable.Add("mul.rn.f64", "ddd", 1, &TwoLong<Multiply>);
        InstructionTable.Add("div.rn.f64", "ddd", 1, &TwoLong<Divide>);
        InstructionTable.Add("neg.f64", "dd", 1, &OneLong<Negate>);
        InstructionTable.Add("abs.f64", "dd", 1, &OneLong<Abs>);

        InstructionTable.Add("shl.b32", "bbi", 1, &ShiftLeft);
        InstructionTable.Add("shr.s32", "iii", 1, &ShiftRight<int>);
        InstructionTable.Add("shr.u32", "iii", 1, &ShiftRight<uint>);
        InstructionTable.Add("shl.b64", "qqi", 1, &ShiftLeftLong);
        InstructionTable.Add("shr.s64", "lli", 1, &ShiftRightLong<long>);
        InstructionTable.Add("shr.u64", "lli", 1, &ShiftRightLong<ulong>);

        InstructionTable.Add("mul.wide.u32", "lii", 1, &MultiplyWide);
        InstructionTable.Add("mul.wide.s32", "lii", 1, &Lanes.Two<WideInt, long, int, int>);
        InstructionTable.Add("mul.hi.u32", "iii", 1, &Lanes.Two<HighHalf, uint, uint, uint>);
        InstructionTable.Add("mul.hi.s32", "iii", 1, &Lanes.Two<HighHalf, int, int, int>);
        InstructionTable.Add("div.s32", "iii", 1, &Lanes.Two<Quotient, int, int, int>);
        InstructionTable.Add("div.u32", "iii", 1, &Lanes.Two<Quotient, uint, uint, uint>);
        InstructionTable.Add("rem.s32", "iii", 1, &Lanes.Two<Remainder, int, int, int>);
        InstructionTable.Add("rem.u32", "iii", 1, &Lanes.Two<Remainder, uint, uint, uint>);
        InstructionTable.Add("div.s64", "lll", 1, &Lanes.Two<Quotient, long, long, long>);
        InstructionTable.Add("rem.s64", "lll", 1, &Lanes.Two<Remainder, long, long, long>);
    }

    // Operations on registers of 32 bits.

    private interface IOne { static abstract Vector512<uint> Of(Vector512<uint> a); }

    private interface ITwo { static abstract Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b); }

    private interface IThree { static abstract Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c); }

    private interface IOneLong { static abstract Vector512<ulong> Of(Vector512<ulong> a); }

    private interface ITwoLong { static abstract Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b); }

    private static void One<T>(Warp w, Instruction i) where T : struct, IOne
    {
        var a = w.Short + i.A;
        w.Set(i.D, T.Of(Vector512.Load(a)), T.Of(Vector512.Load(a + 16)));
    }

    private static void Two<T>(Warp w, Instruction i) where T : struct, ITwo
    {
        uint* a = w.Short + i.A, b = w.Short + i.B;
        w.Set(i.D, T.Of(Vector512.Load(a), Vector512.Load(b)), T.Of(Vector512.Load(a + 16), Vector512.Load(b + 16)));
    }

    private static void Three<T>(Warp w, Instruction i) where T : struct, IThree
    {
        uint* a = w.Short + i.A, b = w.Short + i.B, c = w.Short + i.C;
        w.Set(i.D, T.Of(Vector512.Load(a), Vector512.Load(b), Vector512.Load(c)), T.Of(Vector512.Load(a + 16), Vector512.Load(b + 16), Vector512.Load(c + 16)));
    }

    private static void OneLong<T>(Warp w, Instruction i) where T : struct, IOneLong
    {
        var a = w.Long + i.A;
        for (var part = 0; part < 4; part++) w.SetLong(i.D, part, T.Of(Vector512.Load(a + 8 * part)));
    }

    private static void TwoLong<T>(Warp w, Instruction i) where T : struct, ITwoLong
    {
        ulong* a = w.Long + i.A, b = w.Long + i.B;
        for (var part = 0; part < 4; part++) w.SetLong(i.D, part, T.Of(Vector512.Load(a + 8 * part), Vector512.Load(b + 8 * part)));
    }

    /// <summary>The index of an array becomes an address so.</summary>
    private static void MultiplyWide(Warp w, Instruction i)
    {
        uint* a = w.Short + i.A, b = w.Short + i.B;
        for (var half = 0; half < 2; half++)
        {
            var (a0, a1) = Vector512.Widen(Vector512.Load(a + 16 * half));
            var (b0, b1) = Vector512.Widen(Vector512.Load(b + 16 * half));
            w.SetLong(i.D, 2 * half, a0 * b0);
            w.SetLong(i.D, 2 * half + 1, a1 * b1);
        }
    }

    // Of a shift by more bits than there are nothing is left but the sign.

    private static void ShiftLeft(Warp w, Instruction i)
    {
        uint* a = w.Short + i.A, b = w.Short + i.B;
        if (i.IsConstantB && *b < 32)
        {
            w.Set(i.D, Vector512.Load(a) << (int)*b, Vector512.Load(a + 16) << (int)*b);
            return;
        }
        for (var mask = w.Mask; mask != 0; mask &= mask - 1)
        {
            var lane = System.Numerics.BitOperations.TrailingZeroCount(mask);
            w.Short[i.D + lane] = b[lane] < 32 ? a[lane] << (int)b[lane] : 0;
        }
    }

    private static void ShiftRight<T>(Warp w, Instruction i) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        T* a = (T*)(w.Short + i.A), d = (T*)(w.Short + i.D);
        var b = w.Short + i.B;
        if (i.IsConstantB && *b < 32)
        {
            w.Set(i.D, (Vector512.Load(a) >> (int)*b).AsUInt32(), (Vector512.Load(a + 16) >> (int)*b).AsUInt32());
            return;
        }
        for (var mask = w.Mask; mask != 0; mask &= mask - 1)
        {
            var lane = System.Numerics.BitOperations.TrailingZeroCount(mask);
            d[lane] = b[lane] < 32 ? a[lane] >> (int)b[lane] : a[lane] >> 31 >> 1;
        }
    }

    private static void ShiftLeftLong(Warp w, Instruction i)
    {
        for (var mask = w.Mask; mask != 0; mask &= mask - 1)
        {
            var lane = System.Numerics.BitOperations.TrailingZeroCount(mask);
            var by = w.Short[i.B + lane];
            w.Long[i.D + lane] = by < 64 ? w.Long[i.A + lane] << (int)by : 0;
        }
    }

    private static void ShiftRightLong<T>(Warp w, Instruction i) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        T* a = (T*)(w.Long + i.A), d = (T*)(w.Long + i.D);
        for (var mask = w.Mask; mask != 0; mask &= mask - 1)
        {
            var lane = System.Numerics.BitOperations.TrailingZeroCount(mask);
            var by = w.Short[i.B + lane];
            d[lane] = by < 64 ? a[lane] >> (int)by : a[lane] >> 63 >> 1;
        }
    }

    /// <summary>A NaN that comes out of an operation is this one.</summary>
    private static Vector512<uint> Number(Vector512<float> a) => Vector512.ConditionalSelect(Vector512.Equals(a, a).AsUInt32(), a.AsUInt32(), Vector512.Create(0x7FFFFFFFu));

    private static Vector512<ulong> Number(Vector512<double> a) => Vector512.ConditionalSelect(Vector512.Equals(a, a).AsUInt64(), a.AsUInt64(), Vector512.Create(0x7FF8000000000000u));

    private readonly struct Same : IOne, IOneLong
    {
        public static Vector512<uint> Of(Vector512<uint> a) => a;

        public static Vector512<ulong> Of(Vector512<ulong> a) => a;
    }

    private readonly struct AddInt : ITwo { public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => a + b; }

    private readonly struct SubtractInt : ITwo { public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => a - b; }

    private readonly struct MultiplyInt : ITwo { public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => a * b; }

    private readonly struct MultiplyAddInt : IThree { public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) => a * b + c; }

    private readonly struct MinInt : ITwo { public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => Vector512.Min(a.AsInt32(), b.AsInt32()).AsUInt32(); }

    private readonly struct MaxInt : ITwo { public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => Vector512.Max(a.AsInt32(), b.AsInt32()).AsUInt32(); }

    private readonly struct NegateInt : IOne { public static Vector512<uint> Of(Vector512<uint> a) => Vector512<uint>.Zero - a; }

    private readonly struct AbsInt : IOne { public static Vector512<uint> Of(Vector512<uint> a) => Vector512.Abs(a.AsInt32()).AsUInt32(); }

    private readonly struct NotInt : IOne { public static Vector512<uint> Of(Vector512<uint> a) => ~a; }

    private readonly struct AndInt : ITwo { public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => a & b; }

    private readonly struct OrInt : ITwo { public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => a | b; }

    private readonly struct XorInt : ITwo { public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => a ^ b; }

    private readonly struct AddLong : ITwoLong { public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => a + b; }

    private readonly struct SubtractLong : ITwoLong { public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => a - b; }

    private readonly struct MultiplyLong : ITwoLong { public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => a * b; }

    private readonly struct AndLong : ITwoLong { public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => a & b; }

    private readonly struct OrLong : ITwoLong { public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => a | b; }

    private readonly struct XorLong : ITwoLong { public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => a ^ b; }

    private readonly struct Add : ITwo, ITwoLong
    {
        public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => Number(a.AsSingle() + b.AsSingle());

        public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => Number(a.AsDouble() + b.AsDouble());
    }

    private readonly struct Subtract : ITwo, ITwoLong
    {
        public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => Number(a.AsSingle() - b.AsSingle());

        public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => Number(a.AsDouble() - b.AsDouble());
    }

    private readonly struct Multiply : ITwo, ITwoLong
    {
        public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => Number(a.AsSingle() * b.AsSingle());

        public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => Number(a.AsDouble() * b.AsDouble());
    }

    private readonly struct Divide : ITwo, ITwoLong
    {
        public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b) => Number(a.AsSingle() / b.AsSingle());

        public static Vector512<ulong> Of(Vector512<ulong> a, Vector512<ulong> b) => Number(a.AsDouble() / b.AsDouble());
    }

    private readonly struct MultiplyAdd : IThree
    {
        public static Vector512<uint> Of(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) => Number(Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()));
    }

    private readonly struct Sqrt : IOne { public static Vector512<uint> Of(Vector512<uint> a) => Number(Vector512.Sqrt(a.AsSingle())); }

    private readonly struct Reciprocal : IOne { public static Vector512<uint> Of(Vector512<uint> a) => Number(Vector512<float>.One / a.AsSingle()); }

    private readonly struct Negate : IOne, IOneLong
    {
        public static Vector512<uint> Of(Vector512<uint> a) => a ^ Vector512.Create(0x80000000u);

        public static Vector512<ulong> Of(Vector512<ulong> a) => a ^ Vector512.Create(0x8000000000000000u);
    }

    private readonly struct Abs : IOne, IOneLong
    {
        public static Vector512<uint> Of(Vector512<uint> a) => a & Vector512.Create(0x7FFFFFFFu);

        public static Vector512<ulong> Of(Vector512<ulong> a) => a & Vector512.Create(0x7FFFFFFFFFFFFFFFu);
    }

    private readonly struct WideInt : Lanes.ITwo<long, int, int> { public static long Of(int a, int b) => (long)a * b; }

    private readonly struct HighHalf : Lanes.ITwo<uint, uint, uint>, Lanes.ITwo<int, int, int>
    {
        public static uint Of(uint a, uint b) => (uint)(((ulong)a * b) >> 32);

        public static int Of(int a, int b) => (int)(((long)a * b) >> 32);
    }

    // A GPU has a number for a division by zero; a kernel that does that is wrong. −a / 1 is a / −1, but for the number that has no opposite.

    private readonly struct Quotient : Lanes.ITwo<int, int, int>, Lanes.ITwo<uint, uint, uint>, Lanes.ITwo<long, long, long>
    {
        public static int Of(int a, int b) => b == -1 ? -a : a / Divisor(b);

        public static uint Of(uint a, uint b) => a / Divisor(b);

        public static long Of(long a, long b) => b == -1 ? -a : a / Divisor(b);
    }

    private readonly struct Remainder : Lanes.ITwo<int, int, int>, Lanes.ITwo<uint, uint, uint>, Lanes.ITwo<long, long, long>
    {
        public static int Of(int a, int b) => b == -1 ? 0 : a % Divisor(b);

        public static uint Of(uint a, uint b) => a % Divisor(b);

        public static long Of(long a, long b) => b == -1 ? 0 : a % Divisor(b);
    }

    private static T Divisor<T>(T b) where T : System.Numerics.INumber<T> => T.IsZero(b) ? throw new DivideByZeroException() : b;
}
