using Kiln.Metrics;
using Xunit;

namespace Kiln.Runtime.Tests.Metrics;

public class RegressionTests
{
    [Fact]
    public void Errors_by_hand()
    {
        Assert.Equal(0.5, Regression.MeanAbsoluteError([2.5f, 0, 2, 8], [3, -0.5f, 2, 7]));
        Assert.Equal(0.375, Regression.MeanSquaredError([2.5f, 0, 2, 8], [3, -0.5f, 2, 7]));
        Assert.Equal(0.9486081370449679, Regression.RSquared([2.5f, 0, 2, 8], [3, -0.5f, 2, 7]), 1e-12);   // scikit-learn's example
    }

    [Fact]
    public void R_squared_is_1_for_what_is_right_0_for_the_mean_and_below_for_worse()
    {
        Assert.Equal(1, Regression.RSquared([1, 2, 3], [1, 2, 3]));
        Assert.Equal(0, Regression.RSquared([2, 2, 2], [1, 2, 3]));
        Assert.Equal(-3, Regression.RSquared([3, 2, 1], [1, 2, 3]));
    }

    [Fact]
    public void Targets_without_variance()
    {
        Assert.Equal(1, Regression.RSquared([0.1f, 0.1f, 0.1f], [0.1f, 0.1f, 0.1f]));
        Assert.Equal(0, Regression.RSquared([0.1f, 0.1f, 0.2f], [0.1f, 0.1f, 0.1f]));
        Assert.Equal(1, Regression.RSquared([5], [5]));
    }

    /// <summary>A large offset leaves the differences as they are: sums are in double precision.</summary>
    [Fact]
    public void Far_from_0() => Assert.Equal(1 - 1 / 8.0, Regression.RSquared([1e6f + 1, 1e6f + 2, 1e6f + 5], [1e6f + 1, 1e6f + 3, 1e6f + 5]), 1e-12);

    [Fact]
    public void NaN_is_passed_on()
    {
        Assert.True(double.IsNaN(Regression.MeanAbsoluteError([float.NaN, 1], [1, 1])));
        Assert.True(double.IsNaN(Regression.MeanSquaredError([1, 1], [1, float.NaN])));
        Assert.True(double.IsNaN(Regression.RSquared([float.NaN, 1], [1, 1])));
        Assert.True(double.IsNaN(Regression.RSquared([1, 1], [1, float.NaN])));
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        Assert.StartsWith("RSquared: expected at least one element, but targets is empty.", Assert.Throws<ArgumentException>(() => Regression.RSquared([], [])).Message);
        Assert.StartsWith("MeanSquaredError: expected 2 elements, as many as targets has, but predictions has 1.", Assert.Throws<ArgumentException>(() => Regression.MeanSquaredError([1], [1, 2])).Message);
        Assert.Throws<ArgumentException>(() => Regression.MeanAbsoluteError([1, 2], [1]));
    }
}
