namespace Kiln.Samples.Networks;

/// <summary>
/// Reads digits on images of 28×28 and of 40×40 pixels with one set of weights: no layer counts the pixels. Where a feature is decides nothing: its largest value
/// goes on.
/// </summary>
[Network, Input(1, 28, 28, Bytes = true), Input(1, 40, 40, Bytes = true)]
[Conv2D(16, Kernel = 5, Padding = Padding.Same), BatchNorm, Relu, MaxPool2D(2)]
[Conv2D(32, Kernel = 3), BatchNorm, Relu, MaxPool2D(2)]
[Conv2D(64, Kernel = 3), BatchNorm, Relu, GlobalMaxPool, Dense(10), CrossEntropy]
public sealed partial class LargestFeatures;

/// <summary>The same with the mean of every feature, which falls as the empty part of the image grows.</summary>
[Network, Input(1, 28, 28, Bytes = true), Input(1, 40, 40, Bytes = true)]
[Conv2D(16, Kernel = 5, Padding = Padding.Same), BatchNorm, Relu, MaxPool2D(2)]
[Conv2D(32, Kernel = 3), BatchNorm, Relu, MaxPool2D(2)]
[Conv2D(64, Kernel = 3), BatchNorm, Relu, GlobalAveragePool, Dense(10), CrossEntropy]
public sealed partial class MeanFeatures;
