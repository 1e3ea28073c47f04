using Kiln;
namespace Networks.Basics;

[Network, Input(1, 28, 28)]
[Conv2D(6, Kernel = 5, Padding = Padding.Same), Tanh, AveragePool2D(2)]
[Conv2D(16, Kernel = 5), Tanh, AveragePool2D(2)]
[Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
[CrossEntropy]
public sealed partial class LeNet5;

[Network, Input(784)]
[Dense(256), Relu, Dense(128), Relu, Dense(10), CrossEntropy]
public sealed partial class Mlp;

[Network, Input(784)]
[Dense(30, L2 = 1e-4), Sigmoid, Dense(30, L2 = 1e-4), Sigmoid, Dense(30, L2 = 1e-4), Sigmoid, Dense(30, L2 = 1e-4), Sigmoid, Dense(10), CrossEntropy]
public sealed partial class VanishingGradient;

// Maxout as a user's own layer, usable in brackets and with new
public sealed class MaxoutLayer(int units, int pieces) : Layer
{
    public override Tensor Apply(Tensor x) => x.Dense(units * pieces).Reshape(units, pieces).Max(1);
}

[Network, Input(784)]
[Dropout(0.2), MaxoutLayer(240, 5), Dropout(0.5), MaxoutLayer(240, 5), Dropout(0.5), Dense(10), CrossEntropy]
public sealed partial class MaxoutMlp;

public static class BasicsHost
{
    public static void TrainLeNet(ReadOnlySpan<float> images, ReadOnlySpan<int> labels, Span<float> logits)
    {
        using var net = new LeNet5(seed: 1);
        using var training = net.Train(new Adam(1e-3), batch: 64);
        var loss = training.Learn(images, labels);
        net.Predict(images[..784], logits);
        net.Save("lenet.safetensors");
    }
}
