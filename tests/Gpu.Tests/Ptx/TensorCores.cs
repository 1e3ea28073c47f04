namespace Gpu.Tests.Ptx;

/// <summary>Products of small matrices that the 32 threads of a warp compute together, each with a part of every matrix, and the rounding of their operands.</summary>
internal static unsafe class TensorCores
{
    /// <summary>Bits of a float that TensorFloat32 has not.</summary>
    private const uint Below = (1u << 13) - 1;

    public static void Register()
    {
        InstructionTable.Add("cvt.rna.tf32.f32", "bf", 1, &Lanes.One<Round, uint, uint>, since: 80);
        InstructionTable.Add("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", "{ffff}{bbbb}{bb}{ffff}", 4, &Multiply, Flow.Warp, since: 80);
    }

    /// <summary>D = A·B + C with A of 16×8, B of 8×8, C and D of 16×8. A GPU does not say in which order it adds; here all is added exactly enough, and rounded once.</summary>
    private static void Multiply(Warp w, Instruction i)
    {
        var registers = i.Operands;
        float* a = stackalloc float[16 * 8], b = stackalloc float[8 * 8];
        var results = stackalloc float[4 * Warp.Size];
        for (var lane = 0; lane < Warp.Size; lane++)
        {
            int group = lane / 4, thread = lane % 4;
            for (var part = 0; part < 4; part++) a[(group + part % 2 * 8) * 8 + thread + part / 2 * 4] = Operand(w, i, lane, registers[4 + part]);
            for (var part = 0; part < 2; part++) b[(thread + part * 4) * 8 + group] = Operand(w, i, lane, registers[8 + part]);
        }
        for (var lane = 0; lane < Warp.Size; lane++)
            for (var part = 0; part < 4; part++)
            {
                int row = lane / 4 + part / 2 * 8, column = lane % 4 * 2 + part % 2;
                double sum = Lanes.Get<float>(w, registers[10 + part] + lane);
                for (var k = 0; k < 8; k++) sum += (double)a[row * 8 + k] * b[k * 8 + column];
                results[part * Warp.Size + lane] = double.IsNaN(sum) ? BitConverter.UInt32BitsToSingle(0x7FFFFFFF) : (float)sum;
            }
        // A register may be of C and of D.
        for (var lane = 0; lane < Warp.Size; lane++)
            for (var part = 0; part < 4; part++) Lanes.Set(w, registers[part] + lane, results[part * Warp.Size + lane]);
    }

    /// <summary>An operand, which must have been rounded: a GPU says nothing of the result otherwise.</summary>
    private static float Operand(Warp w, Instruction i, int lane, int place)
    {
        var bits = w.Short[place + lane];
        var value = BitConverter.UInt32BitsToSingle(bits);
        return (bits & Below) == 0 || float.IsNaN(value) ? value : throw w.Error(i, lane, $"{value:R} is not rounded to TensorFloat32");
    }

    /// <summary>To the nearest, halves away from zero.</summary>
    private readonly struct Round : Lanes.IOne<uint, uint>
    {
        public static uint Of(uint a) => (a & 0x7FFFFFFF) > 0x7F800000 ? 0x7FFFFFFF : (a & 0x7FFFFFFF) == 0x7F800000 ? a : (a + (Below + 1) / 2) & ~Below;
    }
}
