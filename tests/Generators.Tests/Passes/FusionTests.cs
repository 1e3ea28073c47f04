namespace Kiln.Generators.Tests;

/// <summary>What is computed where it is read, and what is not.</summary>
public class FusionTests
{
    /// <summary>A sum over neighbouring channels is in the formula several times, and has a condition for each channel beyond the first and last.</summary>
    [Fact]
    public void What_has_padding_is_computed_once()
    {
        var network = GeneratorHost.Network("[Network] public sealed partial class Net { [Predict] static Tensor Run([Shape(8, 5, 5)] Tensor x) => x.Conv2D(8, 3).LocalResponseNorm(5); }");
        var source = NetworkCompiler.Compile(network).KernelsSource;
        var conditions = source.Split('\n').Select(line => line.Split("unchecked((uint)").Length - 1).Where(count => count > 0).ToArray();
        Assert.NotEmpty(conditions);
        Assert.All(conditions, count => Assert.Equal(4, count));
    }

    /// <summary>Of a difference to the batch's mean no pass over the memory remains: the convolution's result is what is read.</summary>
    [Fact]
    public void A_difference_to_the_mean_is_not_stored()
    {
        var network = GeneratorHost.Network("[Network] public sealed partial class Net { [Predict] static Tensor Run([Shape(3, 5, 5)] Tensor x) => x.Conv2D(8, 3, bias: false).BatchNorm().Relu(); [Learn] static Loss Fit([Shape(3, 5, 5)] Tensor x) => Run(x).Tanh().Sum(); }");
        var source = NetworkCompiler.Compile(network).KernelsSource;
        var summaries = source.Split('\n').Where(line => line.Contains("/// <summary>", StringComparison.Ordinal) && line.Contains("[N, 8, 3, 3]", StringComparison.Ordinal)).ToArray();
        Assert.Contains(summaries, line => line.Contains("y = max(0, (a − b)·c + d)", StringComparison.Ordinal));
        Assert.DoesNotContain(summaries, line => line.Contains("y = a − b<", StringComparison.Ordinal));
    }
}
