using Kiln;
using Kiln.Data;

namespace Networks.Tests.Behaviour;

/// <summary>Images of two sizes. Its many channels lie side by side; a batch of one has kernels of its own.</summary>
[Network, Input(1, 28, 28, Bytes = true), Input(1, 40, 40, Bytes = true)]
[Conv2D(8, Kernel = 3), BatchNorm, Relu, MaxPool2D(2), Conv2D(32, Kernel = 3), BatchNorm, Relu, MaxPool2D(2), Conv2D(32, Kernel = 3), BatchNorm, Relu]
[GlobalMaxPool, Dense(10), CrossEntropy]
public sealed partial class AnySize;

/// <summary>The same layers for 28×28 pixels alone.</summary>
[Network, Input(1, 28, 28, Bytes = true)]
[Conv2D(8, Kernel = 3), BatchNorm, Relu, MaxPool2D(2), Conv2D(32, Kernel = 3), BatchNorm, Relu, MaxPool2D(2), Conv2D(32, Kernel = 3), BatchNorm, Relu]
[GlobalMaxPool, Dense(10), CrossEntropy]
public sealed partial class SmallSize;

/// <summary>The same layers for 40×40 pixels alone.</summary>
[Network, Input(1, 40, 40, Bytes = true)]
[Conv2D(8, Kernel = 3), BatchNorm, Relu, MaxPool2D(2), Conv2D(32, Kernel = 3), BatchNorm, Relu, MaxPool2D(2), Conv2D(32, Kernel = 3), BatchNorm, Relu]
[GlobalMaxPool, Dense(10), CrossEntropy]
public sealed partial class LargeSize;

/// <summary>A stack whose target is as large as its image.</summary>
[Network, Input(1, 6, 6), Input(1, 8, 6)]
[Conv2D(2, Padding = Padding.Same), Relu, Conv2D(1, Padding = Padding.Same), SquaredError]
public sealed partial class Sharpen;

/// <summary>Two sizes for predictions, one for training.</summary>
[Network]
public sealed partial class LooksFurther
{
    [Predict]
    static Tensor Logits([Shape(1, 28, 28), Shape(1, 40, 40)] Tensor image) =>
        image.Conv2D(8, 5).Relu().MaxPool2D(2).Conv2D(24, 5).Relu().Conv2D(10, 1).GlobalMaxPool();

    [Learn] static Loss Learn([Shape(1, 28, 28)] Tensor image, [Classes(10)] Labels label) => Logits(image).CrossEntropy(label);
}

/// <summary>One set of weights for every declared size.</summary>
public sealed class SizesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-sizes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Predictions_are_those_of_a_network_of_that_size_alone()
    {
        using var both = new AnySize(seed: 3, batch: 20);
        both.Save(File("both"));
        using var small = SmallSize.Load(File("both"), batch: 20);
        using var large = LargeSize.Load(File("both"), batch: 20);
        foreach (var rows in new[] { 1, 5, 20, 33 })
        {
            var (a, b) = (new float[rows * 10], new float[rows * 10]);
            both.Predict(Some.Bytes(rows * 784), 28, 28, a);
            small.Predict(Some.Bytes(rows * 784), b);
            Assert.Equal(b, a);
            both.Predict(Some.Bytes(rows * 1600), 40, 40, a);
            large.Predict(Some.Bytes(rows * 1600), b);
            Assert.Equal(b, a);
        }
    }

    [Fact]
    public void A_row_has_the_same_bits_alone_and_among_others()
    {
        using var net = new AnySize(seed: 3, batch: 32);
        foreach (var side in new[] { 28, 40 })
        {
            var (images, all) = (Some.Bytes(21 * side * side), new float[21 * 10]);
            net.Predict(images, side, side, all);
            for (var row = 0; row < 21; row++)
            {
                var one = new float[10];
                net.Predict(images.AsSpan(row * side * side, side * side), side, side, one);
                Assert.Equal(all[(row * 10)..(row * 10 + 10)], one);
            }
        }
    }

    [Fact]
    public void Steps_at_two_sizes_train_the_same_weights_and_running_statistics()
    {
        var (labels, ofSmall, ofLarge) = (Some.Classes(6, 10), Some.Bytes(6 * 784), Some.Bytes(6 * 1600));
        using var both = new AnySize(seed: 3);
        using var training = both.Train(new Sgd(0.1), batch: 6, threads: 2);
        var start = both.Bits();
        Assert.Equal(training.LearnLoss(ofSmall, 28, 28, labels), training.Learn(ofSmall, 28, 28, labels));
        both.Save(File("between"));
        var between = both.Bits();
        var loss = training.Learn(ofLarge, 40, 40, labels);

        // A step at a size is that of a network of this size alone.
        using var small = new SmallSize(seed: 3);
        using var trainingSmall = small.Train(new Sgd(0.1), batch: 6, threads: 1);
        Assert.Equal(start, small.Bits());
        trainingSmall.Learn(ofSmall, labels);
        Assert.Equal(between, small.Bits());

        using var large = LargeSize.Load(File("between"));
        using var trainingLarge = large.Train(new Sgd(0.1), batch: 6, threads: 1);
        Assert.Equal(loss, trainingLarge.Learn(ofLarge, labels));
        Assert.Equal(both.Bits(), large.Bits());
        Assert.NotEqual(small["batchNorm1.running_mean"].ToArray(), large["batchNorm1.running_mean"].ToArray());
    }

    [Fact]
    public void A_training_goes_on_from_its_checkpoint_at_either_size()
    {
        var (labels, small, large) = (Some.Classes(4, 10), Some.Bytes(4 * 784), Some.Bytes(4 * 1600));
        using var one = new AnySize(seed: 3);
        using var training = one.Train(new Adam(), batch: 4, threads: 1);
        training.Learn(small, 28, 28, labels);
        training.Save(File("training"));
        training.Learn(large, 40, 40, labels);

        using var other = new AnySize(seed: 4);
        using var resumed = other.Train(new Adam(), batch: 4, threads: 1);
        resumed.Load(File("training"));
        resumed.Learn(large, 40, 40, labels);
        Assert.Equal(one.Bits(), other.Bits());
    }

    /// <summary>Digits of 28×28 are learned; canvases of 40×40 with a digit anywhere on them are read by the same weights.</summary>
    [Fact]
    public async Task What_is_learned_at_one_size_is_known_at_another()
    {
        var (train, test) = (Digits.Generate(3000, seed: 1), Digits.Generate(500, seed: 2));
        var canvases = OnCanvases(test, 40);
        using var net = new AnySize(seed: 1, batch: 64);
        using var training = net.Train(new Adam(3e-3), batch: 50);
        var epochs = await training.Fit(train, epochs: 2, validation: canvases);
        var (small, large) = (net.Accuracy(test), net.Accuracy(canvases));
        Assert.True(small > 0.95, $"28×28: {small}");
        Assert.True(large > 0.6, $"40×40: {large}");
        Assert.Equal(large, epochs[^1].Validation);
        Assert.Equal(large, net.Accuracy(canvases.Images, 40, 40, canvases.Labels));
        Assert.Equal(small, training.Accuracy(test));

        // The larger ones are learned, too, by the same call.
        var step = training.Step;
        await training.Fit(canvases);
        Assert.Equal(step + 10, training.Step);
    }

    [Fact]
    public async Task A_size_of_the_predictions_is_enough_to_validate()
    {
        var train = Digits.Generate(400, seed: 1);
        using var net = new LooksFurther(seed: 1, batch: 64);
        using var training = net.Train(new Adam(3e-3), batch: 50, threads: 1);
        var epochs = await training.Fit(train, epochs: 1, validation: OnCanvases(train, 40));
        Assert.Equal(net.Accuracy(OnCanvases(train, 40)), epochs[^1].Validation);
        await Refused("data", () => training.Fit(OnCanvases(train, 40)), "expected images of 784 pixels");
        await Refused("validation", () => training.Fit(train, validation: OnCanvases(train, 32)), "1×28×28, 1×40×40, but those of validation have 1×32×32");
    }

    [Fact]
    public async Task Sizes_that_were_not_declared_are_refused_before_the_first_step()
    {
        using var net = new AnySize(seed: 1);
        using var training = net.Train(new Sgd(0.1), batch: 4, threads: 1);
        var before = net.Bits();
        ImageSet Images(int channels, int height, int width) => new(new byte[channels * height * width], (int[])[0], channels, height, width, 10);
        const string Declared = "expected images of one of the declared sizes 1×28×28, 1×40×40, but those of ";
        await Refused("data", () => training.Fit(Images(1, 28, 40)), "Fit: " + Declared + "data have 1×28×40");
        await Refused("data", () => training.Fit(Images(4, 14, 14)), Declared + "data have 4×14×14");
        await Refused("data", () => training.Fit((ImageSet)null!));
        await Refused("validation", () => training.Fit(Images(1, 40, 40), validation: Images(1, 30, 30)), Declared + "validation have 1×30×30");
        await Refused("images", () => { net.Accuracy(Images(1, 27, 27)); return Task.CompletedTask; }, "Accuracy: " + Declared + "images have 1×27×27");
        await Refused(null, () => { net.Accuracy(new byte[784], 28, 27, [0]); return Task.CompletedTask; }, "Accuracy: expected inputHeight, inputWidth to be one of the declared 28×28, 40×40, but 28×27 came");
        await Refused(null, () => { net.Predict(new byte[784], 29, 28, new float[10]); return Task.CompletedTask; }, "declared 28×28, 40×40, but 29×28 came");
        await Refused("input", () => { net.Predict(new byte[784], 40, 40, new float[10]); return Task.CompletedTask; }, "multiple of 1600");
        await Refused(null, () => training.Fit(new byte[784], 28, 29, (int[])[0]), "Fit: expected inputHeight, inputWidth to be one of the declared 28×28, 40×40, but 28×29 came");
        // So are other data to validate by.
        await Refused(null, () => training.Fit(new byte[784], 28, 28, (int[])[0], validation: (new byte[784], 28, 29, (int[])[0])), "Fit: expected inputHeight, inputWidth to be one of the declared 28×28, 40×40, but 28×29 came");
        await Refused("validation.input", () => training.Fit(new byte[784], 28, 28, (int[])[0], validation: (new byte[784], 40, 40, (int[])[0])), "multiple of 1600");
        await Refused("validation.target", () => training.Fit(new byte[784], 28, 28, (int[])[0], validation: (new byte[1600], 40, 40, (int[])[10])));
        Assert.Equal(before, net.Bits());
        Assert.Equal(0, training.Step);
    }

    [Fact]
    public async Task A_target_as_large_as_its_image_needs_no_size_of_its_own()
    {
        using var net = new Sharpen(seed: 1);
        using var training = net.Train(new Adam(0.02), batch: 8, threads: 1);
        var (small, large) = (Some.Numbers(8 * 36, 1), Some.Numbers(8 * 48, 2));
        var (before, beforeLarge) = (training.LearnLoss(small, 6, small), training.LearnLoss(large, 8, large));
        await training.Fit(small, 6, small, epochs: 30);
        await training.Fit(large, 8, large, epochs: 30);
        Assert.InRange(training.LearnLoss(small, 6, small), 0, 0.5f * before);
        Assert.InRange(training.LearnLoss(large, 8, large), 0, 0.5f * beforeLarge);
        await Refused("target", () => { training.Learn(large, 8, small); return Task.CompletedTask; }, "384 elements");
    }

    private string File(string name) => Path.Combine(_folder, name + ".safetensors");

    /// <summary>Each image somewhere on a black square.</summary>
    private static ImageSet OnCanvases(ImageSet images, int side)
    {
        var pixels = new byte[images.Count * side * side];
        var random = new Random(1);
        for (var i = 0; i < images.Count; i++)
        {
            var (top, left) = (random.Next(side - images.Height + 1), random.Next(side - images.Width + 1));
            for (var y = 0; y < images.Height; y++)
                images[i].Slice(y * images.Width, images.Width).CopyTo(pixels.AsSpan((i * side + top + y) * side + left));
        }
        return new ImageSet(pixels, images.Labels, 1, side, side, 10);
    }

    private static async Task Refused(string? parameter, Func<Task> call, params string[] texts)
    {
        var error = await Assert.ThrowsAnyAsync<ArgumentException>(call);
        if (parameter is not null) Assert.Equal(parameter, error.ParamName);
        Assert.All(texts, text => Assert.Contains(text, error.Message));
    }
}
