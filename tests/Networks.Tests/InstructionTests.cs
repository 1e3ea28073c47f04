using System.Runtime.InteropServices;
using Kiln.Kernels;

namespace Networks.Tests;

/// <summary>
/// What lesser processors compute, in processes that are denied instructions of this one: the same bits wherever there is fused
/// multiply-add; without it, where every product is rounded before it is added, the same within 10⁻⁵ of the largest number of its kind.
/// </summary>
public sealed class InstructionTests
{
    private const double Tolerance = 1e-5;

    [Fact]
    public void Without_512_bits_the_bits_are_the_same() => Check("DOTNET_EnableAVX512", 256, fma: Child.HasFma, nameof(Mlp), nameof(LeNet5), nameof(Everything));

    [Fact]
    public void Without_fused_multiply_add_results_are_close() => Check("DOTNET_EnableAVX2", 128, fma: false, nameof(Mlp), nameof(LeNet5), nameof(Everything));

    // Every vector operation is a call here: one small network.
    [Fact]
    public void Without_any_vector_instructions_results_are_close() => Check("DOTNET_EnableHWIntrinsic", 128, fma: false, nameof(Everything));

    private static void Check(string denied, int widest, bool fma, params string[] networks)
    {
        var lines = Child.Run((denied, "0"), ["train", .. networks]);
        var (width, fused) = lines[0].Split(' ') is [var first, var second] ? (int.Parse(first), bool.Parse(second)) : default;

        // Processors of other makes have nothing of that name to be denied.
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            Assert.InRange(width, 128, Math.Min(widest, Processor.WidestVectorBits));
            Assert.Equal(fma, fused);
        }
        var line = 1;
        foreach (var network in networks)
            foreach (var expected in Trainings.ByName(network).All)
            {
                var actual = MemoryMarshal.Cast<byte, float>(Convert.FromHexString(lines[line++])).ToArray();
                Assert.Equal(expected.Length, actual.Length);
                if (fused == Child.HasFma) Assert.Equal(Bits(expected), Bits(actual));
                else Assert.InRange(expected.Zip(actual, (e, a) => Math.Abs((double)e - a)).Max(), double.Epsilon, Tolerance * expected.Max(Math.Abs));
            }
        Assert.Equal(lines.Length, line);
    }

    private static int[] Bits(float[] values) => MemoryMarshal.Cast<float, int>(values).ToArray();
}
