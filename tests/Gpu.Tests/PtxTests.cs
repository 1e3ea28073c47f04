using Kiln.Gpu.Compiler;
using Xunit;

namespace Gpu.Tests;

/// <summary>What the PTX of device functions looks like: no device is needed.</summary>
public class PtxTests
{
    public static TheoryData<Type> Functions => [typeof(LayoutTests.Kernels), typeof(SumTests.Kernels), typeof(PhiloxTests.Kernels), typeof(TimeTests.Kernels), typeof(CtcTests.Kernels), typeof(Kiln.Gpu.Kernels.OptimizerKernels)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Variables_are_in_registers(Type kernels)
    {
        var ptx = Bench.Compile(kernels).Ptx;
        Assert.Contains(".entry", ptx);
        Assert.DoesNotContain("ld.local", ptx);
        Assert.DoesNotContain("st.local", ptx);
    }

    [Fact]
    public void A_product_and_a_sum_keep_their_roundings()
    {
        var ptx = Bench.Compile(typeof(LaneTests.Kernels)).Ptx;
        Assert.DoesNotMatch(@"\b(mul|add|sub)\.f32\b", ptx);
        Assert.DoesNotContain(PtxText.SelectGreater, ptx);
        Assert.DoesNotContain(PtxText.SelectEqual, ptx);
    }
}
