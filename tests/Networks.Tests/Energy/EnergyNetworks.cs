using Kiln;

namespace Networks.Tests.Energy;

// The energy models of the language's acceptance set, small enough to be computed again in double precision.

/// <summary>A restricted Boltzmann machine as a user's layer.</summary>
public sealed class Rbm(int visible, int hidden) : Layer
{
    public readonly Parameter W = new(visible, hidden) { Initializer = Initializer.Normal, Scale = 0.5 };
    public readonly Parameter A = new(visible) { Initializer = Initializer.Normal, Scale = 0.5 }, B = new(hidden) { Initializer = Initializer.Normal, Scale = 0.5 };

    public override Tensor Apply(Tensor v) => (v.MatMul(W) + B).Sigmoid();
    public Tensor Down(Tensor h) => (h.MatMul(W.Transpose()) + A).Sigmoid();
    public Tensor Gibbs(Tensor v, int sweeps) { for (var k = 0; k < sweeps; k++) v = Down(Apply(v).Bernoulli()).Bernoulli(); return v; }
    public Tensor FreeEnergy(Tensor v) => -(v * A).Sum() - (v.MatMul(W) + B).Softplus().Sum();
    public Update Contrast(Tensor data, Tensor model)
    {
        var (hd, hm) = (Apply(data), Apply(model));
        return Update.Of(W, data.Outer(hd) - model.Outer(hm)) + Update.Of(A, data - model) + Update.Of(B, hd - hm);
    }
}

/// <summary>
/// Contrastive divergence. Each row gets its number, one-hot, so that the step of <c>Seen</c> has the model's samples, row by row, divided by the number of rows.
/// </summary>
[Network]
public sealed partial class Contrast
{
    internal const int Visible = 7, Hidden = 5, Rows = 9;
    static readonly Rbm Machine = new(Visible, Hidden);
    static readonly Parameter Seen = new(Rows, Visible);

    [Learn] static Update Learn([Shape(Visible)] Tensor x, [Shape(Rows)] Tensor row) => Step(x, row, 1);
    [Learn] static (Update Step, Tensor Ones) Five([Shape(Visible)] Tensor x, [Shape(Rows)] Tensor row) => (Step(x, row, 5), Machine.Gibbs(x, 5).Sum());
    [Predict] static Tensor Energy([Shape(Visible)] Tensor x) => Machine.FreeEnergy(x);

    static Update Step(Tensor x, Tensor row, int sweeps)
    {
        var model = Machine.Gibbs(x, sweeps);
        return Machine.Contrast(x, model) + Update.Of(Seen, row.Outer(model));
    }
}

/// <summary>The same gradient as that of a loss. The program has the same name, and so its draws are the same.</summary>
[Network]
public sealed partial class ContrastAsLoss
{
    static readonly Rbm Machine = new(Contrast.Visible, Contrast.Hidden);
    [Learn] static Loss Learn([Shape(Contrast.Visible)] Tensor x) => Machine.FreeEnergy(x) - Machine.FreeEnergy(Machine.Gibbs(x, 1).StopGradient());
}

/// <summary>Chains of a machine with so few units that its distribution can be summed up.</summary>
[Network]
public sealed partial class Chains
{
    internal const int Visible = 3, Hidden = 2;
    static readonly Rbm Machine = new(Visible, Hidden);
    [Predict] static Tensor Walk([Shape(Visible)] Tensor v) => Machine.Gibbs(v, 30);
    [Predict] static Tensor Energy([Shape(Visible)] Tensor v) => Machine.FreeEnergy(v);
}

/// <summary>Persistent chains: the model's sample is one sweep further than that of the call before.</summary>
[Network]
public sealed partial class Persistence
{
    internal const int Visible = 4, Hidden = 4, Rows = 6;
    static readonly Rbm Machine = new(Visible, Hidden);
    static readonly State Chain = new(Visible);

    [Learn]
    static Update Learn([Shape(Visible)] Tensor x)
    {
        var model = Machine.Gibbs(Chain, 1);
        Chain.Assign(model);
        return Machine.Contrast(x, model);
    }

    [Predict]
    static Tensor Dream()
    {
        var v = Machine.Gibbs(Chain, 1);
        Chain.Assign(v);
        return v;
    }
}

/// <summary>Greedy machines, fine-tuning of the stack, unrolling into an untied deep auto-encoder.</summary>
[Network]
public sealed partial class DeepBelief
{
    internal const int Rows = 6, Classes = 4;
    internal static readonly int[] Widths = [12, 8, 5, 3];
    static readonly Rbm[] Stack = [new(12, 8), new(8, 5), new(5, 3)];
    static readonly Parameter[] Seen = [new(Rows, 12), new(Rows, 8), new(Rows, 5)];
    static readonly Dense Head = new(Classes);
    static readonly Dense[] Up = [new(8), new(5), new(3)], Down = [new(12), new(8), new(5)];

    static Tensor Below(Tensor x, int count) { for (var i = 0; i < count; i++) x = Stack[i].Apply(x); return x.StopGradient(); }
    static Update Greedy(Tensor x, Tensor row, int level)
    {
        var data = Below(x, level);
        var model = Stack[level].Gibbs(data.Bernoulli(), 1);
        return Stack[level].Contrast(data, model) + Update.Of(Seen[level], row.Outer(model));
    }
    [Learn] static Update First([Shape(12)] Tensor x, [Shape(Rows)] Tensor row) => Greedy(x, row, 0);
    [Learn] static Update Second([Shape(12)] Tensor x, [Shape(Rows)] Tensor row) => Greedy(x, row, 1);
    [Learn] static Update Third([Shape(12)] Tensor x, [Shape(Rows)] Tensor row) => Greedy(x, row, 2);

    [Predict] static Tensor Logits([Shape(12)] Tensor x) { foreach (var machine in Stack) x = machine.Apply(x); return Head.Apply(x); }
    [Learn(nameof(Stack), nameof(Head))] static Loss FineTune([Shape(12)] Tensor x, [Classes(Classes)] Labels label) => Logits(x).CrossEntropy(label);

    [Predict] static Tensor Code([Shape(12)] Tensor x) { foreach (var layer in Up) x = layer.Apply(x).Sigmoid(); return x; }
    [Predict] static Tensor Rebuild([Shape(12)] Tensor x) { var h = Code(x); foreach (var layer in Down.Reverse()) h = layer.Apply(h).Sigmoid(); return h; }
    [Learn(nameof(Up), nameof(Down))] static Loss Unrolled([Shape(12)] Tensor x) => Rebuild(x).BinaryCrossEntropy(x).Sum();
}

/// <summary>Multi-prediction: mean field through hidden pixels, differentiated.</summary>
[Network]
public sealed partial class MultiPrediction
{
    static readonly Parameter W1 = new(10, 6), W2 = new(6, 4), A = new(10), B = new(6), C = new(4);
    [Learn]
    static Loss Learn([Shape(10)] Tensor x)
    {
        var known = Tensor.UniformLike(x) > 0.5;
        Tensor v = x * known + 0.5 * (1 - known), m2 = Tensor.Zeros(4), logits = x;
        for (var i = 0; i < 5; i++)
        {
            var m1 = (v.MatMul(W1) + m2.MatMul(W2.Transpose()) + B).Sigmoid();
            m2 = (m1.MatMul(W2) + C).Sigmoid();
            logits = m1.MatMul(W1.Transpose()) + A;
            v = x * known + logits.Sigmoid() * (1 - known);
        }
        return (logits.BinaryCrossEntropyWithLogits(x) * (1 - known)).Sum();
    }
}

/// <summary>Sparse coding: 20 steps of iterative shrinkage, then a step of the dictionary; a program of their own keeps atoms of length 1.</summary>
[Network]
public sealed partial class SparseCoding
{
    internal const int Count = 12, Pixels = 6, Sweeps = 20;
    internal const double Step = 0.05, Lambda = 0.1;
    static readonly Parameter Atoms = new(Count, Pixels);
    static Tensor Shrink(Tensor a, double t) => a.Sign() * (a.Abs() - t).Relu();
    [Predict]
    static Tensor Code([Shape(Pixels)] Tensor x)
    {
        Tensor a = Tensor.Zeros(Count);
        for (var i = 0; i < Sweeps; i++) a = Shrink(a - Step * (a.MatMul(Atoms) - x).MatMul(Atoms.Transpose()), Step * Lambda);
        return a;
    }
    [Learn] static Loss Dictionary([Shape(Pixels)] Tensor x) => Code(x).StopGradient().MatMul(Atoms).SquaredError(x).Sum();
    [Learn] static void Normalise() => Atoms.Assign(Atoms / Atoms.Square().Sum(1).Sqrt().Reshape(Count, 1));
}

/// <summary>A fully visible belief network: a strictly triangular weight.</summary>
[Network]
public sealed partial class FullyVisible
{
    internal const int N = 6;
    static readonly Parameter W = new(N, N), Bias = new(N);
    static Tensor Logits(Tensor x) => x.MatMul(W * Lower()) + Bias;
    static Tensor Lower() { var m = new float[N * N]; for (var i = 0; i < N; i++) for (var j = i + 1; j < N; j++) m[i * N + j] = 1; return Tensor.Constant(m, N, N); }
    [Learn] static Loss Learn([Shape(N)] Tensor x) => Logits(x).BinaryCrossEntropyWithLogits(x).Sum();
    [Predict] static Tensor Next([Shape(N)] Tensor x) => Logits(x).Sigmoid();
}

/// <summary>Rosenblatt's perceptron.</summary>
[Network]
public sealed partial class Perceptron
{
    static readonly Parameter W = new(2), B = new(1);
    [Predict] static Tensor Fire([Shape(2)] Tensor x) => ((x * W).Sum() + B).Step();
    [Learn] static Update Rosenblatt([Shape(2)] Tensor x, [Shape(1)] Tensor target) { var error = target - Fire(x); return Update.Of(W, error * x) + Update.Of(B, error); }
}
