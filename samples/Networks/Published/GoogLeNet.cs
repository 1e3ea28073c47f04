namespace Kiln.Samples.Networks;

/// <summary>
/// GoogLeNet: Szegedy, Liu, Jia et al. 2014, table 1. Two auxiliary classifiers halfway up the tower have a part in the loss, and none in the prediction.
/// </summary>
[Network]
public sealed partial class GoogLeNet
{
    [Predict]
    static Tensor Predict([Shape(3, 224, 224)] Tensor image) => Tower(image).Main;

    [Learn]
    static (Loss Total, Tensor Main) Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label)
    {
        var (main, first, second) = Tower(image);
        var loss = main.CrossEntropy(label);
        return (loss + 0.3 * first.CrossEntropy(label) + 0.3 * second.CrossEntropy(label), loss);
    }

    [Shared]
    static (Tensor Main, Tensor First, Tensor Second) Tower(Tensor image)
    {
        var x = Convolution(image, 64, kernel: 7, stride: 2).MaxPool2D(3, stride: 2, Padding.Same).LocalResponseNorm();
        x = Convolution(Convolution(x, 64, kernel: 1), 192, kernel: 3).LocalResponseNorm().MaxPool2D(3, stride: 2, Padding.Same);
        x = Inception(x, 64, 96, 128, 16, 32, 32);           // 3a
        x = Inception(x, 128, 128, 192, 32, 96, 64);         // 3b
        x = x.MaxPool2D(3, stride: 2, Padding.Same);
        x = Inception(x, 192, 96, 208, 16, 48, 64);          // 4a
        var first = Auxiliary(x);
        x = Inception(x, 160, 112, 224, 24, 64, 64);         // 4b
        x = Inception(x, 128, 128, 256, 24, 64, 64);         // 4c
        x = Inception(x, 112, 144, 288, 32, 64, 64);         // 4d
        var second = Auxiliary(x);
        x = Inception(x, 256, 160, 320, 32, 128, 128);       // 4e
        x = x.MaxPool2D(3, stride: 2, Padding.Same);
        x = Inception(x, 256, 160, 320, 32, 128, 128);       // 5a
        x = Inception(x, 384, 192, 384, 48, 128, 128);       // 5b
        return (x.GlobalAveragePool().Dropout(0.4).Dense(1000), first, second);
    }

    static Tensor Inception(Tensor x, int one, int threeReduced, int three, int fiveReduced, int five, int pool) => Tensor.Concat(
    [
        Convolution(x, one, kernel: 1),
        Convolution(Convolution(x, threeReduced, kernel: 1), three, kernel: 3),
        Convolution(Convolution(x, fiveReduced, kernel: 1), five, kernel: 5),
        Convolution(x.MaxPool2D(3, stride: 1, Padding.Same), pool, kernel: 1),
    ]);

    static Tensor Auxiliary(Tensor x) => Convolution(x.AveragePool2D(5, stride: 3), 128, kernel: 1).Flatten().Dense(1024).Relu().Dropout(0.7).Dense(1000);

    static Tensor Convolution(Tensor x, int channels, int kernel, int stride = 1) => x.Conv2D(channels, kernel, stride, Padding.Same).Relu();
}
