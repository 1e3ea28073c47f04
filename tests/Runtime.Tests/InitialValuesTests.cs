using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

public class InitialValuesTests
{
    private static float[] Draw(Initializer initializer, int[] shape, ulong seed = 1, string name = "w", double scale = 1, ParameterStorage storage = ParameterStorage.Flat, int fanIn = 50, int fanOut = 150)
    {
        var floats = ParameterBlockTests.FloatsOf(shape, storage);
        using var block = new ParameterBlock([new ParameterInfo(name, "", shape, storage, 0, floats, initializer, scale, fanIn, fanOut, true)], floats);
        block.Initialize(seed);
        var values = block[0].ToArray();
        Assert.Equal(values.Count(v => v != 0), ParameterBlockTests.All(block).Count(v => v != 0));
        return values;
    }

    [Theory]
    [InlineData(Initializer.Uniform, 1.0)]
    [InlineData(Initializer.GlorotUniform, 0.17320508)] // √(6 / 200)
    [InlineData(Initializer.HeUniform, 0.34641016)] // √(6 / 50)
    [InlineData(Initializer.Default, 0.14142136)] // √(1 / 50)
    public void Uniform_initialisers_fill_their_interval(Initializer initializer, double bound)
    {
        foreach (var scale in new[] { 1, 0.25 })
        {
            var values = Draw(initializer, [300, 300], scale: scale);
            Assert.InRange(values.Max(), 0.999 * bound * scale, bound * scale);
            Assert.InRange(values.Min(), -bound * scale * 1.000001, -0.999 * bound * scale);
            Assert.InRange(values.Average(v => (double)v) / (bound * scale), -0.01, 0.01);
            Assert.InRange(values.Average(v => (double)v * v) / (bound * bound * scale * scale), 0.33, 0.337);
        }
    }

    [Theory]
    [InlineData(Initializer.Normal, 1.0)]
    [InlineData(Initializer.GlorotNormal, 0.1)] // √(2 / 200)
    [InlineData(Initializer.HeNormal, 0.2)] // √(2 / 50)
    [InlineData(Initializer.LeCunNormal, 0.14142136)] // √(1 / 50)
    [InlineData(Initializer.TruncatedNormal, 0.87962566)] // of a normal cut off at ±2
    public void Normal_initialisers_have_their_deviation(Initializer initializer, double deviation)
    {
        foreach (var scale in new[] { 1, 0.25 })
        {
            var values = Draw(initializer, [300, 300], scale: scale);
            Assert.InRange(values.Average(v => (double)v) / (deviation * scale), -0.01, 0.01);
            Assert.InRange(Math.Sqrt(values.Average(v => (double)v * v)) / (deviation * scale), 0.99, 1.01);
            if (initializer == Initializer.TruncatedNormal) Assert.InRange(values.Max(Math.Abs), 1.99 * scale, 2 * scale);
            else Assert.True(values.Max(Math.Abs) > 3.5 * deviation * scale);
        }
    }

    [Fact]
    public void Constants_are_constant()
    {
        Assert.All(Draw(Initializer.Zeros, [7]), v => Assert.Equal(0, v));
        Assert.All(Draw(Initializer.Ones, [7], scale: 0.5), v => Assert.Equal(0.5f, v));
        Assert.Equal([2, 0, 0, 0, 2, 0], Draw(Initializer.Identity, [2, 3], scale: 2));
        var convolution = Draw(Initializer.Identity, [2, 2, 3, 3], storage: ParameterStorage.ConvolutionPanels);
        Assert.Equal([4, 31], Enumerable.Range(0, 36).Where(i => convolution[i] == 1));
        Assert.Equal(2, convolution.Count(v => v != 0));
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(7, 30)]
    [InlineData(33, 5)]
    [InlineData(6, 2, 3, 3)]
    public void Orthogonal_matrices_are_orthogonal(params int[] shape)
    {
        var values = Draw(Initializer.Orthogonal, shape, scale: 3);
        var (rows, columns) = (shape[0], values.Length / shape[0]);
        double At(int vector, int i) => rows <= columns ? values[vector * columns + i] : values[i * columns + vector];
        for (var a = 0; a < Math.Min(rows, columns); a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var dot = Enumerable.Range(0, Math.Max(rows, columns)).Sum(i => At(a, i) * At(b, i));
                Assert.Equal(a == b ? 9 : 0, dot, 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(Initializer.HeUniform)]
    [InlineData(Initializer.TruncatedNormal)]
    [InlineData(Initializer.Orthogonal)]
    public void Values_depend_on_seed_and_name_and_not_on_storage(Initializer initializer)
    {
        var values = Draw(initializer, [40, 9]);
        Assert.Equal(values, Draw(initializer, [40, 9], storage: ParameterStorage.TransposedPanels));
        Assert.Equal(values, Draw(initializer, [40, 9], storage: ParameterStorage.Panels));
        Assert.NotEqual(values, Draw(initializer, [40, 9], seed: 2));
        Assert.NotEqual(values, Draw(initializer, [40, 9], name: "v"));
    }

    [Fact]
    public void Initialisers_of_matrices_refuse_vectors()
    {
        Assert.Contains("'w'", Assert.Throws<ArgumentException>(() => Draw(Initializer.Orthogonal, [5])).Message);
        Assert.Throws<ArgumentException>(() => Draw(Initializer.Identity, []));
    }

    [Fact]
    public void Values_are_pinned()
    {
        // Checkpoint-free reproduction across releases and machines: these must never change.
        var values = Draw(Initializer.Normal, [4], seed: 42, name: "dense.weight");
        Assert.Equal("3ef1e3e9 3fa8bc3e 3f178c82 3f018edb", string.Join(" ", values.Select(BitConverter.SingleToInt32Bits).Select(b => b.ToString("x8"))));
    }
}
