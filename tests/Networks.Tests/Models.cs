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

/// <summary>Every word with windows, over lines, images and a volume.</summary>
[Network]
public sealed partial class EveryWindow
{
    static readonly Conv2D There = new(4) { Stride = 2, Padding = Padding.Same };
    static readonly Sequential Line = new(
        new Conv1D(6, 3) { Padding = Padding.Same, Groups = 2 }, new MaxPool1D(2) { Ceiling = true }, new Tanh(),
        new ConvTransposed1D(2, 3) { Stride = 2, OutputPadding = 1 }, new AveragePool1D(8) { PaddingLeft = 3, Ceiling = true, CountPadding = false });

    [Predict]
    static Tensor Logits([Shape(2, 11, 9)] Tensor image)
    {
        var code = There.Apply(image).Tanh();
        var back = There.Transposed().Apply(code).LocallyConnected2D(3, kernel: 3, stride: 2).WeightedAveragePool2D(2, stride: 1);
        var up = code.ConvTransposed2D(4, kernel: 3, stride: 2, padding: 1, outputPadding: (0, 1), groups: 2).Upsample2D((1, 2), Interpolation.Bilinear).AdaptiveAveragePool2D(3);
        var volume = image.Reshape(1, 2, 11, 9).Conv3D(4, kernel: (2, 3, 3)).Reshape(4, 9, 7).MaxPoolChannels(2).Square().LpPool2D(2, p: 3, ceiling: true).AdaptiveMaxPool2D((3, 2));
        var last = code.Upsample2D(2).AveragePool2D(3, stride: 2, padding: (1, 0, 0, 1), ceiling: true).GlobalMaxPool();
        return Tensor.Concat([back.Flatten(), up.Flatten(), volume.Flatten(), last, Line.Apply(image.Reshape(2, 99)).Flatten()]).Dense(7);
    }

    [Learn] static Loss Learn([Shape(2, 11, 9)] Tensor image, [Classes(7)] Labels label) => Logits(image).CrossEntropy(label);
}
