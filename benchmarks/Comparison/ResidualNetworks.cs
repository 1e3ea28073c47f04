namespace Kiln.Comparison;

/// <summary>ResNet-20 of He et al. 2015 for 32×32 pixels; shortcuts that change the size are 1×1 convolutions.</summary>
[Network]
internal sealed partial class ResNet20
{
    [Predict]
    private static Tensor Logits([Shape(3, 32, 32)] Tensor image)
    {
        var x = image.Conv2D(16, 3, padding: 1, bias: false).BatchNorm().Relu();
        foreach (var width in new[] { 16, 32, 64 })
            for (var block = 0; block < 3; block++)
                x = Residual.Basic(x, width, stride: block == 0 && width > 16 ? 2 : 1);
        return x.GlobalAveragePool().Dense(10);
    }

    [Learn]
    private static Loss Learn([Shape(3, 32, 32)] Tensor image, [Classes(10)] Labels label) => Logits(image).CrossEntropy(label);
}

[Network]
internal sealed partial class ResNet18
{
    [Predict]
    private static Tensor Logits([Shape(3, 224, 224)] Tensor image)
    {
        var x = Residual.Stem(image);
        foreach (var width in new[] { 64, 128, 256, 512 })
            for (var block = 0; block < 2; block++)
                x = Residual.Basic(x, width, stride: block == 0 && width > 64 ? 2 : 1);
        return x.GlobalAveragePool().Dense(1000);
    }
}

[Network]
internal sealed partial class ResNet50
{
    [Predict]
    private static Tensor Logits([Shape(3, 224, 224)] Tensor image)
    {
        var x = Residual.Stem(image);
        foreach (var (width, blocks) in new[] { (64, 3), (128, 4), (256, 6), (512, 3) })
            for (var block = 0; block < blocks; block++)
                x = Residual.Bottleneck(x, width, stride: block == 0 && width > 64 ? 2 : 1);
        return x.GlobalAveragePool().Dense(1000);
    }

    [Learn]
    private static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Logits(image).CrossEntropy(label);
}

/// <summary>The blocks of residual networks.</summary>
internal static class Residual
{
    public static Tensor Stem(Tensor image) => image.Conv2D(64, 7, 2, padding: 3, bias: false).BatchNorm().Relu().MaxPool2D(3, 2, padding: 1);

    public static Tensor Basic(Tensor x, int width, int stride)
    {
        var path = x.Conv2D(width, 3, stride, padding: 1, bias: false).BatchNorm().Relu().Conv2D(width, 3, padding: 1, bias: false).BatchNorm();
        return (path + Shortcut(x, width, stride)).Relu();
    }

    public static Tensor Bottleneck(Tensor x, int width, int stride)
    {
        var path = x.Conv2D(width, 1, bias: false).BatchNorm().Relu()
            .Conv2D(width, 3, stride, padding: 1, bias: false).BatchNorm().Relu()
            .Conv2D(4 * width, 1, bias: false).BatchNorm();
        return (path + Shortcut(x, 4 * width, stride)).Relu();
    }

    private static Tensor Shortcut(Tensor x, int width, int stride) =>
        stride == 1 && x.Shape[0] == width ? x : x.Conv2D(width, 1, stride, bias: false).BatchNorm();
}
