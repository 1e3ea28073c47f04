namespace Kiln.Samples.Networks;

/// <summary>
/// AlexNet: Krizhevsky, Sutskever, Hinton 2012. Two groups, which the paper has on a graphics processor each. The paper says 224×224 pixels, its sizes
/// need 227×227; its normalisation has α = 10⁻⁴ of the sum of five squares, which is 5 · 10⁻⁴ of their mean.
/// </summary>
[Network, Input(3, 227, 227)]
[Conv2D(96, Kernel = 11, Stride = 4), Relu, LocalResponseNorm(5, Alpha = 5e-4), MaxPool2D(3, Stride = 2)]
[Conv2D(256, Kernel = 5, Padding = Padding.Same, Groups = 2), Relu, LocalResponseNorm(5, Alpha = 5e-4), MaxPool2D(3, Stride = 2)]
[Conv2D(384, Kernel = 3, Padding = Padding.Same), Relu]
[Conv2D(384, Kernel = 3, Padding = Padding.Same, Groups = 2), Relu]
[Conv2D(256, Kernel = 3, Padding = Padding.Same, Groups = 2), Relu, MaxPool2D(3, Stride = 2)]
[Flatten, Dropout(0.5), Dense(4096), Relu, Dropout(0.5), Dense(4096), Relu, Dense(1000)]
[CrossEntropy]
public sealed partial class AlexNet;
