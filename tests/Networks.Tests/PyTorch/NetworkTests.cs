using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

[Network, Input(13)]
[Dense(37), Relu, Dense(29), Relu, Dense(10)]
[CrossEntropy]
public sealed partial class SmallMlp;

[Network, Input(1, 28, 28)]
[Conv2D(4, Kernel = 5, Padding = Padding.Same), Tanh, AveragePool2D(2)]
[Conv2D(6, Kernel = 5), Tanh, AveragePool2D(2)]
[Flatten, Dense(21), Tanh, Dense(10)]
[CrossEntropy]
public sealed partial class SmallLeNet;

[Network, Input(6)]
[Dense(9, L1 = 0.01), Sigmoid, Dense(4, L2 = 0.05)]
[CrossEntropy]
public sealed partial class Penalised;

[Network, Input(2, 5, 7)]
[Conv2D(5, Kernel = 3, Padding = Padding.Same, Bias = false), BatchNorm(Momentum = 0.3), Relu, MaxPool2D(2)]
[Flatten, Dense(11, Bias = false), BatchNorm(Epsilon = 1e-3, Affine = false), Tanh, Dense(4)]
[CrossEntropy]
public sealed partial class SmallNormalised;

/// <summary>A critic whose slope is pulled to one: the gradient of a gradient trains it.</summary>
[Network]
public sealed partial class Critic
{
    private static readonly Dense dense1 = new(19), dense2 = new(11), dense3 = new(1);

    [Predict]
    static (Tensor Y, Tensor Slope) Judge([Shape(6)] Tensor x)
    {
        var y = Value(x);
        return (y, y.Gradient(x).Square().Sum().Sqrt());
    }

    [Learn]
    static Loss Learn([Shape(6)] Tensor x)
    {
        var y = Value(x);
        return y + 10 * (y.Gradient(x).Square().Sum().Sqrt() - 1).Square();
    }

    static Tensor Value(Tensor x) => dense3.Apply(dense2.Apply(dense1.Apply(x).Softplus()).Tanh()).Sum();
}

/// <summary>The decoder is the encoder's weight, transposed; the code is sparse.</summary>
[Network]
public sealed partial class Tied
{
    private static readonly Dense code = new(17);

    [Predict]
    static (Tensor Code, Tensor Rebuilt) Rebuild([Shape(23)] Tensor x)
    {
        var h = code.Apply(x).Relu();
        return (h, Decoder(h).Sigmoid());
    }

    [Learn]
    static Loss Learn([Shape(23)] Tensor x)
    {
        var h = code.Apply(x).Relu();
        return Decoder(h).BinaryCrossEntropyWithLogits(x).Sum() + 1e-3 * h.Abs().Sum();
    }

    [Shared]
    static Tensor Decoder(Tensor h)
    {
        var bias = new Parameter(23);
        return h.MatMul(code.Weight.Transpose()) + bias;
    }
}

/// <summary>The same with sigmoid, where the Jacobian of the code is to be small.</summary>
[Network]
public sealed partial class Contractive
{
    private static readonly Dense code = new(17);

    [Predict]
    static Tensor Encode([Shape(23)] Tensor x) => code.Apply(x).Sigmoid();

    [Learn]
    static Loss Learn([Shape(23)] Tensor x)
    {
        var h = code.Apply(x).Sigmoid();
        return Decoder(h).BinaryCrossEntropyWithLogits(x).Sum() + 0.1 * h.Gradient(x).Square().Sum();
    }

    [Shared]
    static Tensor Decoder(Tensor h)
    {
        var bias = new Parameter(23);
        return h.MatMul(code.Weight.Transpose()) + bias;
    }
}

/// <summary>Whole networks: outputs, losses, gradients, and the parameters after each of three steps.</summary>
public sealed class NetworkTests
{
    private delegate float Step();

    private static Optimizer Create(string optimizer) => optimizer switch
    {
        "sgd" => new Sgd(0.1),
        "momentum" => new Sgd(0.1, momentum: 0.9),
        "nesterov" => new Sgd(0.1, momentum: 0.9, nesterov: true),
        _ => new Adam(0.01),
    };

    [Theory]
    [InlineData("sgd")]
    [InlineData("momentum")]
    [InlineData("nesterov")]
    [InlineData("adam")]
    public void Multi_layer_perceptron(string optimizer)
    {
        var fixture = new Fixture("mlp");
        var (x, label, logits) = (fixture.Floats("x"), fixture.Labels("label"), fixture.Room("logits"));
        using var net = new SmallMlp(batch: 7);
        SetInitial(fixture, net);
        net.Predict(x, logits);
        fixture.Near("logits", logits, Against.Values);
        using var training = net.Train(Create(optimizer), batch: 7, threads: 1);
        CheckGradients(fixture, () => training.LearnGradients(x, label), name => training.Gradients[name]);
        CheckSteps(fixture, optimizer, net, () => training.Learn(x, label));
    }

    [Theory]
    [InlineData("momentum")]
    [InlineData("adam")]
    public void LeNet(string optimizer)
    {
        var fixture = new Fixture("lenet");
        var (x, label, logits) = (fixture.Floats("x"), fixture.Labels("label"), fixture.Room("logits"));
        using var net = new SmallLeNet(batch: 5);
        SetInitial(fixture, net);
        net.Predict(x, logits);
        fixture.Near("logits", logits, Against.Values);
        using var training = net.Train(Create(optimizer), batch: 5, threads: 1);
        CheckGradients(fixture, () => training.LearnGradients(x, label), name => training.Gradients[name]);
        CheckSteps(fixture, optimizer, net, () => training.Learn(x, label));
    }

    [Fact]
    public void Batch_normalisation()
    {
        var fixture = new Fixture("batch_norm");
        var (x, label, logits) = (fixture.Floats("x"), fixture.Labels("label"), fixture.Room("logits"));
        using var net = new SmallNormalised(batch: 7);
        SetInitial(fixture, net);
        net.Predict(x, logits);
        fixture.Near("logits", logits, Against.Values);
        using var training = net.Train(Create("sgd"), batch: 7, threads: 1);
        CheckGradients(fixture, () => training.LearnGradients(x, label), name => training.Gradients[name]);
        CheckSteps(fixture, "sgd", net, () => training.Learn(x, label));
        net.Predict(x, logits);
        fixture.Near("logits/trained", logits, Against.Values);
    }

    [Fact]
    public void Penalties_on_weights()
    {
        var fixture = new Fixture("penalties");
        using var net = new Penalised(batch: 5);
        SetInitial(fixture, net);
        using var training = net.Train(new Sgd(0.1), batch: 5, threads: 1);
        CheckGradients(fixture, () => training.LearnGradients(fixture.Floats("x"), fixture.Labels("label")), name => training.Gradients[name]);
    }

    [Fact]
    public void Gradient_penalty()
    {
        var fixture = new Fixture("gradient_penalty");
        var (y, slope) = (fixture.Room("y"), fixture.Room("slope"));
        using var net = new Critic(batch: 5);
        SetInitial(fixture, net);
        net.Judge(fixture.Floats("x"), y, slope);
        fixture.Near("y", y, Against.Values);
        fixture.Near("slope", slope, Against.Values);
        using var training = net.Train(new Sgd(0.1), batch: 5, threads: 1);
        CheckGradients(fixture, () => training.LearnGradients(fixture.Floats("x")), name => training.Gradients[name]);
    }

    [Fact]
    public void Tied_sparse_auto_encoder()
    {
        var fixture = new Fixture("tied_autoencoder");
        var (code, rebuilt) = (fixture.Room("code"), fixture.Room("rebuilt"));
        using var net = new Tied(batch: 7);
        SetInitial(fixture, net);
        net.Rebuild(fixture.Floats("x"), code, rebuilt);
        fixture.Near("code", code, Against.Values);
        fixture.Near("rebuilt", rebuilt, Against.Values);
        using var training = net.Train(Create("adam"), batch: 7, threads: 1);
        CheckGradients(fixture, () => training.LearnGradients(fixture.Floats("x")), name => training.Gradients[name]);
        CheckSteps(fixture, "adam", net, () => training.Learn(fixture.Floats("x")));
    }

    [Fact]
    public void Contractive_auto_encoder()
    {
        var fixture = new Fixture("contractive_autoencoder");
        var code = fixture.Room("code");
        using var net = new Contractive(batch: 7);
        SetInitial(fixture, net);
        net.Encode(fixture.Floats("x"), code);
        fixture.Near("code", code, Against.Values);
        using var training = net.Train(new Sgd(0.1), batch: 7, threads: 1);
        CheckGradients(fixture, () => training.LearnGradients(fixture.Floats("x")), name => training.Gradients[name]);
    }

    private static void SetInitial(Fixture fixture, INetwork net)
    {
        foreach (var parameter in net.AllParameters)
            parameter.CopyFrom(fixture.Floats($"initial/{parameter.Name}"));
    }

    private static void CheckGradients(Fixture fixture, Step gradients, Func<string, ParameterView> gradient)
    {
        fixture.Near("loss", [gradients()], Against.Values);
        foreach (var key in fixture.Keys.Where(key => key.StartsWith("gradient/", StringComparison.Ordinal)))
            fixture.Near(key, gradient(key["gradient/".Length..]).ToArray(), Against.Gradients);
    }

    private static void CheckSteps(Fixture fixture, string optimizer, INetwork net, Step learn)
    {
        for (var step = 1; step <= 3; step++)
        {
            fixture.Near($"{optimizer}/{step}/loss", [learn()], Against.Values);
            foreach (var parameter in net.AllParameters)
                fixture.Near($"{optimizer}/{step}/{parameter.Name}", parameter.ToArray(), Against.Values);
        }
    }
}
