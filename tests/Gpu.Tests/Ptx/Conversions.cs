namespace Gpu.Tests.Ptx;

/// <summary>From one kind of number to another.</summary>
internal static unsafe class Conversions
{
    public static void Register()
    {
        InstructionTable.Add("cvt.rn.f32.s32", "fi", 1, &Lanes.One<Convert, float, int>);
        InstructionTable.Add("cvt.rn.f32.u32", "fi", 1, &Lanes.One<Convert, float, uint>);
        InstructionTable.Add("cvt.rzi.s32.f32", "if", 1, &Lanes.One<Convert, int, float>);
        InstructionTable.Add("cvt.rni.f32.f32", "ff", 1, &Lanes.One<Convert, float, float>);
        InstructionTable.Add("cvt.s64.s32", "li", 1, &Lanes.One<Convert, long, int>);
        InstructionTable.Add("cvt.s32.s64", "il", 1, &Lanes.One<Convert, int, long>);
        InstructionTable.Add("cvt.u64.u32", "li", 1, &Lanes.One<Convert, ulong, uint>);
        InstructionTable.Add("cvt.s32.u8", "ih", 1, &Lanes.One<Convert, int, byte>);
        InstructionTable.Add("cvt.f64.f32", "df", 1, &Lanes.One<Convert, double, float>);
        InstructionTable.Add("cvt.rn.f32.f64", "fd", 1, &Lanes.One<Convert, float, double>);
    }

    private readonly struct Convert :
        Lanes.IOne<float, int>, Lanes.IOne<float, uint>, Lanes.IOne<int, float>, Lanes.IOne<float, float>, Lanes.IOne<long, int>, Lanes.IOne<int, long>, Lanes.IOne<ulong, uint>, Lanes.IOne<int, byte>,
        Lanes.IOne<double, float>, Lanes.IOne<float, double>
    {
        static float Lanes.IOne<float, int>.Of(int a) => a;

        static float Lanes.IOne<float, uint>.Of(uint a) => a;

        /// <summary>Towards zero; what is beyond the integers becomes the nearest of them, and NaN zero.</summary>
        static int Lanes.IOne<int, float>.Of(float a) => float.IsNaN(a) ? 0 : a >= 2147483648f ? int.MaxValue : a <= -2147483648f ? int.MinValue : (int)a;

        /// <summary>To the nearest whole number, halves to the even one.</summary>
        static float Lanes.IOne<float, float>.Of(float a) => float.IsNaN(a) ? BitConverter.UInt32BitsToSingle(0x7FFFFFFF) : MathF.Round(a, MidpointRounding.ToEven);

        static long Lanes.IOne<long, int>.Of(int a) => a;

        static int Lanes.IOne<int, long>.Of(long a) => (int)a;

        static ulong Lanes.IOne<ulong, uint>.Of(uint a) => a;

        static int Lanes.IOne<int, byte>.Of(byte a) => a;

        static double Lanes.IOne<double, float>.Of(float a) => a;

        static float Lanes.IOne<float, double>.Of(double a) => double.IsNaN(a) ? BitConverter.UInt32BitsToSingle(0x7FFFFFFF) : (float)a;
    }
}
