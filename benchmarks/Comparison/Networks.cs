namespace Kiln.Comparison;

[Network, Input(784)]
[Dense(256), Relu, Dense(128), Relu, Dense(10)]
[CrossEntropy]
internal sealed partial class Mlp;

[Network, Input(1, 28, 28)]
[Conv2D(6, Kernel = 5, Padding = Padding.Same), Tanh, AveragePool2D(2)]
[Conv2D(16, Kernel = 5), Tanh, AveragePool2D(2)]
[Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
[CrossEntropy]
internal sealed partial class LeNet5;
