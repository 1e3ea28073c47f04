using Kiln;

namespace Networks.Tests.FullBatch;

/// <summary>A curve of 31 weights: as residuals, as a loss, and as a loss with its Hessian.</summary>
[Network]
public sealed partial class Curve
{
    static readonly Dense Hidden = new(10) { Bias = false, Initializer = Initializer.LeCunNormal }, Output = new(1);

    // Biases of zero would put all bends of the curve at x = 0.
    static readonly Parameter Bends = new(10) { Initializer = Initializer.Normal };

    [Predict] static Tensor Value([Shape(1)] Tensor x) => Output.Apply((Hidden.Apply(x) + Bends).Tanh());
    [Learn] static Residuals Fit([Shape(1)] Tensor x, [Shape(1)] Tensor y) => Value(x) - y;
    [Learn] static Loss Error([Shape(1)] Tensor x, [Shape(1)] Tensor y) => 0.5 * (Value(x) - y).Square().Sum();
    [Learn(Hessian = true)] static Loss Exact([Shape(1)] Tensor x, [Shape(1)] Tensor y) => 0.5 * (Value(x) - y).Square().Sum();
}

/// <summary>½ Σ c (w − t)² with curvatures c and a target t that the caller gives: no two weights are coupled.</summary>
[Network]
public sealed partial class Bowl
{
    public const int Size = 20;

    static readonly Parameter Point = new(Size) { Initializer = Initializer.Normal };

    [Learn] static Loss Height([Shape(Size)] Tensor curvature, [Shape(Size)] Tensor target) => 0.5 * (curvature * (Point - target).Square()).Sum();
    [Learn(Hessian = true)] static Loss Exact([Shape(Size)] Tensor curvature, [Shape(Size)] Tensor target) => 0.5 * (curvature * (Point - target).Square()).Sum();
    [Learn] static Residuals Squares([Shape(Size)] Tensor curvature, [Shape(Size)] Tensor target) => curvature.Sqrt() * (Point - target);
}

/// <summary>Rosenbrock's valley, (1 − x)² + 100 (y − x²)², without input.</summary>
[Network]
public sealed partial class Valley
{
    static readonly Parameter Point = new(2);

    static Tensor X => Point.Slice(0, 0, 1);
    static Tensor Y => Point.Slice(0, 1, 1);

    [Learn(Hessian = true)] static Loss Height() => (1 - X).Square().Sum() + 100 * (Y - X.Square()).Square().Sum();
    [Learn] static Residuals Squares() => Tensor.Concat([1 - X, 10 * (Y - X.Square())]);
}

/// <summary>x² − y² + y⁴: a saddle at (0, 0), minima of −¼ at (0, ±√½).</summary>
[Network]
public sealed partial class Saddle
{
    static readonly Parameter Point = new(2);

    static Tensor X => Point.Slice(0, 0, 1);
    static Tensor Y => Point.Slice(0, 1, 1);

    [Learn(Hessian = true)] static Loss Height() => (X.Square() - Y.Square() + Y.Square().Square()).Sum();

    /// <summary>Without the fourth power it has no minimum.</summary>
    [Learn(Hessian = true)] static Loss Endless() => X.Square().Sum() - Y.Square().Sum();
}

/// <summary>Three weights: residuals whose normal equations are well conditioned.</summary>
[Network]
public sealed partial class Neuron
{
    static readonly Dense Unit = new(1) { Name = "neuron" };

    [Predict] static Tensor Value([Shape(2)] Tensor x) => Unit.Apply(x).Tanh();
    [Learn] static Residuals Fit([Shape(2)] Tensor x, [Shape(1)] Tensor y) => Value(x) - y;
    [Learn(Hessian = true)] static Loss Exact([Shape(2)] Tensor x, [Shape(1)] Tensor y) => 0.5 * (Value(x) - y).Square().Sum();
}

/// <summary>10 w − log w, with its minimum at 0.1: not a number below 0. And a dropout, whose draws a step must not change.</summary>
[Network]
public sealed partial class Wall
{
    static readonly Parameter Weight = new(1) { Initializer = Initializer.Ones };

    [Learn(Hessian = true)] static Loss Height() => (10 * Weight - Weight.Value.Log()).Sum();
    [Learn] static Loss Noisy([Shape(4)] Tensor x) => ((Weight - 0.3) * x.Dropout(0.5)).Square().Sum();
}
