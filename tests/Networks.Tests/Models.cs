using Kiln;

namespace Networks.Tests;

[Network, Input(784)]
[Dense(256), Relu, Dense(128), Relu, Dense(10), CrossEntropy]
public sealed partial class Mlp;

[Network, Input(1, 28, 28)]
[Conv2D(6, Kernel = 5, Padding = Padding.Same), Tanh, AveragePool2D(2)]
[Conv2D(16, Kernel = 5), Tanh, AveragePool2D(2)]
[Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
[CrossEntropy]
public sealed partial class LeNet5;

/// <summary>Everything a single small network can have that might be computed in another order: dropout, strides, groups, odd sizes, a penalty by a gradient.</summary>
[Network]
public sealed partial class Everything
{
    [Predict]
    static Tensor Logits([Shape(2, 11, 9)] Tensor image)
    {
        var x = image.Conv2D(6, kernel: 3, stride: 2, padding: 1, groups: 2).Softplus().MaxPool2D(2, 1);
        x = x.Flatten().Dropout(0.3).Dense(33).Relu();
        return x.Dense(7);
    }

    [Learn]
    static (Loss Total, Tensor Penalty) Learn([Shape(2, 11, 9)] Tensor image, [Classes(7)] Labels label)
    {
        var logits = Logits(image + 0.1 * Tensor.NormalLike(image));
        var penalty = logits.LogSumExp().Gradient(image).Square().Sum();
        return (logits.CrossEntropy(label) + 0.1 * penalty, penalty);
    }
}

/// <summary>Weights with penalties, in panels, in a kernel's panels and flat.</summary>
[Network]
public sealed partial class Penalised
{
    static readonly Conv2D Image = new(5) { Kernel = 3, L2 = 1e-2 };
    static readonly Dense Head = new(7) { L1 = 1e-2, L2 = 3e-2 };
    static readonly Parameter Gain = new(7) { Initializer = Initializer.Ones };

    [Predict] static Tensor Logits([Shape(1, 6, 5)] Tensor x) => Head.Apply(Image.Apply(x).Relu().Flatten()) * Gain;
    [Learn] static Loss Learn([Shape(1, 6, 5)] Tensor x, [Classes(7)] Labels label) => Logits(x).CrossEntropy(label) + 0.5 * (Head.Weight.Square() + 0.1).Log().Sum() + Gain.Square().Sum();
}
