namespace Kiln.Large;

/// <summary>152 layers: He, Zhang, Ren, Sun 2015, table 1, as samples/Networks has it.</summary>
[Network]
public sealed partial class ResNet152
{
    [Predict]
    static Tensor Predict([Shape(3, 224, 224)] Tensor image)
    {
        var x = Convolution(image, 64, kernel: 7, stride: 2).Relu().MaxPool2D(3, stride: 2, padding: 1);
        int[] blocks = [3, 8, 36, 3];
        for (var stage = 0; stage < blocks.Length; stage++)
        {
            for (var block = 0; block < blocks[stage]; block++) x = Bottleneck(x, 64 << stage, stride: stage > 0 && block == 0 ? 2 : 1);
        }
        return x.GlobalAveragePool().Dense(1000, name: "head");
    }

    [Learn]
    static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Predict(image).CrossEntropy(label);

    static Tensor Bottleneck(Tensor x, int channels, int stride)
    {
        var shortcut = x.Shape[0] == 4 * channels ? x : Convolution(x, 4 * channels, kernel: 1, stride);
        var inner = Convolution(Convolution(x, channels, kernel: 1).Relu(), channels, kernel: 3, stride).Relu();
        return (Convolution(inner, 4 * channels, kernel: 1) + shortcut).Relu();
    }

    static Tensor Convolution(Tensor x, int channels, int kernel, int stride = 1) => x.Conv2D(channels, kernel, stride, padding: kernel / 2, bias: false).BatchNorm();
}
