using System.Text.RegularExpressions;
using ILGPU;
using Kiln.Gpu.Compiler;
using Kiln.Gpu.Kernels;
using Xunit;

namespace Gpu.Tests;

/// <summary>What the PTX of device functions looks like: no device is needed.</summary>
public class PtxTests
{
    public static TheoryData<Type> Functions => [typeof(LayoutTests.Kernels), typeof(SumTests.Kernels), typeof(PhiloxTests.Kernels), typeof(TimeTests.Kernels), typeof(CtcTests.Kernels), typeof(DenseTilesTests.Kernels), typeof(ImageTilesTests.Kernels), typeof(ImageTilesTests.Pools), typeof(WinogradTilesTests.Kernels), typeof(TensorFloat32Tests.Kernels), typeof(ImageTilesTests.Rounded), typeof(Kiln.Gpu.Kernels.OptimizerKernels)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Variables_are_in_registers_and_loads_say_of_which_memory_they_are(Type kernels)
    {
        var ptx = Bench.Compile(kernels).Ptx;
        Assert.Contains(".entry", ptx);
        Assert.DoesNotContain("ld.local", ptx);
        Assert.DoesNotContain("st.local", ptx);
        Assert.DoesNotMatch(@"\b(ld|st)\.[fbsu]\d", ptx);
    }

    /// <summary>As the driver's compiler reads it: types of registers, labels, names that are there once, and no instruction whose result it may choose.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void A_module_is_right(Type kernels)
    {
        var image = Bench.Compile(kernels);
        Assert.DoesNotContain(".func", image.Ptx);
        Assert.Equal(image.Kernels.Select(kernel => kernel.Name), Ptx.Module.Read(image.Ptx).Names);
    }

    [Fact]
    public void A_product_and_a_sum_keep_their_roundings()
    {
        var ptx = Bench.Compile(typeof(LaneTests.Kernels)).Ptx;
        Assert.DoesNotMatch(@"\b(mul|add|sub)\.f32\b", ptx);
        Assert.DoesNotContain(PtxText.SelectGreater, ptx);
        Assert.DoesNotContain(PtxText.SelectEqual, ptx);
    }

    [Fact]
    public void A_call_of_a_function_is_refused() =>
        Assert.Throws<NotSupportedException>(() => PtxText.Of(".address_size 64\n\n.visible .entry K()\n{\n\tcall.uni (%f1), F_1, (%f2);\n}\n"));

    /// <summary>A product of constant sizes, as networks have it.</summary>
    public static class Product
    {
        public static void Small(ArrayView<float> x, ArrayView<float> w, ArrayView<float> y, int rows) => DenseTiles.Multiply<Float32>(x, w, y, 16 * 64, 64, 1, 16, rows, 64, 16);

        public static void Large(ArrayView<float> x, ArrayView<float> w, ArrayView<float> y, int rows) => DenseTiles.Multiply<Float32>(x, w, y, 16 * 256, 256, 1, 256, rows, 256, 256);
    }

    /// <summary>The same with rounded operands.</summary>
    public static class RoundedProduct
    {
        public static void Small(ArrayView<float> x, ArrayView<float> w, ArrayView<float> y, int rows) => DenseTiles.Multiply<TensorFloat32>(x, w, y, 16 * 64, 64, 1, 16, rows, 64, 16);

        public static void Large(ArrayView<float> x, ArrayView<float> w, ArrayView<float> y, int rows) => DenseTiles.Multiply<TensorFloat32>(x, w, y, 16 * 256, 256, 1, 256, rows, 256, 256);
    }

    [Fact]
    public void Large_products_of_rounded_operands_are_computed_by_tensor_cores()
    {
        var image = Bench.Compile(typeof(RoundedProduct));
        Assert.Equal(80, image.Capability);
        Assert.Contains(".version 7.0\n.target sm_80\n", image.Ptx);
        var kernels = image.Ptx.Split(".entry");
        const string mma = @"mma\.sync\.aligned\.m16n8k8\.row\.col\.f32\.tf32\.tf32\.f32", rounding = @"cvt\.rna\.tf32\.f32", sum = @"fma\.rn\.f32";
        // A small tile has four sums for a term; a large one eight products of tiles for eight terms, and one small tile beside it, for few rows.
        Assert.Equal((0, 4), (Regex.Count(kernels[1], mma), Regex.Count(kernels[1], sum)));
        Assert.Equal((8, 4), (Regex.Count(kernels[2], mma), Regex.Count(kernels[2], sum)));
        Assert.All(kernels[1..], kernel => Assert.Matches(rounding, kernel));
        Assert.All(kernels[1..], kernel => Assert.DoesNotContain("kiln.", kernel));
        Assert.DoesNotContain("local", image.Ptx);
        // OpenCL has the tiles of float32.
        Assert.Contains("kiln_tf32", image.OpenCl);
        Assert.Equal(36, Regex.Count(image.OpenCl.Split("kernel void")[2], @"\bfma\b"));
    }

    [Fact]
    public void Products_of_float32_need_no_newer_GPU()
    {
        var image = Bench.Compile(typeof(Product));
        Assert.Equal(70, image.Capability);
        Assert.DoesNotContain("tf32", image.Ptx);
    }

    /// <summary>Four floats of shared memory at a time: twelve loads of one float would take longer than the 32 multiply-adds that they are for.</summary>
    [Fact]
    public void Large_tiles_load_four_floats_at_a_time()
    {
        var large = Bench.Compile(typeof(Product)).Ptx.Split(".entry")[2];
        var loop = large[large.IndexOf("ld.shared.v4.f32", StringComparison.Ordinal)..];
        loop = loop[..loop.IndexOf("bra", StringComparison.Ordinal)];
        Assert.Equal(3, Regex.Count(large, @"\bld\.shared\.v4\.f32\b"));
        Assert.Equal(32, Regex.Count(loop, @"\bfma\.rn\.f32\b"));
        Assert.DoesNotContain("ld.shared.f32", loop);
    }

    [Fact]
    public void Tiles_wait_for_shared_memory()
    {
        // A small tile waits when a slab is there, when it has been read, when the sums are there, and when they are added; a large one when a slab is there, when it has been read, and when the sums are there.
        var kernels = Bench.Compile(typeof(Product)).Ptx.Split(".entry");
        Assert.Equal(4, Regex.Count(kernels[1], @"\bbar\.sync\b"));
        Assert.Equal(7, Regex.Count(kernels[2], @"\bbar\.sync\b"));
    }
}
