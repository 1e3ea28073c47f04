using Kiln;
namespace Networks.Optimisation;

// Style transfer: the picture is the optimised thing
[Network]
public sealed partial class StyleTransfer
{
    static readonly Conv2D One = new(16) { Padding = Padding.Same }, Two = new(32) { Padding = Padding.Same, Stride = 2 }, Three = new(64) { Padding = Padding.Same, Stride = 2 };
    static readonly Dense Head = new(10);
    static Tensor[] Maps(Tensor x) { var a = One.Apply(x).Relu(); var b = Two.Apply(a).Relu(); return [a, b, Three.Apply(b).Relu()]; }
    static Tensor Gram(Tensor f) { var flat = f.Reshape(f.Shape[0], -1); return flat.MatMul(flat.Transpose()) / flat.Shape.Length; }

    [Learn] static Loss Classify([Shape(3, 32, 32)] Tensor image, [Classes(10)] Labels label) => Head.Apply(Maps(image)[2].GlobalAveragePool()).CrossEntropy(label);
    [Learn]
    static Loss Paint([Optimized, Shape(3, 64, 64)] Tensor picture, [Shape(3, 64, 64)] Tensor content, [Shape(3, 64, 64)] Tensor style)
    {
        var (p, c, s) = (Maps(picture), Maps(content), Maps(style));
        Tensor loss = (p[2] - c[2]).Square().Sum();
        for (var i = 0; i < p.Length; i++) loss += 100 * (Gram(p[i]) - Gram(s[i])).Square().Sum();
        return loss;
    }
    // Excite one unit, chosen at run time
    [Learn] static Loss Excite([Optimized, Shape(3, 32, 32)] Tensor picture, [Classes(64)] Labels unit) => -(Maps(picture)[2].Mean(1, 2) * unit.OneHot()).Sum() + 1e-3 * picture.Square().Sum();
}

// Mixture density
[Network]
public sealed partial class MixtureDensity
{
    const int K = 5;
    [Predict]
    static (Tensor Weights, Tensor Means, Tensor Deviations) Mixture([Shape(1)] Tensor x)
    {
        var parts = x.Dense(32).Tanh().Dense(3 * K).Split(3);
        return (parts[0].LogSoftmax(), parts[1], parts[2].Softplus() + 1e-4);
    }
    [Learn]
    static Loss Learn([Shape(1)] Tensor x, [Shape(1)] Tensor y)
    {
        var (w, mean, deviation) = Mixture(x);
        return -(w - 0.5 * ((y - mean) / deviation).Square() - deviation.Log() - 0.9189385).LogSumExp();
    }
}

// Least squares for Levenberg-Marquardt; a plain loss for conjugate gradients and Newton
[Network]
public sealed partial class CurveFit
{
    [Predict] static Tensor Curve([Shape(1)] Tensor x) => x.Dense(10).Tanh().Dense(1);
    [Learn] static Residuals Fit([Shape(1)] Tensor x, [Shape(1)] Tensor y) => Curve(x) - y;
    [Learn] static Loss Error([Shape(1)] Tensor x, [Shape(1)] Tensor y) => Curve(x).SquaredError(y).Sum();
}
public static class CurveFitHost
{
    public static void Run(float[] x, float[] y)
    {
        using var net = new CurveFit();
        using var training = net.Train(batch: 100, fit: new LevenbergMarquardt(), error: new ConjugateGradient());
        for (var i = 0; i < 100; i++) training.Fit(x, y);
    }
}

// The chain 1x1x1x1, gradients by hand against the compiler's
[Network]
public sealed partial class Chain
{
    static readonly Parameter W = new(4), B = new(4);
    [Predict]
    static (Tensor Output, Tensor Slope) Run([Shape(1)] Tensor x)
    {
        var a = x;
        for (var i = 0; i < 4; i++) a = (a * W.Slice(0, i, 1) + B.Slice(0, i, 1)).Sigmoid();
        return (a, a.Gradient(B));
    }
}

// Multi-loss with a per-sample weight, label smoothing by hand, L1 on activations
[Network]
public sealed partial class Weighted
{
    [Predict] static Tensor Logits([Shape(784)] Tensor x) => x.Dense(300).Relu().Dense(10);
    [Learn]
    static Loss Learn([Shape(784)] Tensor x, [Classes(10)] Labels label, [Shape] Tensor weight)
    {
        var h = x.Dense(300).Relu();
        Loss total = h.Dense(10).CrossEntropy(0.9 * label.OneHot() + 0.01) * weight + 1e-4 * h.Abs().Sum();
        return total;
    }
}

// On a surface: a program without input; the parameter is the point
[Network]
public sealed partial class Saddle
{
    static readonly Parameter Point = new(2);
    [Learn] static Loss Height() => Point.Slice(0, 0, 1).Square().Sum() - Point.Slice(0, 1, 1).Square().Sum();
}
