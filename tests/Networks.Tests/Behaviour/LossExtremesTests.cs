using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>Losses of one number or one vector, with their gradients.</summary>
[Network]
public sealed partial class LossesAtTheEdge
{
    [Predict] static (Tensor Y, Tensor Gradient) Smooth([Shape(3)] Tensor x, [Classes(3)] Labels label) => With(x.CrossEntropy(label, smoothing: 0.3), x);
    [Predict] static (Tensor Y, Tensor Gradient) Impossible([Shape(3)] Tensor x, [Classes(3)] Labels label) => With(x.CrossEntropy(label, smoothing: 0.3, weights: [1, 1, 0], ignored: 1), x);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientT) Divergence([Shape] Tensor x, [Shape] Tensor t) => With(x.KullbackLeiblerDivergence(t), x, t);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientT) DivergenceOfLogs([Shape] Tensor x, [Shape] Tensor t) => With(x.KullbackLeiblerDivergence(t, logTarget: true), x, t);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientT) Poisson([Shape] Tensor x, [Shape] Tensor t) => With(x.PoissonNegativeLogLikelihood(t, full: true), x, t);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientV) Gaussian([Shape] Tensor x, [Shape] Tensor v) => With(x.GaussianNegativeLogLikelihood(0, v), x, v);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) Cosine([Shape(3)] Tensor x, [Shape(3)] Tensor u) => With(x.CosineSimilarity(u), x, u);

    static (Tensor, Tensor) With(Tensor y, Tensor x) => (y, y.Gradient(x));
    static (Tensor, Tensor, Tensor) With(Tensor y, Tensor x, Tensor u) => (y, y.Gradient(x), y.Gradient(u));
}

/// <summary>A loss is finite where the mathematics is, and so are its gradients.</summary>
public sealed class LossExtremesTests : IDisposable
{
    private const float Infinity = float.PositiveInfinity;
    private readonly LossesAtTheEdge _net = new(batch: 1);

    public void Dispose() => _net.Dispose();

    private delegate void Pair(ReadOnlySpan<float> x, ReadOnlySpan<float> u, Span<float> y, Span<float> gradientX, Span<float> gradientU);

    private static (float Y, float GradientX, float GradientU) Of(Pair program, float x, float u)
    {
        var (y, gradientX, gradientU) = (new float[1], new float[1], new float[1]);
        program([x], [u], y, gradientX, gradientU);
        return (y[0], gradientX[0], gradientU[0]);
    }

    [Fact]
    public void Cross_entropy_of_far_logits_and_of_impossible_classes()
    {
        var (y, gradient) = (new float[1], new float[3]);
        _net.Smooth([1e4f, -1e4f, 0], [0], y, gradient);
        Assert.Equal(0.1 * 2e4 + 0.1 * 1e4, y[0], 0.1);
        Assert.Equal([0.2f, -0.1f, -0.1f], gradient.Select(g => MathF.Round(g, 5)));
        _net.Impossible([1, 2, -Infinity], [0], y, gradient);
        Assert.Equal(0.8 * Math.Log(1 + Math.E) + 0.1 * Math.Log(1 + 1 / Math.E), y[0], 1e-6);
        Assert.All(gradient, g => Assert.True(float.IsFinite(g)));
        _net.Impossible([1, 2, -Infinity], [1], y, gradient);
        Assert.Equal((0, 0, 0, 0), (y[0], gradient[0], gradient[1], gradient[2]));
    }

    [Fact]
    public void An_outcome_of_probability_0_adds_no_divergence()
    {
        foreach (var x in new[] { -Infinity, -1e30f, 0 })
        {
            Assert.Equal((0, 0, 0), Of(_net.Divergence, x, 0));
            Assert.Equal((0, 0, 0), Of(_net.DivergenceOfLogs, x, -Infinity));
        }
        Assert.Equal(Infinity, Of(_net.Divergence, -Infinity, 0.5f).Y);
        Assert.True(float.IsNaN(Of(_net.Divergence, 0, float.NaN).Y));
        Assert.True(float.IsNaN(Of(_net.Divergence, 0, -1).Y));
    }

    [Fact]
    public void Counts_of_0_and_large_ones()
    {
        Assert.Equal((0, 0), Of(_net.Poisson, -Infinity, 0) is var (y, gradientX, _) ? (y, gradientX) : default);
        Assert.Equal(5000 + 5 * Math.Log(5) - 5 + Math.Log(10 * Math.PI) / 2, Of(_net.Poisson, -1000, 5).Y, 1e-3);
        Assert.Equal(-5, Of(_net.Poisson, -1000, 5).GradientX);
        Assert.Equal(Infinity, Of(_net.Poisson, 100, 0).Y);
    }

    /// <summary>A variance of 0 counts as 10⁻⁶, and its gradient leads out of there; a square that is no float is not needed.</summary>
    [Fact]
    public void Variances_of_0_and_large_ones()
    {
        var (y, gradientX, gradientV) = Of(_net.Gaussian, 1e-3f, 0);
        Assert.Equal((Math.Log(1e-6) + 1) / 2, y, 1e-4);
        Assert.Equal(1e3, gradientX, 0.1);
        Assert.Equal(0, gradientV / 1e6, 1e-3);
        Assert.True(Of(_net.Gaussian, 1, 0).GradientU < -1e11f);
        Assert.Equal(1e10 / 2, Of(_net.Gaussian, 1e20f, 1e30f).Y, 1e3);
    }

    [Fact]
    public void Directions_of_long_and_short_vectors_and_of_none()
    {
        foreach (var length in new[] { 1e30f, 1, 1e-5f })
        {
            var (y, x, u) = Cosine([3 * length, 0, 4 * length], [0, 0, 2]);
            Assert.Equal(0.8, y, 1e-6);
            // The gradient is at right angles to the vector, and shrinks as that grows.
            Assert.Equal([-0.48 / 5, 0, 0.36 / 5], x.Select(g => Math.Round(g * (double)length, 5)));
            Assert.Equal([0.3, 0, 0], u.Select(g => Math.Round(g, 5)));
        }
        var (none, gradient, _) = Cosine([0, 0, 0], [0, 0, 2]);
        Assert.Equal(0, none);
        Assert.Equal([0, 0, 1e8f], gradient.Select(g => MathF.Round(g / 1e3f) * 1e3f));
    }

    private (float Y, float[] GradientX, float[] GradientU) Cosine(float[] x, float[] u)
    {
        var (y, gradientX, gradientU) = (new float[1], new float[3], new float[3]);
        _net.Cosine(x, u, y, gradientX, gradientU);
        return (y[0], gradientX, gradientU);
    }
}
