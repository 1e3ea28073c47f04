using Kiln;
namespace Networks.Convolutional;

// Two groups
[Network, Input(3, 227, 227)]
[Conv2D(96, Kernel = 11, Stride = 4), Relu, LocalResponseNorm(5), MaxPool2D(3, Stride = 2)]
[Conv2D(256, Kernel = 5, Padding = Padding.Same, Groups = 2), Relu, LocalResponseNorm(5), MaxPool2D(3, Stride = 2)]
[Conv2D(384, Kernel = 3, Padding = Padding.Same), Relu]
[Conv2D(384, Kernel = 3, Padding = Padding.Same, Groups = 2), Relu]
[Conv2D(256, Kernel = 3, Padding = Padding.Same, Groups = 2), Relu, MaxPool2D(3, Stride = 2)]
[Flatten, Dropout(0.5), Dense(4096), Relu, Dropout(0.5), Dense(4096), Relu, Dense(1000), CrossEntropy]
public sealed partial class AlexNet;

[Network]
public sealed partial class Vgg16
{
    static readonly int[][] Blocks = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]];

    [Predict]
    static Tensor Logits([Shape(3, 224, 224)] Tensor image)
    {
        var x = image;
        foreach (var block in Blocks)
        {
            foreach (var width in block) x = x.Conv2D(width, kernel: 3, padding: Padding.Same).Relu();
            x = x.MaxPool2D(2);
        }
        foreach (var _ in new[] { 1, 2 }) x = x.Flatten().Dense(4096).Relu().Dropout(0.5);
        return x.Dense(1000);
    }

    [Learn] static Loss Classify([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Logits(image).CrossEntropy(label);
}

// With its two auxiliary classifiers: three outputs of one trunk
[Network]
public sealed partial class GoogLeNet
{
    [Predict] static Tensor Logits([Shape(3, 224, 224)] Tensor image) => Towers(image).Main;       // the auxiliary heads are dead code here

    [Learn]
    static (Loss Total, Tensor Main) Classify([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label)
    {
        var (main, first, second) = Towers(image);
        var loss = main.CrossEntropy(label);
        return (loss + 0.3 * first.CrossEntropy(label) + 0.3 * second.CrossEntropy(label), loss);
    }

    [Shared]
    static (Tensor Main, Tensor First, Tensor Second) Towers(Tensor image)
    {
        var x = Convolution(image, 64, 7, 2).MaxPool2D(3, 2, Padding.Same).LocalResponseNorm();
        x = Convolution(Convolution(x, 64, 1), 192, 3).LocalResponseNorm().MaxPool2D(3, 2, Padding.Same);
        x = Inception(Inception(x, 64, 96, 128, 16, 32, 32), 128, 128, 192, 32, 96, 64).MaxPool2D(3, 2, Padding.Same);
        x = Inception(x, 192, 96, 208, 16, 48, 64);
        var first = Auxiliary(x);
        x = Inception(Inception(Inception(x, 160, 112, 224, 24, 64, 64), 128, 128, 256, 24, 64, 64), 112, 144, 288, 32, 64, 64);
        var second = Auxiliary(x);
        x = Inception(x, 256, 160, 320, 32, 128, 128).MaxPool2D(3, 2, Padding.Same);
        x = Inception(Inception(x, 256, 160, 320, 32, 128, 128), 384, 192, 384, 48, 128, 128);
        return (x.GlobalAveragePool().Dropout(0.4).Dense(1000), first, second);
    }

    static Tensor Convolution(Tensor x, int channels, int kernel, int stride = 1) => x.Conv2D(channels, kernel, stride, Padding.Same).Relu();

    static Tensor Inception(Tensor x, int one, int threeReduce, int three, int fiveReduce, int five, int pool) => Tensor.Concat(
    [
        Convolution(x, one, 1),
        Convolution(Convolution(x, threeReduce, 1), three, 3),
        Convolution(Convolution(x, fiveReduce, 1), five, 5),
        Convolution(x.MaxPool2D(3, 1, Padding.Same), pool, 1),
    ]);

    static Tensor Auxiliary(Tensor x) => Convolution(x.AveragePool2D(5, 3), 128, 1).Flatten().Dense(1024).Relu().Dropout(0.7).Dense(1000);
}

// 152 layers
[Network]
public sealed partial class ResNet152
{
    [Predict]
    static Tensor Logits([Shape(3, 224, 224)] Tensor image)
    {
        var x = image.Conv2D(64, kernel: 7, stride: 2, padding: 3, bias: false).BatchNorm().Relu().MaxPool2D(3, 2, padding: 1);
        foreach (var (width, blocks) in new[] { (64, 3), (128, 8), (256, 36), (512, 3) })
            for (var block = 0; block < blocks; block++)
                x = Bottleneck(x, width, stride: block == 0 && width > 64 ? 2 : 1);
        return x.GlobalAveragePool().Dense(1000, name: "head");
    }

    [Learn] static Loss Classify([Shape(3, 224, 224)] Tensor image, [Classes(1000)] Labels label) => Logits(image).CrossEntropy(label);

    static Tensor Bottleneck(Tensor x, int width, int stride)
    {
        var path = x.Conv2D(width, 1, bias: false).BatchNorm().Relu()
            .Conv2D(width, 3, stride, padding: 1, bias: false).BatchNorm().Relu()
            .Conv2D(4 * width, 1, bias: false).BatchNorm();
        var shortcut = stride == 1 && x.Shape[0] == 4 * width ? x : x.Conv2D(4 * width, 1, stride, bias: false).BatchNorm();
        return (path + shortcut).Relu();
    }
}

// Five digit heads and a length head; digits past the length do not count
[Network]
public sealed partial class HouseNumbers
{
    [Predict]
    static (Tensor Length, Tensor Digits) Read([Shape(1, 54, 54)] Tensor image)
    {
        var x = image;
        foreach (var width in new[] { 48, 64, 128, 160 }) x = x.Conv2D(width, 5, padding: Padding.Same).BatchNorm().Relu().MaxPool2D(2).Dropout(0.2);
        var features = x.Flatten().Dense(3072).Relu();
        return (features.Dense(7), Tensor.Stack(Enumerable.Range(0, 5).Select(_ => features.Dense(10))));
    }

    // Labels with a shape: five digits of one sample
    [Learn]
    static Loss Learn([Shape(1, 54, 54)] Tensor image, [Classes(7)] Labels length, [Shape(5), Classes(10)] Labels digits, [Shape(5)] Tensor present)
    {
        var (lengths, tens) = Read(image);
        return lengths.CrossEntropy(length) + (tens.CrossEntropy(digits) * present).Sum();
    }
}

// 40 maps of 22×22
[Network, Input(1, 46, 46)]
[Conv2D(40, Kernel = 4, Stride = 2), Relu, MaxPool2D(2), Conv2D(100, Kernel = 5), Relu, MaxPool2D(2), Flatten, Dense(3), CrossEntropy]
public sealed partial class SpectralEeg;

// One ConvNet per frame, four aggregators, in one class
[Network]
public sealed partial class EegFrames
{
    static readonly Sequential Frame = new(
        new Conv2D(32), new Relu(), new Conv2D(32), new Relu(), new Conv2D(32), new Relu(), new MaxPool2D(2),
        new Conv2D(64), new Relu(), new Conv2D(64), new Relu(), new MaxPool2D(2), new Flatten());

    [Predict] static Tensor A([Shape(3, 32, 32)] Sequence frames) => frames.Apply(Frame).MaxOverTime().Dense(4);
    [Predict] static Tensor B([Shape(3, 32, 32)] Sequence frames) => frames.Apply(Frame).ConvOverTime(64, 3).Relu().MaxOverTime().Dense(4);
    [Predict] static Tensor C([Shape(3, 32, 32)] Sequence frames) => frames.Apply(Frame).Lstm(128).Last().Dense(4);
    [Predict]
    static Tensor D([Shape(3, 32, 32)] Sequence frames)
    {
        var features = frames.Apply(Frame);
        return features.Lstm(128).Last().Concat(features.ConvOverTime(64, 3).Relu().MaxOverTime()).Dense(512).Relu().Dense(4);
    }
    [Learn(nameof(Frame), nameof(A))] static Loss LearnA([Shape(3, 32, 32)] Sequence frames, [Classes(4)] Labels load) => A(frames).CrossEntropy(load);
    [Learn] static Loss LearnD([Shape(3, 32, 32)] Sequence frames, [Classes(4)] Labels load) => D(frames).CrossEntropy(load);
}

// TDNN: frame labels; context window
[Network]
public sealed partial class Tdnn
{
    [Predict] static Sequence Phones([Shape(3)] Sequence features) => features.Window(5).Flatten().Dense(32).Relu().Window(5).Flatten().Dense(32).Relu().Dense(8);
    [Learn] static Loss Learn([Shape(3), Time("t")] Sequence features, [Classes(8), Time("t")] TokenSequence phones) => Phones(features).CrossEntropy(phones).MeanOverTime();
}

// Two declared sizes, one set of weights
[Network]
public sealed partial class FullyConvolutional
{
    [Predict]
    static Tensor Logits([Shape(1, 28, 28), Shape(1, 40, 40)] Tensor image) =>
        image.Conv2D(16, 3).Relu().Conv2D(32, 3, stride: 2).Relu().Conv2D(10, 1).GlobalAveragePool();
    [Learn] static Loss Learn([Shape(1, 28, 28)] Tensor image, [Classes(10)] Labels label) => Logits(image).CrossEntropy(label);
}

// Frozen features, a new head
[Network]
public sealed partial class Transfer
{
    [Shared] static Tensor Features(Tensor image) => image.Conv2D(16, 5).BatchNorm().Relu().MaxPool2D(2).Conv2D(32, 5).BatchNorm().Relu().MaxPool2D(2).Flatten().Dense(64).Relu();
    [Shared] static Tensor Old(Tensor f) => f.Dense(5);
    [Shared] static Tensor New(Tensor f) => f.Dense(5);
    [Predict] static (Tensor Old, Tensor New) Both([Shape(1, 28, 28)] Tensor image) { var f = Features(image); return (Old(f), New(f)); }
    [Learn(nameof(Features), nameof(Old))] static Loss Pretrain([Shape(1, 28, 28)] Tensor image, [Classes(5)] Labels label) => Old(Features(image)).CrossEntropy(label);
    [Learn(nameof(New))] static Loss Probe([Shape(1, 28, 28)] Tensor image, [Classes(5)] Labels label) => New(Mode.Inference(() => Features(image))).CrossEntropy(label);
}

// Trainable gain and bias, fixed weighted pooling, fixed kernels, pooling across maps
public sealed class Subsample(int size) : Layer
{
    public override Tensor Apply(Tensor x)
    {
        var gain = new Parameter(x.Shape[0], 1, 1) { Initializer = Initializer.Ones };
        var bias = new Parameter(x.Shape[0], 1, 1);
        return (gain * x.AveragePool2D(size) + bias).Tanh();
    }
}

[Network]
public sealed partial class ClassicLeNet
{
    static readonly Tensor Gaussian = Tensor.Constant([1, 2, 1, 2, 4, 2, 1, 2, 1], 1, 1, 3, 3) / 16;
    [Predict]
    static Tensor Logits([Shape(1, 32, 32)] Tensor image) =>
        image.Convolve2D(Gaussian, padding: Padding.Same).Conv2D(6, 5).Apply(new Subsample(2)).Conv2D(16, 5).Apply(new Subsample(2)).MaxPoolChannels(2).Flatten().Dense(120).Tanh().Dense(84).Tanh().Dense(10);
    [Learn] static Loss Learn([Shape(1, 32, 32)] Tensor image, [Classes(10)] Labels label) => Logits(image).CrossEntropy(label);
}

public static class ConvolutionalHost
{
    public static void Run(ReadOnlySpan<float> images, ReadOnlySpan<int> labels, Span<float> a, Span<float> b)
    {
        using var net = new Transfer(seed: 3, batch: 64);
        using var training = net.Train(batch: 64, pretrain: new Adam(), probe: new Sgd(0.1));
        training.Pretrain(images, labels);
        training.Probe(images, labels);
        net.Both(images, a, b);

        using var google = new GoogLeNet();
        using var learn = google.Train(new Sgd(0.01, momentum: 0.9));
        var (total, main) = learn.Classify(images, labels);
    }
}
