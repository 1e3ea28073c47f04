namespace Kiln.Samples.Networks;

/// <summary>
/// What all columns of table 1 share: He, Zhang, Ren, Sun 2015. Where the shape changes, the shortcut is a projection (the paper's option B). A bottleneck that
/// halves the image does so in its 3×3 convolution, as the published weights of other libraries do; the paper's does in its first.
/// </summary>
internal static class ResNet
{
    public static Tensor Basic(Tensor image, params int[] blocks) => Logits(image, blocks, expansion: 1, (x, channels, stride) =>
        Convolution(Convolution(x, channels, kernel: 3, stride).Relu(), channels, kernel: 3));

    public static Tensor Bottleneck(Tensor image, params int[] blocks) => Logits(image, blocks, expansion: 4, (x, channels, stride) =>
        Convolution(Convolution(Convolution(x, channels, kernel: 1).Relu(), channels, kernel: 3, stride).Relu(), 4 * channels, kernel: 1));

    static Tensor Logits(Tensor image, int[] blocks, int expansion, Func<Tensor, int, int, Tensor> residual)
    {
        var x = Convolution(image, 64, kernel: 7, stride: 2).Relu().MaxPool2D(3, stride: 2, padding: 1);
        for (var stage = 0; stage < blocks.Length; stage++)
        {
            for (var block = 0; block < blocks[stage]; block++)
            {
                var (channels, stride) = (64 << stage, stage > 0 && block == 0 ? 2 : 1);
                var shortcut = stride == 1 && x.Shape[0] == expansion * channels ? x : Convolution(x, expansion * channels, kernel: 1, stride);
                x = (residual(x, channels, stride) + shortcut).Relu();
            }
        }
        return x.GlobalAveragePool().Dense(1000, name: "head");
    }

    static Tensor Convolution(Tensor x, int channels, int kernel, int stride = 1) => x.Conv2D(channels, kernel, stride, padding: kernel / 2, bias: false).BatchNorm();
}

/// <summary>18 layers.</summary>
[Network]
public sealed partial class ResNet18
{
    [Predict]
    static Tensor Predict([Shape(3, 224, 224)] Tensor image) => ResNet.Basic(image, 2, 2, 2, 2);

    [Learn]
    static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Predict(image).CrossEntropy(label);
}

/// <summary>34 layers.</summary>
[Network]
public sealed partial class ResNet34
{
    [Predict]
    static Tensor Predict([Shape(3, 224, 224)] Tensor image) => ResNet.Basic(image, 3, 4, 6, 3);

    [Learn]
    static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Predict(image).CrossEntropy(label);
}

/// <summary>50 layers.</summary>
[Network]
public sealed partial class ResNet50
{
    [Predict]
    static Tensor Predict([Shape(3, 224, 224)] Tensor image) => ResNet.Bottleneck(image, 3, 4, 6, 3);

    [Learn]
    static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Predict(image).CrossEntropy(label);
}

/// <summary>101 layers.</summary>
[Network]
public sealed partial class ResNet101
{
    [Predict]
    static Tensor Predict([Shape(3, 224, 224)] Tensor image) => ResNet.Bottleneck(image, 3, 4, 23, 3);

    [Learn]
    static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Predict(image).CrossEntropy(label);
}

/// <summary>152 layers.</summary>
[Network]
public sealed partial class ResNet152
{
    [Predict]
    static Tensor Predict([Shape(3, 224, 224)] Tensor image) => ResNet.Bottleneck(image, 3, 8, 36, 3);

    [Learn]
    static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Predict(image).CrossEntropy(label);
}
