using Kiln.Kernels;

namespace Kiln.Runtime.Tests;

/// <summary>Factors and eigenvectors of small symmetric matrices, multiplied out again.</summary>
public class LinearAlgebraTests
{
    private static double[] Symmetric(int size, int seed, double diagonal)
    {
        var random = new Random(seed);
        var a = new double[size * size];
        for (var i = 0; i < size; i++)
            for (var j = 0; j <= i; j++) a[i * size + j] = a[j * size + i] = 2 * random.NextDouble() - 1 + (i == j ? diagonal : 0);
        return a;
    }

    [Theory, InlineData(1), InlineData(2), InlineData(7), InlineData(40)]
    public void Cholesky_solves(int size)
    {
        var a = Symmetric(size, size, diagonal: size);
        var x = Enumerable.Range(1, size).Select(i => Math.Sin(i)).ToArray();
        var b = Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size).Sum(j => a[i * size + j] * x[j])).ToArray();
        Assert.True(Cholesky.Factor(a, size));
        Cholesky.Solve(a, size, b);
        for (var i = 0; i < size; i++) Assert.Equal(x[i], b[i], 1e-12);
    }

    [Fact]
    public void Cholesky_refuses_what_is_not_positive_definite()
    {
        Assert.False(Cholesky.Factor([1, 2, 2, 1], 2));
        Assert.False(Cholesky.Factor([0], 1));
        Assert.False(Cholesky.Factor([double.NaN], 1));
    }

    [Theory, InlineData(1, 0), InlineData(2, 0), InlineData(3, 1), InlineData(17, 0), InlineData(60, 0)]
    public void Eigenvectors_make_the_matrix(int size, double diagonal)
    {
        var a = Symmetric(size, 5 + size, diagonal);
        var (v, values) = ((double[])a.Clone(), new double[size]);
        Assert.True(SymmetricEigen.Decompose(v, size, values, new double[size]));
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                var (sum, product) = (0.0, 0.0);
                for (var k = 0; k < size; k++) (sum, product) = (sum + v[i * size + k] * values[k] * v[j * size + k], product + v[k * size + i] * v[k * size + j]);
                Assert.Equal(a[i * size + j], sum, 1e-12);
                Assert.Equal(i == j ? 1 : 0, product, 1e-12);
            }
        }
    }

    [Fact]
    public void Equal_and_zero_eigenvalues()
    {
        var (v, values) = (new double[9], new double[3]);
        Assert.True(SymmetricEigen.Decompose(v, 3, values, new double[3]));
        Assert.All(values, value => Assert.Equal(0, value));
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0, 1], v);
        Assert.False(SymmetricEigen.Decompose([double.NaN, 0, 0, 1], 2, values, new double[3]));
    }
}
