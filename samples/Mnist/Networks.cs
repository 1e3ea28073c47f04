namespace Kiln.Samples.Mnist;

// Images are passed as bytes, as they are stored; 33.3 and 78.6 are mean and standard deviation of MNIST's pixels.

/// <summary>A multi-layer perceptron: 784-256-128-10.</summary>
[Network, Input(784, Bytes = true, Mean = 33.3, Scale = 1 / 78.6)]
[Dense(256), Relu, Dense(128), Relu, Dense(10)]
[CrossEntropy]
public sealed partial class Mlp;

/// <summary>LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998), with a softmax at its end.</summary>
[Network, Input(1, 28, 28, Bytes = true, Mean = 33.3, Scale = 1 / 78.6)]
[Conv2D(6, Kernel = 5, Padding = Padding.Same, L2 = 1e-4), Tanh, AveragePool2D(2)]
[Conv2D(16, Kernel = 5, L2 = 1e-4), Tanh, AveragePool2D(2)]
[Flatten, Dense(120, L2 = 1e-4), Tanh, Dense(84, L2 = 1e-4), Tanh, Dense(10, L2 = 1e-4)]
[CrossEntropy]
public sealed partial class LeNet5;
