using Xunit;

namespace Gpu.Tests.Ptx;

/// <summary>The machine that runs PTX: what its instructions compute, and what it refuses.</summary>
public class MachineTests
{
    private const uint NaN = 0x7FFFFFFF, One = 0x3F800000, Infinity = 0x7F800000;

    [Theory]
    [InlineData("fma.rn.f32 %f3, %f0, %f1, %f2;", 0x3F800001, 0x3F800001, 0xBF800002, 0x28800000)] // the last bit of a product that a sum of two roundings loses
    [InlineData("fma.rn.f32 %f3, %f0, %f1, %f2;", 0x00000001, One, 0x00000001, 0x00000002)] // subnormal
    [InlineData("mul.rn.f32 %f3, %f0, %f1;", 0x00800000, 0x3F000000, 0, 0x00400000)]
    [InlineData("add.rn.f32 %f3, %f0, %f1;", 0x80000000, 0x80000000, 0, 0x80000000)]
    [InlineData("sub.rn.f32 %f3, %f0, %f1;", Infinity, Infinity, 0, NaN)]
    [InlineData("div.rn.f32 %f3, %f0, %f1;", One, 0x40400000, 0, 0x3EAAAAAB)]
    [InlineData("div.rn.f32 %f3, %f0, %f1;", One, 0, 0, Infinity)]
    [InlineData("rcp.rn.f32 %f3, %f0;", 0x40400000, 0, 0, 0x3EAAAAAB)]
    [InlineData("sqrt.rn.f32 %f3, %f0;", 0x40000000, 0, 0, 0x3FB504F3)]
    [InlineData("sqrt.rn.f32 %f3, %f0;", 0xBF800000, 0, 0, NaN)]
    [InlineData("neg.f32 %f3, %f0;", 0, 0, 0, 0x80000000)]
    [InlineData("abs.f32 %f3, %f0;", 0xFF800000, 0, 0, Infinity)]
    [InlineData("cvt.rni.f32.f32 %f3, %f0;", 0x40200000, 0, 0, 0x40000000)] // 2½ → 2
    [InlineData("setp.gt.f32 %p0, %f0, %f1; selp.f32 %f3, %f0, %f2, %p0;", NaN, 0, 7, 7)]
    [InlineData("setp.eq.f32 %p0, %f0, %f1; selp.f32 %f3, %f2, %f0, %p0;", 0, 0x80000000, 7, 7)]
    [InlineData("setp.ne.f32 %p0, %f0, %f1; selp.f32 %f3, %f0, %f2, %p0;", NaN, 0, 7, 7)]
    [InlineData("mov.f32 %f3, 0f3F800000;", 0, 0, 0, One)]
    [InlineData("cvt.f64.f32 %fd0, %f0; cvt.f64.f32 %fd1, %f1; add.rn.f64 %fd2, %fd0, %fd1; sub.rn.f64 %fd2, %fd2, %fd0; cvt.rn.f32.f64 %f3, %fd2;", 0x4B800000, 0x3F800000, 0, One)] // 2²⁴ + 1
    public void Floats(string instructions, uint a, uint b, uint c, uint expected) => Check(instructions + "mov.b32 %r13, %f3;", a, b, c, expected);

    [Theory]
    [InlineData("add.s32 %r13, %r10, %r11;", 0x7FFFFFFF, 1, 0, 0x80000000)]
    [InlineData("sub.s32 %r13, 1, %r11;", 0, 3, 0, 0xFFFFFFFE)]
    [InlineData("mul.lo.s32 %r13, %r10, %r11;", 0x10001, 0x10001, 0, 0x20001)]
    [InlineData("mul.hi.u32 %r13, %r10, %r11;", 0xFFFFFFFF, 0xFFFFFFFF, 0, 0xFFFFFFFE)]
    [InlineData("div.s32 %r13, %r10, %r11;", 0xFFFFFFF9, 2, 0, 0xFFFFFFFD)] // −7 / 2 → −3
    [InlineData("rem.s32 %r13, %r10, %r11;", 0xFFFFFFF9, 2, 0, 0xFFFFFFFF)]
    [InlineData("min.s32 %r13, %r10, %r11;", 0xFFFFFFFF, 1, 0, 0xFFFFFFFF)]
    [InlineData("max.s32 %r13, %r10, %r11;", 0xFFFFFFFF, 1, 0, 1)]
    [InlineData("neg.s32 %r13, %r10;", 5, 0, 0, 0xFFFFFFFB)]
    [InlineData("shl.b32 %r13, %r10, 31;", 3, 0, 0, 0x80000000)]
    [InlineData("shl.b32 %r13, %r10, %r11;", 3, 32, 0, 0)]
    [InlineData("shr.s32 %r13, %r10, 4;", 0x80000000, 0, 0, 0xF8000000)]
    [InlineData("shr.s32 %r13, %r10, %r11;", 0x80000000, 99, 0, 0xFFFFFFFF)]
    [InlineData("shr.u32 %r13, %r10, 4;", 0x80000000, 0, 0, 0x08000000)]
    [InlineData("cvt.rn.f32.s32 %f3, %r10; mov.b32 %r13, %f3;", 0xFFFFFFFF, 0, 0, 0xBF800000)]
    [InlineData("cvt.rn.f32.u32 %f3, %r10; mov.b32 %r13, %f3;", 0xFFFFFFFF, 0, 0, 0x4F800000)]
    [InlineData("cvt.rzi.s32.f32 %r13, %f0;", 0xBFC00000, 0, 0, 0xFFFFFFFF)] // −1½ → −1
    [InlineData("cvt.rzi.s32.f32 %r13, %f0;", 0x4F800000, 0, 0, 0x7FFFFFFF)]
    [InlineData("cvt.rzi.s32.f32 %r13, %f0;", NaN, 0, 0, 0)]
    [InlineData("setp.lt.s32 %p0, %r10, %r11; selp.b32 %r13, 1, 2, %p0;", 0xFFFFFFFF, 0, 0, 1)]
    [InlineData("setp.lo.u32 %p0, %r10, %r11; selp.b32 %r13, 1, 2, %p0;", 0xFFFFFFFF, 0, 0, 2)]
    [InlineData("setp.lt.s32 %p0, %r10, %r11; not.pred %p1, %p0; mov.pred %p2, 0; or.pred %p1, %p1, %p2; selp.b32 %r13, 1, 2, %p1;", 0, 1, 0, 2)]
    [InlineData("cvt.s64.s32 %rd9, %r10; shl.b64 %rd9, %rd9, 40; shr.s64 %rd9, %rd9, 40; setp.lt.s64 %p0, %rd9, 0; selp.b32 %r13, 1, 2, %p0;", 0xFFFFFFFF, 0, 0, 1)]
    [InlineData("mov.b32 %r13, 7; setp.lt.s32 %p0, %r10, 0; @%p0 mov.b32 %r13, 9; @!%p0 bra A; add.s32 %r13, %r13, 1; A: ", 0xFFFFFFFF, 0, 0, 10)]
    [InlineData("{ .reg .b32 %r13; mov.b32 %r13, 5; } mov.b32 %r13, 6;", 0, 0, 0, 6)]
    public void Integers(string instructions, uint a, uint b, uint c, uint expected) => Check(instructions, a, b, c, expected);

    [Theory]
    [InlineData("add.f32 %f0, %f1, %f2;", "the instruction add.f32 is not known")]
    [InlineData("add.rn.ftz.f32 %f0, %f1, %f2;", "the instruction add.rn.ftz.f32 is not known")]
    [InlineData("add.s32 %r5, %f1, 1;", "%f1 cannot stand here")]
    [InlineData("add.s32 %r5, %rd1, 1;", "%rd1 cannot stand here")]
    [InlineData("shl.b64 %rd6, %rd1, %rd2;", "%rd2 cannot stand here")]
    [InlineData("mov.b32 %r99, 0;", "%r99 is no register that can stand here")]
    [InlineData("bra B;", "there is no label B")]
    [InlineData("A: A:", "the label A is there twice")]
    [InlineData("ld.param.b32 %r5, [z];", "there is no parameter z")]
    [InlineData("ld.shared.f32 %f0, [%f1];", "%f1 is no address that can stand here")]
    [InlineData("add.s32 %r5, %r1, 0f3F800000;", "0f3F800000 cannot stand here")]
    public void Text_that_is_not_right_is_refused(string instructions, string message) => Assert.Contains(message, Assert.Throws<PtxException>(() => Module.Read(Sample.Text(instructions))).Message);

    [Fact]
    public void A_name_is_there_once()
    {
        var text = Sample.Text("");
        Assert.Contains("K is there twice", Assert.Throws<PtxException>(() => Module.Read(text + text[text.IndexOf(".visible", StringComparison.Ordinal)..])).Message);
    }

    [Theory]
    [InlineData("ld.f32 %f0, [%rd4+4];", "thread 31 of group 0, line 28, ld.f32 %f0 , [ %rd4 + 4 ]: address", "is in no block of device memory")]
    [InlineData("ld.f32 %f0, [%rd4+-4];", "thread 0 of", "is in no block of device memory")]
    [InlineData("st.f32 [%rd3], 0f00000000;", "thread 0 of", "address 0 is in no block of device memory")]
    [InlineData("ld.v4.f32 {%f0, %f1, %f2, %f3}, [%rd4];", "thread 1 of", "is no multiple of 16")]
    [InlineData("ld.f32 %f0, [s];", "", "s is no address that can stand here")]
    [InlineData("st.shared.f32 [s+64], 0f00000000;", "thread 0 of", "is not in the")]
    [InlineData("ld.shared.f32 %f0, [s];", "thread 0 of", "byte 0 of shared memory is read, which nobody wrote")]
    [InlineData("st.shared.f32 [s], 0f00000000;", "thread 1 of", "a race: byte 0 of shared memory is written, which thread 0 wrote since the last barrier")]
    [InlineData("st.f32 [%rd1], 0f00000000;", "thread 1 of", "is written, which thread 0 of group 0 wrote")]
    [InlineData("setp.eq.s32 %p0, %r2, 7; @%p0 bra.uni A; A: ", "thread 7 of", "not all threads of the warp jump")]
    [InlineData("add.s32 %r5, %r6, 1;", "thread 0 of", "a register is read that was not written")]
    [InlineData("div.s32 %r5, 1, %r2;", "thread 0 of", "divide by zero")]
    [InlineData("setp.eq.s32 %p0, %r2, 7; @%p0 bra A; bar.sync 0; A: ", "thread 0 of", "the barrier is divergent: thread 7 has ended")]
    [InlineData("setp.eq.s32 %p0, %r2, 7; @%p0 bra A; bar.sync 0; A: bar.sync 0;", "", "the barrier is divergent: thread 7 waits in line 28")]
    public void What_a_GPU_would_not_allow_is_named(string instructions, string place, string message)
    {
        // Shared memory begins at an odd multiple of 16.
        var error = Assert.Throws<PtxException>(() => Sample.Run(Sample.Text(instructions, ".shared .align 16 .b8 s[64];"), new uint[32], new uint[32], races: true)).Message;
        Assert.Contains(place, error);
        Assert.Contains(message, error);
    }

    /// <summary>Threads write, meet, and read what others wrote; half of them take a way of their own in between.</summary>
    private const string Meeting = """
        mul.wide.u32 %rd6, %r2, 4;
        mov.b64 %rd7, s;
        add.u64 %rd8, %rd7, %rd6;
        ld.b32 %r5, [%rd4];
        st.shared.b32 [%rd8], %r5;
        bar.sync 0;
        sub.s32 %r6, 127, %r2;
        mul.wide.u32 %rd9, %r6, 4;
        add.u64 %rd9, %rd7, %rd9;
        ld.shared.b32 %r7, [%rd9];
        mov.b32 %r8, 0;
        setp.lt.s32 %p0, %r6, 50;
        @%p0 bra L;
        bra.uni M;
        L:
        add.s32 %r8, %r8, %r7;
        sub.s32 %r6, %r6, 1;
        setp.ge.s32 %p1, %r6, 0;
        @%p1 bra L;
        M:
        bar.sync 0;
        st.shared.b32 [%rd8], %r8;
        bar.sync 0;
        ld.shared.b32 %r9, [%rd9];
        st.b32 [%rd5], %r9;
        """;

    public static TheoryData<string, bool, int> Schedules => new() { { "Forward", false, 0 }, { "Backward", false, 0 }, { "Shuffled", false, 3 }, { "Forward", true, 0 }, { "Backward", true, 0 }, { "Shuffled", true, 0 }, { "Shuffled", true, 5 } };

    [Theory, MemberData(nameof(Schedules))]
    public void Threads_meet_at_barriers_in_every_order(string order, bool inTurn, int most)
    {
        const int groups = 9, threads = 128;
        uint[] x = [.. Enumerable.Range(1, groups * threads).Select(i => (uint)i)], y = new uint[x.Length];
        Sample.Run(Sample.Text(Meeting, ".shared .align 4 .b8 s[512];"), x, y, groups: groups, threads: threads, schedule: new(Enum.Parse<Order>(order), inTurn, most), races: true);
        Assert.Equal(Expected(), y);
        y.AsSpan().Clear();
        Sample.Run(Sample.Text(Meeting, ".shared .align 4 .b8 s[512];"), x, y, groups: groups, threads: threads, schedule: new(Enum.Parse<Order>(order), inTurn, most), workers: 2);
        Assert.Equal(Expected(), y);

        // Thread 127 − t adds number t, t + 1 times.
        uint[] Expected() => [.. x.Select((number, i) => i % threads < 50 ? (uint)(i % threads + 1) * number : 0)];
    }

    private static void Check(string instructions, uint a, uint b, uint c, uint expected)
    {
        var body = $"""
            ld.b32 %r10, [%rd1];
            ld.b32 %r11, [%rd1+4];
            ld.b32 %r12, [%rd1+8];
            mov.f32 %f0, %r10;
            mov.f32 %f1, %r11;
            mov.f32 %f2, %r12;
            {instructions}
            st.b32 [%rd5], %r13;
            """;
        // A whole warp, and part of one.
        foreach (var threads in new[] { 32, 5 })
        {
            var y = new uint[32];
            Sample.Run(Sample.Text(body), [a, b, c], y, threads: threads);
            Assert.All(y[..threads], value => Assert.Equal(expected, value));
            Assert.All(y[threads..], value => Assert.Equal(0u, value));
        }
    }
}
