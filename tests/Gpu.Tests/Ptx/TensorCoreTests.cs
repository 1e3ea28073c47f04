using Xunit;

namespace Gpu.Tests.Ptx;

/// <summary>Products of tensor cores on the machine for PTX: which thread has which number is what NVIDIA's description of PTX says.</summary>
public class TensorCoreTests
{
    /// <summary>x has A, B and C by rows; y gets D.</summary>
    private const string Product = """
        shr.u32 %r5, %r2, 2;
        and.b32 %r6, %r2, 3;
        mad.lo.s32 %r7, %r5, 8, %r6;
        mul.wide.u32 %rd6, %r7, 4;
        add.u64 %rd6, %rd1, %rd6;
        ld.f32 %f0, [%rd6];
        ld.f32 %f1, [%rd6+256];
        ld.f32 %f2, [%rd6+16];
        ld.f32 %f3, [%rd6+272];
        mad.lo.s32 %r7, %r6, 8, %r5;
        mul.wide.u32 %rd7, %r7, 4;
        add.u64 %rd7, %rd1, %rd7;
        ld.f32 %f4, [%rd7+512];
        ld.f32 %f5, [%rd7+640];
        shl.b32 %r7, %r6, 1;
        mad.lo.s32 %r7, %r5, 8, %r7;
        mul.wide.u32 %rd8, %r7, 4;
        add.u64 %rd9, %rd1, %rd8;
        ld.f32 %c0, [%rd9+768];
        ld.f32 %c1, [%rd9+772];
        ld.f32 %c2, [%rd9+1024];
        ld.f32 %c3, [%rd9+1028];
        cvt.rna.tf32.f32 %r10, %f0;
        cvt.rna.tf32.f32 %r11, %f1;
        cvt.rna.tf32.f32 %r12, %f2;
        cvt.rna.tf32.f32 %r13, %f3;
        cvt.rna.tf32.f32 %r14, %f4;
        cvt.rna.tf32.f32 %r15, %f5;
        mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%c0, %c1, %c2, %c3}, {%r10, %r11, %r12, %r13}, {%r14, %r15}, {%c0, %c1, %c2, %c3};
        add.u64 %rd9, %rd2, %rd8;
        st.f32 [%rd9], %c0;
        st.f32 [%rd9+4], %c1;
        st.f32 [%rd9+256], %c2;
        st.f32 [%rd9+260], %c3;
        """;

    private const string Registers = ".reg .f32 %c<4>;";

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // each thread comes by itself
    public void A_product_is_that_of_matrices(bool inTurn)
    {
        var x = Same.Random(16 * 8 + 8 * 8 + 16 * 8);
        var y = new uint[16 * 8];
        Sample.Run(Newer(Sample.Text(Product, Registers)), Array.ConvertAll(x, BitConverter.SingleToUInt32Bits), y, schedule: new(Order.Shuffled, inTurn));
        for (var r = 0; r < 16; r++)
            for (var c = 0; c < 8; c++)
            {
                double sum = x[192 + r * 8 + c];
                for (var k = 0; k < 8; k++) sum += (double)Rounded(x[r * 8 + k]) * Rounded(x[128 + k * 8 + c]);
                Assert.Equal((float)sum, BitConverter.UInt32BitsToSingle(y[r * 8 + c]));
            }
    }

    [Theory]
    [InlineData(0x3F801000u, 0x3F802000u)] // a half away from zero
    [InlineData(0xBF801000u, 0xBF802000u)]
    [InlineData(0x3F800FFFu, 0x3F800000u)]
    [InlineData(0x7F7FFFFFu, 0x7F800000u)] // beyond the largest
    [InlineData(0x7F800000u, 0x7F800000u)]
    [InlineData(0xFF800001u, 0x7FFFFFFFu)] // not a number
    [InlineData(0x80000000u, 0x80000000u)]
    [InlineData(0x00001000u, 0x00002000u)] // subnormal
    public void Operands_are_rounded(uint number, uint expected)
    {
        var y = new uint[32];
        Sample.Run(Newer(Sample.Text("ld.f32 %f0, [%rd1]; cvt.rna.tf32.f32 %r5, %f0; st.b32 [%rd5], %r5;")), [number], y);
        Assert.All(y, value => Assert.Equal(expected, value));
    }

    [Fact]
    public void What_is_not_right_is_named()
    {
        Assert.Contains("is not known before sm_80", Assert.Throws<PtxException>(() => Module.Read(Sample.Text(Product, Registers))).Message);
        var text = Newer(Sample.Text(Product, Registers));
        var x = new uint[320];
        x[9] = 0x3F800001;
        Assert.Contains("is not rounded to TensorFloat32", Assert.Throws<PtxException>(() => Sample.Run(text.Replace("cvt.rna.tf32.f32", "mov.f32").Replace("mov.f32 %r", "mov.b32 %r"), x, new uint[128])).Message);
        // Thread 3 goes by.
        Assert.Contains("the threads of a warp are not all here", Assert.Throws<PtxException>(() => Sample.Run(text.Replace("mma.", "setp.eq.s32 %p0, %r2, 3; @%p0 bra E; mma.").Replace("ret;", "E: ret;"), x, new uint[128])).Message);
    }

    private static string Newer(string text) => text.Replace("sm_70", "sm_80");

    private static float Rounded(float x) => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(x) + 0x1000) & ~0x1FFFu);
}
