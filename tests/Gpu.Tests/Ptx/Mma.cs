using System.Runtime.Intrinsics;

namespace Gpu.Tests.Ptx;

/// <summary>
/// Products on tensor cores. What a GPU leaves open is made sharp here: an operand with more bits than a tensor core reads is an error, not cut, and the terms of a sum are added one after the other,
/// each with one rounding, as multiply-adds do.
/// </summary>
internal static unsafe class Mma
{
    private const int Rows = 16, Columns = 8, Terms = 8;

    public static void Register()
    {
        InstructionTable.Add("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", "{ffff}{bbbb}{bb}{ffff}", 4, &Multiply, Flow.Warp);
        InstructionTable.Add("cvt.rna.tf32.f32", "bf", 1, &Lanes.One<Round, uint, float>);
    }

    /// <summary>d = a · b + c. Of each matrix a thread holds some numbers: of a and b those of its own column and row within four, of c and d two side by side.</summary>
    private static void Multiply(Warp w, Instruction i)
    {
        float* a = stackalloc float[Rows * Terms], b = stackalloc float[Terms * Columns], c = stackalloc float[Rows * Columns];
        var at = i.Operands;
        for (var lane = 0; lane < Warp.Size; lane++)
        {
            int group = lane / 4, own = lane % 4;
            for (var part = 0; part < 4; part++) a[(group + part % 2 * 8) * Terms + own + part / 2 * 4] = Operand(w, i, lane, at[4 + part]);
            for (var part = 0; part < 2; part++) b[(own + part * 4) * Columns + group] = Operand(w, i, lane, at[8 + part]);
            for (var part = 0; part < 4; part++) c[Place(lane, part)] = Lanes.Get<float>(w, at[10 + part] + lane);
        }
        for (var row = 0; row < Rows; row++)
            for (var k = 0; k < Terms; k++)
            {
                var sums = c + row * Columns;
                Vector256.FusedMultiplyAdd(Vector256.Create(a[row * Terms + k]), Vector256.Load(b + k * Columns), Vector256.Load(sums)).Store(sums);
            }
        for (var lane = 0; lane < Warp.Size; lane++)
            for (var part = 0; part < 4; part++) Lanes.Set(w, at[part] + lane, c[Place(lane, part)]);
    }

    private static int Place(int lane, int part) => (lane / 4 + part / 2 * 8) * Columns + lane % 4 * 2 + part % 2;

    private static float Operand(Warp w, Instruction i, int lane, int place)
    {
        var bits = Lanes.Get<uint>(w, place + lane);
        var value = BitConverter.UInt32BitsToSingle(bits);
        if ((bits & 0x1fff) != 0 && !float.IsNaN(value)) throw w.Error(i, lane, $"an operand, {value:R}, was not rounded to TensorFloat32");
        return value;
    }

    /// <summary>To the nearest number with 10 bits of mantissa, ties away from zero.</summary>
    private readonly struct Round : Lanes.IOne<uint, float>
    {
        static uint Lanes.IOne<uint, float>.Of(float a) => float.IsNaN(a) ? 0x7FFFFFFF : float.IsInfinity(a) ? BitConverter.SingleToUInt32Bits(a) : (BitConverter.SingleToUInt32Bits(a) + 0x1000) & ~0x1FFFu;
    }
}
