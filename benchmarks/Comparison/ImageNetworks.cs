namespace Kiln.Comparison;

[Network, Input(3, 224, 224)]
[Conv2D(64, Padding = 1), Relu, MaxPool2D(2)]
[Conv2D(128, Padding = 1), Relu, MaxPool2D(2)]
[Conv2D(256, Padding = 1), Relu, Conv2D(256, Padding = 1), Relu, MaxPool2D(2)]
[Conv2D(512, Padding = 1), Relu, Conv2D(512, Padding = 1), Relu, MaxPool2D(2)]
[Conv2D(512, Padding = 1), Relu, Conv2D(512, Padding = 1), Relu, MaxPool2D(2)]
[Flatten, Dense(4096), Relu, Dense(4096), Relu, Dense(1000)]
[CrossEntropy]
internal sealed partial class Vgg11;

[Network, Input(3, 32, 32)]
[Conv2D(64, Padding = 1), Relu, MaxPool2D(2)]
[Conv2D(128, Padding = 1), Relu, MaxPool2D(2)]
[Conv2D(256, Padding = 1), Relu, Conv2D(256, Padding = 1), Relu, MaxPool2D(2)]
[Conv2D(512, Padding = 1), Relu, Conv2D(512, Padding = 1), Relu, MaxPool2D(2)]
[Conv2D(512, Padding = 1), Relu, Conv2D(512, Padding = 1), Relu, MaxPool2D(2)]
[Flatten, Dense(10)]
[CrossEntropy]
internal sealed partial class SmallVgg11;

/// <summary>Two convolutions 64 → 64 of 3×3 over 56×56 pixels; the loss is the mean square of what comes out.</summary>
[Network]
internal sealed partial class TwoConvolutions
{
    [Learn]
    private static Loss Learn([Shape(64, 56, 56)] Tensor image) =>
        image.Conv2D(64, 3, padding: 1).Relu().Conv2D(64, 3, padding: 1).Square().Mean();
}
