using Kiln;
namespace Networks.Energy;

// One RBM as a user's layer; CD-k and persistent chains
public sealed class Rbm(int visible, int hidden) : Layer
{
    public readonly Parameter W = new(visible, hidden) { Initializer = Initializer.Normal, Scale = 0.01 }, A = new(visible), B = new(hidden);
    public override Tensor Apply(Tensor v) => (v.MatMul(W) + B).Sigmoid();                       // P(h = 1 | v)
    public Tensor Down(Tensor h) => (h.MatMul(W.Transpose()) + A).Sigmoid();                     // P(v = 1 | h)
    public Tensor Gibbs(Tensor v, int sweeps) { for (var k = 0; k < sweeps; k++) v = Down(Apply(v).Bernoulli()).Bernoulli(); return v; }
    public Tensor FreeEnergy(Tensor v) => -(v * A).Sum() - (v.MatMul(W) + B).Softplus().Sum();
    public Update Contrast(Tensor data, Tensor model)
    {
        var (hd, hm) = (Apply(data), Apply(model));
        return Update.Of(W, data.Outer(hd) - model.Outer(hm)) + Update.Of(A, data - model) + Update.Of(B, hd - hm);
    }
}

[Network]
public sealed partial class RbmNetwork
{
    static readonly Rbm Machine = new(784, 500);
    static readonly State Chain = new(784) { Initial = 0.5 };

    [Learn] static Update ContrastiveDivergence([Shape(784)] Tensor x) => Machine.Contrast(x, Machine.Gibbs(x, 1));
    [Learn] static Update Persistent([Shape(784)] Tensor x)
    {
        var chain = Machine.Gibbs(Chain, 1);
        Chain.Assign(chain);
        return Machine.Contrast(x, chain);
    }
    // The same gradient as a loss: free energy of the data less that of the (constant) sample
    [Learn] static Loss AsLoss([Shape(784)] Tensor x) => Machine.FreeEnergy(x) - Machine.FreeEnergy(Machine.Gibbs(x, 1).StopGradient());
    [Predict] static Tensor Energy([Shape(784)] Tensor x) => Machine.FreeEnergy(x);
    [Predict] static Tensor Dream() { var v = Machine.Gibbs(Chain, 10); Chain.Assign(v); return v; }
}

// Greedy RBMs, fine-tuning of the stack, unrolling into an untied deep auto-encoder
[Network]
public sealed partial class DeepBelief
{
    static readonly Rbm[] Stack = [new(784, 256), new(256, 64), new(64, 16)];
    static readonly Dense Head = new(10);
    static readonly Dense[] Up = [new(256), new(64), new(16)], Down = [new(784), new(256), new(64)];   // unrolled: free parameters, started from the RBMs by the host

    static Tensor Below(Tensor x, int count) { for (var i = 0; i < count; i++) x = Stack[i].Apply(x); return x.StopGradient(); }
    static Update Greedy(Tensor x, int level) { var data = Below(x, level); return Stack[level].Contrast(data, Stack[level].Gibbs(data.Bernoulli(), 1)); }
    [Learn] static Update First([Shape(784)] Tensor x) => Greedy(x, 0);
    [Learn] static Update Second([Shape(784)] Tensor x) => Greedy(x, 1);
    [Learn] static Update Third([Shape(784)] Tensor x) => Greedy(x, 2);

    [Predict] static Tensor Logits([Shape(784)] Tensor x) { foreach (var machine in Stack) x = machine.Apply(x); return Head.Apply(x); }
    [Learn(nameof(Stack), nameof(Head))] static Loss FineTune([Shape(784)] Tensor x, [Classes(10)] Labels label) => Logits(x).CrossEntropy(label);

    [Predict] static Tensor Code([Shape(784)] Tensor x) { foreach (var layer in Up) x = layer.Apply(x).Sigmoid(); return x; }
    [Predict] static Tensor Rebuild([Shape(784)] Tensor x) { var h = Code(x); foreach (var layer in Down.Reverse()) h = layer.Apply(h).Sigmoid(); return h; }
    [Learn(nameof(Up), nameof(Down))] static Loss Unrolled([Shape(784)] Tensor x) => Rebuild(x).BinaryCrossEntropy(x).Sum();
}
public static class DeepBeliefHost
{
    public static void Unroll(DeepBelief net)
    {
        for (var i = 0; i < 3; i++)
        {
            net[$"up.{i}.weight"].CopyFrom(net[$"stack.{i}.w"], transposed: true);
            net[$"up.{i}.bias"].CopyFrom(net[$"stack.{i}.b"]);
            net[$"down.{i}.weight"].CopyFrom(net[$"stack.{i}.w"]);
            net[$"down.{i}.bias"].CopyFrom(net[$"stack.{i}.a"]);
        }
    }
}

// Two-layer DBM, mean field for the data, persistent chains for the model
[Network]
public sealed partial class DeepBoltzmann
{
    static readonly Parameter W1 = new(784, 100), W2 = new(100, 50), A = new(784), B = new(100), C = new(50);
    static readonly State V = new(784), H1 = new(100), H2 = new(50);

    static (Tensor, Tensor) MeanField(Tensor v, int sweeps)
    {
        Tensor m1 = (2 * v.MatMul(W1) + B).Sigmoid(), m2 = (m1.MatMul(W2) + C).Sigmoid();
        for (var i = 0; i < sweeps; i++)
        {
            m1 = (v.MatMul(W1) + m2.MatMul(W2.Transpose()) + B).Sigmoid();
            m2 = (m1.MatMul(W2) + C).Sigmoid();
        }
        return (m1, m2);
    }
    [Learn]
    static Update Learn([Shape(784)] Tensor x)
    {
        var (m1, m2) = MeanField(x, 5);
        var h1 = (V.MatMul(W1) + H2.MatMul(W2.Transpose()) + B).Sigmoid().Bernoulli();
        var (v, h2) = ((h1.MatMul(W1.Transpose()) + A).Sigmoid().Bernoulli(), (h1.MatMul(W2) + C).Sigmoid().Bernoulli());
        V.Assign(v); H1.Assign(h1); H2.Assign(h2);
        return Update.Of(W1, x.Outer(m1) - v.Outer(h1)) + Update.Of(W2, m1.Outer(m2) - h1.Outer(h2)) + Update.Of(A, x - v) + Update.Of(B, m1 - h1) + Update.Of(C, m2 - h2);
    }
}

// Multi-prediction: mean field through hidden pixels, differentiated
[Network]
public sealed partial class MultiPrediction
{
    static readonly Parameter W1 = new(784, 100), W2 = new(100, 50), A = new(784), B = new(100), C = new(50);
    [Learn]
    static Loss Learn([Shape(784)] Tensor x)
    {
        var known = Tensor.UniformLike(x) > 0.5;
        Tensor v = x * known + 0.5 * (1 - known), m2 = Tensor.Zeros(50), logits = x;
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

// Sparse coding: 20 ISTA steps, then a step of the dictionary; unit atoms kept by a program of their own
[Network]
public sealed partial class SparseCoding
{
    static readonly Parameter Atoms = new(128, 64);
    const double Step = 0.05, Lambda = 0.1;
    static Tensor Shrink(Tensor a, double t) => a.Sign() * (a.Abs() - t).Relu();
    [Predict]
    static Tensor Code([Shape(64)] Tensor x)
    {
        Tensor a = Tensor.Zeros(128);
        for (var i = 0; i < 20; i++) a = Shrink(a - Step * (a.MatMul(Atoms) - x).MatMul(Atoms.Transpose()), Step * Lambda);
        return a;
    }
    [Learn] static Loss Dictionary([Shape(64)] Tensor x) => Code(x).StopGradient().MatMul(Atoms).SquaredError(x).Sum();
    [Learn] static void Normalise() => Atoms.Assign(Atoms / Atoms.Square().Sum(1).Sqrt().Reshape(128, 1));
}

// Fully visible belief network: a strictly triangular weight
[Network]
public sealed partial class FullyVisible
{
    const int N = 196;
    static readonly Parameter W = new(N, N), Bias = new(N);
    static Tensor Logits(Tensor x) => x.MatMul(W * Lower()) + Bias;
    static Tensor Lower() { var m = new float[N * N]; for (var i = 0; i < N; i++) for (var j = i + 1; j < N; j++) m[i * N + j] = 1; return Tensor.Constant(m, N, N); }
    [Learn] static Loss Learn([Shape(N)] Tensor x) => Logits(x).BinaryCrossEntropyWithLogits(x).Sum();
    [Predict] static Tensor Next([Shape(N)] Tensor x) => Logits(x).Sigmoid();          // the host draws pixel by pixel
}

[Network]
public sealed partial class Perceptron
{
    static readonly Parameter W = new(2), B = new(1);
    [Predict] static Tensor Fire([Shape(2)] Tensor x) => ((x * W).Sum() + B).Step();
    [Learn] static Update Rosenblatt([Shape(2)] Tensor x, [Shape(1)] Tensor target) { var error = target - Fire(x); return Update.Of(W, error * x) + Update.Of(B, error); }
}
[Network, Input(784)]
[Dense(10, L2 = 1e-3), MultiHinge]
public sealed partial class LinearSvm;
public sealed class MultiHingeAttribute : StackLossAttribute;
