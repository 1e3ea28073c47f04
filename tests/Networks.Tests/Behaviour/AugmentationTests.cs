using Kiln;
using Kiln.Data;

namespace Networks.Tests.Behaviour;

/// <summary>Images changed anew in every epoch, while a training goes through them.</summary>
public sealed class AugmentationTests : IDisposable
{
    private static readonly ImageSet Data = Digits.Generate(50, seed: 1);
    private static readonly Augmentation Changes = new Augmentation().Shift(2).Rotate(10).Elastic(20, 4).Noise(0.02);

    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-augmentation-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_training_sees_the_images_of_its_seed_and_epoch_on_any_number_of_threads(int threads)
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 16, threads, seed: 7);
        await training.Fit(Data, epochs: 2, augmentation: Changes);

        // The same by hand.
        using var other = new Mlp(seed: 1);
        using var steps = other.Train(new Sgd(0.05), batch: 16, threads: 1, seed: 7);
        using var augmenter = new Augmenter(Changes, Data, threads: 1);
        var sampler = new BatchSampler(Data.Count, 16, seed: 7);
        for (var epoch = 0; epoch < 2; epoch++)
        {
            sampler.Start(epoch);
            for (var i = 0; i < sampler.Batches; i++)
            {
                var (images, labels) = (new float[sampler[i].Length * 784], new int[sampler[i].Length]);
                augmenter.Gather(sampler[i], images, labels, seed: 7, epoch);
                steps.Learn(images, labels);
            }
        }
        Assert.Equal(other.Bits(), net.Bits());

        using var plain = new Mlp(seed: 1);
        using var without = plain.Train(new Sgd(0.05), batch: 16, threads: 1, seed: 7);
        await without.Fit(Data, epochs: 2);
        Assert.NotEqual(plain.Bits(), net.Bits());
    }

    [Fact]
    public async Task One_that_is_resumed_goes_on_with_the_images_it_would_have_seen()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05, momentum: 0.9), batch: 16, threads: 1, seed: 7);
        await training.Fit(Data, epochs: 1, augmentation: Changes);
        training.Save(Path.Combine(_folder, "training"));
        await training.Fit(Data, epochs: 1, augmentation: Changes);

        using var other = new Mlp(seed: 2);
        using var resumed = other.Train(new Sgd(0.05, momentum: 0.9), batch: 16, threads: 2);
        resumed.Load(Path.Combine(_folder, "training"));
        await resumed.Fit(Data, epochs: 1, augmentation: Changes);
        Assert.Equal(net.Bits(), other.Bits());
    }

    [Fact]
    public async Task Inputs_of_bytes_are_augmented_too()
    {
        // Only the mirrored image tells the classes apart as the labels say.
        var (pixels, labels) = (new byte[40 * 48], new int[40]);
        for (var i = 0; i < 40; i++) pixels[i * 48 + (labels[i] = i % 2) * 3] = 255;
        var images = new ImageSet(pixels, labels, channels: 3, height: 4, width: 4, classes: 3);
        using var net = new Colours(seed: 1);
        using var training = net.Train(new Adam(0.02), batch: 8, threads: 2);
        var mirror = new Augmentation().FlipHorizontally(1);
        await training.Fit(images, epochs: 60, augmentation: mirror);
        Assert.Equal(1, net.Accuracy(mirror.Apply(images, seed: 1)));
        Assert.True(net.Accuracy(images) < 0.5);
    }
}
