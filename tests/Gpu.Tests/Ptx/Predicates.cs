using System.Runtime.Intrinsics;

namespace Gpu.Tests.Ptx;

/// <summary>Comparisons, what is chosen by them, and predicates. A predicate is a bit for each thread of a warp. No comparison with a NaN is true.</summary>
internal static unsafe class Predicates
{
    public static void Register()
    {
        Compare<int>("s32", "pii");
        Compare<uint>("u32", "pii");
        Compare<float>("f32", "pff");
        Compare<long>("s64", "pll");
        Compare<ulong>("u64", "pll");
        Compare<double>("f64", "pdd");
        // Whole numbers without a sign have names of their own besides.
        foreach (var (type, operands) in new[] { ("u32", "pii"), ("u64", "pll") })
        {
            InstructionTable.Add("setp.lo." + type, operands, 1, type == "u32" ? &Test<Less, uint> : &Test<Less, ulong>);
            InstructionTable.Add("setp.ls." + type, operands, 1, type == "u32" ? &Test<LessOrEqual, uint> : &Test<LessOrEqual, ulong>);
            InstructionTable.Add("setp.hi." + type, operands, 1, type == "u32" ? &Test<Greater, uint> : &Test<Greater, ulong>);
            InstructionTable.Add("setp.hs." + type, operands, 1, type == "u32" ? &Test<GreaterOrEqual, uint> : &Test<GreaterOrEqual, ulong>);
        }
        foreach (var (type, operands) in new[] { ("b32", "bbbp"), ("s32", "iiip"), ("u32", "iiip"), ("f32", "fffp") }) InstructionTable.Add("selp." + type, operands, 1, &Select);
        foreach (var (type, operands) in new[] { ("b64", "qqqp"), ("s64", "lllp"), ("u64", "lllp"), ("f64", "dddp") }) InstructionTable.Add("selp." + type, operands, 1, &SelectLong);
        InstructionTable.Add("mov.pred", "pp", 1, &Move);
        InstructionTable.Add("not.pred", "pp", 1, &Not);
        InstructionTable.Add("and.pred", "ppp", 1, &And);
        InstructionTable.Add("or.pred", "ppp", 1, &Or);
        InstructionTable.Add("xor.pred", "ppp", 1, &Xor);
    }

    private static void Compare<T>(string type, string operands) where T : unmanaged
    {
        InstructionTable.Add("setp.eq." + type, operands, 1, &Test<Equal, T>);
        InstructionTable.Add("setp.ne." + type, operands, 1, &Test<NotEqual, T>);
        InstructionTable.Add("setp.lt." + type, operands, 1, &Test<Less, T>);
        InstructionTable.Add("setp.le." + type, operands, 1, &Test<LessOrEqual, T>);
        InstructionTable.Add("setp.gt." + type, operands, 1, &Test<Greater, T>);
        InstructionTable.Add("setp.ge." + type, operands, 1, &Test<GreaterOrEqual, T>);
    }

    private static void Test<TCompare, T>(Warp w, Instruction i) where TCompare : struct, ICompare where T : unmanaged
    {
        uint bits = 0;
        if (sizeof(T) == 8)
        {
            T* a = (T*)(w.Long + i.A), b = (T*)(w.Long + i.B);
            for (var part = 0; part < 4; part++) bits |= (uint)TCompare.Of(Vector512.Load(a + 8 * part), Vector512.Load(b + 8 * part)).ExtractMostSignificantBits() << (8 * part);
        }
        else
        {
            T* a = (T*)(w.Short + i.A), b = (T*)(w.Short + i.B);
            for (var part = 0; part < 2; part++) bits |= (uint)TCompare.Of(Vector512.Load(a + 16 * part), Vector512.Load(b + 16 * part)).ExtractMostSignificantBits() << (16 * part);
        }
        w.SetPredicate(i.D, bits);
    }

    private static void Select(Warp w, Instruction i)
    {
        uint* a = w.Short + i.A, b = w.Short + i.B;
        var (low, high) = Warp.Expand(w.Predicates[i.C]);
        w.Set(i.D, Vector512.ConditionalSelect(low, Vector512.Load(a), Vector512.Load(b)), Vector512.ConditionalSelect(high, Vector512.Load(a + 16), Vector512.Load(b + 16)));
    }

    private static void SelectLong(Warp w, Instruction i)
    {
        ulong* a = w.Long + i.A, b = w.Long + i.B;
        for (var part = 0; part < 4; part++)
            w.SetLong(i.D, part, Vector512.ConditionalSelect(Warp.ExpandLong(w.Predicates[i.C], part), Vector512.Load(a + 8 * part), Vector512.Load(b + 8 * part)));
    }

    private static void Move(Warp w, Instruction i) => w.SetPredicate(i.D, w.Predicates[i.A]);

    private static void Not(Warp w, Instruction i) => w.SetPredicate(i.D, ~w.Predicates[i.A]);

    private static void And(Warp w, Instruction i) => w.SetPredicate(i.D, w.Predicates[i.A] & w.Predicates[i.B]);

    private static void Or(Warp w, Instruction i) => w.SetPredicate(i.D, w.Predicates[i.A] | w.Predicates[i.B]);

    private static void Xor(Warp w, Instruction i) => w.SetPredicate(i.D, w.Predicates[i.A] ^ w.Predicates[i.B]);

    private interface ICompare
    {
        static abstract Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b);
    }

    private readonly struct Equal : ICompare
    {
        public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) => Vector512.Equals(a, b);
    }

    private readonly struct NotEqual : ICompare
    {
        public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) => Vector512.Equals(a, a) & Vector512.Equals(b, b) & ~Vector512.Equals(a, b);
    }

    private readonly struct Less : ICompare
    {
        public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) => Vector512.LessThan(a, b);
    }

    private readonly struct LessOrEqual : ICompare
    {
        public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) => Vector512.LessThanOrEqual(a, b);
    }

    private readonly struct Greater : ICompare
    {
        public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) => Vector512.GreaterThan(a, b);
    }

    private readonly struct GreaterOrEqual : ICompare
    {
        public static Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) => Vector512.GreaterThanOrEqual(a, b);
    }
}
