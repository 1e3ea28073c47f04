namespace Kiln.Samples.Networks;

/// <summary>
/// The residual networks for CIFAR-10: He, Zhang, Ren, Sun 2015, section 4.2. 6n + 2 layers, n blocks for each size of the image. The shortcut has no weights (the
/// paper's option A): where the image is halved, it takes every other pixel, and zeros are the channels that it lacks.
/// </summary>
internal static class CifarResNet
{
    public static Tensor Logits(Tensor image, int n)
    {
        var x = Convolution(image, 16).Relu();
        foreach (var channels in new[] { 16, 32, 64 })
        {
            for (var block = 0; block < n; block++)
            {
                var stride = x.Shape[0] == channels ? 1 : 2;
                var shortcut = stride == 1 ? x : x.MaxPool2D(1, stride).Pad(0, 0, channels - x.Shape[0]);
                x = (Convolution(Convolution(x, channels, stride).Relu(), channels) + shortcut).Relu();
            }
        }
        return x.GlobalAveragePool().Dense(10, name: "head");
    }

    static Tensor Convolution(Tensor x, int channels, int stride = 1) => x.Conv2D(channels, kernel: 3, stride, padding: 1, bias: false).BatchNorm();
}

/// <summary>20 layers.</summary>
[Network]
public sealed partial class ResNet20
{
    [Predict]
    static Tensor Predict([Shape(3, 32, 32)] Tensor image) => CifarResNet.Logits(image, n: 3);

    [Learn]
    static Loss Learn([Shape(3, 32, 32)] Tensor image, [Classes(10)] Labels label) => Predict(image).CrossEntropy(label);
}

/// <summary>56 layers.</summary>
[Network]
public sealed partial class ResNet56
{
    [Predict]
    static Tensor Predict([Shape(3, 32, 32)] Tensor image) => CifarResNet.Logits(image, n: 9);

    [Learn]
    static Loss Learn([Shape(3, 32, 32)] Tensor image, [Classes(10)] Labels label) => Predict(image).CrossEntropy(label);
}

/// <summary>110 layers.</summary>
[Network]
public sealed partial class ResNet110
{
    [Predict]
    static Tensor Predict([Shape(3, 32, 32)] Tensor image) => CifarResNet.Logits(image, n: 18);

    [Learn]
    static Loss Learn([Shape(3, 32, 32)] Tensor image, [Classes(10)] Labels label) => Predict(image).CrossEntropy(label);
}
