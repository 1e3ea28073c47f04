namespace Kiln.GpuBenchmark;

[Network, Input(784, Bytes = true)]
[Dense(256), Relu, Dense(128), Relu, Dense(10)]
[CrossEntropy]
internal sealed partial class Mlp;

[Network, Input(1, 28, 28, Bytes = true)]
[Conv2D(6, Kernel = 5, Padding = Padding.Same), Tanh, AveragePool2D(2)]
[Conv2D(16, Kernel = 5), Tanh, AveragePool2D(2)]
[Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
[CrossEntropy]
internal sealed partial class LeNet5;

/// <summary>20 layers for images of 32×32: He, Zhang, Ren, Sun 2015, section 4.2, with shortcuts without weights (the paper's option A).</summary>
[Network]
internal sealed partial class ResNet20
{
    [Predict]
    private static Tensor Predict([Bytes, Shape(3, 32, 32)] Tensor image)
    {
        var x = Convolution(image, 16).Relu();
        foreach (var channels in new[] { 16, 32, 64 })
        {
            for (var block = 0; block < 3; block++)
            {
                var stride = x.Shape[0] == channels ? 1 : 2;
                var shortcut = stride == 1 ? x : x.MaxPool2D(1, stride).Pad(0, 0, channels - x.Shape[0]);
                x = (Convolution(Convolution(x, channels, stride).Relu(), channels) + shortcut).Relu();
            }
        }
        return x.GlobalAveragePool().Dense(10);
    }

    [Learn]
    private static Loss Learn([Bytes, Shape(3, 32, 32)] Tensor image, [Classes(10)] Labels label) => Predict(image).CrossEntropy(label);

    private static Tensor Convolution(Tensor x, int channels, int stride = 1) => x.Conv2D(channels, kernel: 3, stride, padding: 1, bias: false).BatchNorm();
}

/// <summary>One product of 4096 in each direction, and a last one that leaves little to copy.</summary>
[Network]
internal sealed partial class OneProduct
{
    [Predict]
    private static Tensor Predict([Bytes, Shape(4096)] Tensor x) => x.Dense(4096, bias: false).Dense(16, bias: false);
}

/// <summary>The same in TensorFloat32.</summary>
[Network(Precision = Precision.TensorFloat32)]
internal sealed partial class OneRoundedProduct
{
    [Predict]
    private static Tensor Predict([Bytes, Shape(4096)] Tensor x) => x.Dense(4096, bias: false).Dense(16, bias: false);
}

/// <summary>Four such products more: what takes longer is theirs.</summary>
[Network]
internal sealed partial class FiveProducts
{
    [Predict]
    private static Tensor Predict([Bytes, Shape(4096)] Tensor x)
    {
        for (var product = 0; product < 5; product++) x = x.Dense(4096, bias: false);
        return x.Dense(16, bias: false);
    }
}

/// <summary>The same in TensorFloat32.</summary>
[Network(Precision = Precision.TensorFloat32)]
internal sealed partial class FiveRoundedProducts
{
    [Predict]
    private static Tensor Predict([Bytes, Shape(4096)] Tensor x)
    {
        for (var product = 0; product < 5; product++) x = x.Dense(4096, bias: false);
        return x.Dense(16, bias: false);
    }
}
