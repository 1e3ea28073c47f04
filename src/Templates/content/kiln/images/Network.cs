using Kiln;

/// <summary>Tells which digit an image of 28 × 28 grey pixels shows.</summary>
[Network, Input(1, 28, 28, Bytes = true)]
[Conv2D(8, Kernel = 5, Padding = Padding.Same), Relu, MaxPool2D(2)]
[Conv2D(16, Kernel = 5), Relu, MaxPool2D(2)]
[Flatten, Dense(64), Relu, Dense(10), CrossEntropy]
public sealed partial class Network;
