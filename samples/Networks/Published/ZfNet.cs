namespace Kiln.Samples.Networks;

/// <summary>
/// ZFNet: Zeiler and Fergus 2013, figure 3. Smaller windows and steps than AlexNet's at the beginning, and no groups; contrast is normalised across maps.
/// The last window of a pool hangs over the edge: 110 become 55, 26 become 13.
/// </summary>
[Network, Input(3, 224, 224)]
[Conv2D(96, Kernel = 7, Stride = 2, Padding = 1), Relu, MaxPool2D(3, Stride = 2, Ceiling = true), LocalResponseNorm(5, Alpha = 5e-4)]
[Conv2D(256, Kernel = 5, Stride = 2), Relu, MaxPool2D(3, Stride = 2, Ceiling = true), LocalResponseNorm(5, Alpha = 5e-4)]
[Conv2D(384, Kernel = 3, Padding = 1), Relu]
[Conv2D(384, Kernel = 3, Padding = 1), Relu]
[Conv2D(256, Kernel = 3, Padding = 1), Relu, MaxPool2D(3, Stride = 2)]
[Flatten, Dense(4096), Relu, Dropout(0.5), Dense(4096), Relu, Dropout(0.5), Dense(1000)]
[CrossEntropy]
public sealed partial class ZfNet;
