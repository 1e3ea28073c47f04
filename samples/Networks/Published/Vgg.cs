namespace Kiln.Samples.Networks;

/// <summary>What all columns of table 1 share: Simonyan and Zisserman 2014. Convolutions of 3×3, five pools, three dense layers.</summary>
internal static class Vgg
{
    public static Tensor Logits(Tensor image, params int[][] blocks)
    {
        var x = image;
        foreach (var block in blocks)
        {
            foreach (var channels in block) x = x.Conv2D(channels, kernel: 3, padding: Padding.Same).Relu();
            x = x.MaxPool2D(2);
        }
        x = x.Flatten();
        for (var i = 0; i < 2; i++) x = x.Dense(4096).Relu().Dropout(0.5);
        return x.Dense(1000);
    }
}

/// <summary>Column A: 11 layers with weights.</summary>
[Network]
public sealed partial class Vgg11
{
    [Predict]
    static Tensor Predict([Shape(3, 224, 224)] Tensor image) => Vgg.Logits(image, [64], [128], [256, 256], [512, 512], [512, 512]);

    [Learn]
    static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Predict(image).CrossEntropy(label);
}

/// <summary>Column B: 13 layers.</summary>
[Network]
public sealed partial class Vgg13
{
    [Predict]
    static Tensor Predict([Shape(3, 224, 224)] Tensor image) => Vgg.Logits(image, [64, 64], [128, 128], [256, 256], [512, 512], [512, 512]);

    [Learn]
    static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Predict(image).CrossEntropy(label);
}

/// <summary>Column D: 16 layers.</summary>
[Network]
public sealed partial class Vgg16
{
    [Predict]
    static Tensor Predict([Shape(3, 224, 224)] Tensor image) => Vgg.Logits(image, [64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]);

    [Learn]
    static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Predict(image).CrossEntropy(label);
}

/// <summary>Column E: 19 layers.</summary>
[Network]
public sealed partial class Vgg19
{
    [Predict]
    static Tensor Predict([Shape(3, 224, 224)] Tensor image) =>
        Vgg.Logits(image, [64, 64], [128, 128], [256, 256, 256, 256], [512, 512, 512, 512], [512, 512, 512, 512]);

    [Learn]
    static Loss Learn([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Predict(image).CrossEntropy(label);
}
