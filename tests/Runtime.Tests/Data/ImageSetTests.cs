using System.IO.Compression;
using Kiln.Data;
using Kiln.Tests;
using Xunit;

namespace Kiln.Runtime.Tests.Data;

public sealed class ImageSetTests : IDisposable
{
    private static readonly string[] Names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Mnist_is_loaded_from_its_four_files()
    {
        var train = Digits.Generate(30, seed: 1);
        var test = Digits.Generate(20, seed: 2);
        train.Save(_folder[Names[0]], _folder[Names[1]]);
        test.Save(_folder[Names[2]], _folder[Names[3]]);

        var (loadedTrain, loadedTest) = ImageSet.LoadMnist(_folder.Path);
        Assert.True(loadedTrain.Images.SequenceEqual(train.Images));
        Assert.True(loadedTest.Labels.SequenceEqual(test.Labels));
        Assert.Equal((30, 28, 28, 784, 10), (loadedTrain.Count, loadedTrain.Height, loadedTrain.Width, loadedTrain.ImageLength, loadedTrain.Classes));
        Assert.True(loadedTest[7].SequenceEqual(test.Images.Slice(7 * 784, 784)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mnist_is_found_by_the_names_of_a_mirror_too(bool compressed)
    {
        var set = Digits.Generate(10, seed: 1);
        set.Save(_folder["images"], _folder["labels"]);
        foreach (var name in Names)
        {
            var bytes = File.ReadAllBytes(_folder[name.Contains("images", StringComparison.Ordinal) ? "images" : "labels"]);
            var file = File.Create(_folder[name.Replace("-idx", ".idx") + (compressed ? ".gz" : "")]);
            using Stream stream = compressed ? new GZipStream(file, CompressionLevel.Fastest) : file;
            stream.Write(bytes);
        }

        var (train, test) = ImageSet.LoadMnist(_folder.Path);
        Assert.True(train.Images.SequenceEqual(set.Images) && train.Labels.SequenceEqual(set.Labels));
        Assert.True(test.Images.SequenceEqual(set.Images) && test.Labels.SequenceEqual(set.Labels));
    }

    [Fact]
    public void Images_in_colour_are_planes_and_are_written_and_read_so()
    {
        var pixels = Enumerable.Range(0, 2 * 3 * 4 * 5).Select(i => (byte)i).ToArray();
        var set = new ImageSet(pixels, (int[])[1, 300], channels: 3, height: 4, width: 5, classes: 301);
        Assert.Equal((2, 3, 4, 5, 60, 301), (set.Count, set.Channels, set.Height, set.Width, set.ImageLength, set.Classes));
        Assert.True(set[1].SequenceEqual(pixels.AsSpan(60)));
        Assert.Contains("label 1 is 300", Assert.Throws<InvalidOperationException>(() => set.Save(_folder["images"], _folder["labels"])).Message);

        new ImageSet(pixels, (int[])[1, 200], 3, 4, 5, 256).Save(_folder["images"], _folder["labels"]);
        var loaded = ImageSet.Load(_folder["images"], _folder["labels"], 256);
        Assert.Equal((3, 4, 5), (loaded.Channels, loaded.Height, loaded.Width));
        Assert.True(loaded.Images.SequenceEqual(pixels));
        Assert.Equal([1, 200], loaded.Labels.ToArray());

        Assert.Contains("2 images of 3×4×5", Assert.Throws<ArgumentException>(() => new ImageSet(new byte[100], (int[])[1, 2], 3, 4, 5, 10)).Message);
        Assert.Contains("label 0 is -1", Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSet(new byte[60], (int[])[-1], 3, 4, 5, 10)).Message);
        Assert.Throws<ArgumentException>(() => new ImageSet([], (int[])[], 3, 40_000, 40_000, 10));
    }

    [RealDataFact("mnist")]
    public void The_real_set_is_loaded()
    {
        var (train, test) = ImageSet.LoadMnist(RealData.Folder("mnist")!);
        Assert.Equal((60_000, 10_000, 28, 28), (train.Count, test.Count, train.Height, train.Width));
        var counts = new int[10];
        foreach (var label in train.Labels) counts[label]++;
        Assert.Equal([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], counts);
    }

    [Fact]
    public void All_missing_files_are_listed()
    {
        Digits.Generate(10, seed: 1).Save(_folder[Names[0]], _folder[Names[3]]);
        var error = Assert.Throws<FileNotFoundException>(() => ImageSet.LoadMnist(_folder.Path));
        Assert.EndsWith($"{Names[1]}, {Names[2]}", error.Message);
        Assert.StartsWith(_folder.Path, error.Message);
    }

    [Fact]
    public void A_label_out_of_range_is_named()
    {
        new IdxFile(new byte[4 * 6], 4, 2, 3).Write(_folder["images"]);
        new IdxFile([0, 9, 10, 3], 4).Write(_folder["labels"]);
        var error = Assert.Throws<InvalidDataException>(() => ImageSet.Load(_folder["images"], _folder["labels"], classes: 10));
        Assert.Equal($"{_folder["labels"]}: label 2 is 10, but there are 10 classes", error.Message);

        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSet(new byte[4 * 6], [0, 9, 10, 3], 2, 3, classes: 4));
        Assert.Contains("label 1 is 9, but there are 4 classes", thrown.Message);
    }

    [Fact]
    public void Images_and_labels_must_belong_together()
    {
        new IdxFile(new byte[4 * 6], 4, 2, 3).Write(_folder["images"]);
        new IdxFile([0, 1, 2], 3).Write(_folder["labels"]);
        Assert.Contains("expected 4 labels", Assert.Throws<InvalidDataException>(() => ImageSet.Load(_folder["images"], _folder["labels"], 10)).Message);
        Assert.Contains("has 3 axes", Assert.Throws<InvalidDataException>(() => ImageSet.Load(_folder["images"], _folder["images"], 10)).Message);
        Assert.Contains("has 1 axis", Assert.Throws<InvalidDataException>(() => ImageSet.Load(_folder["labels"], _folder["labels"], 10)).Message);
        Assert.Throws<ArgumentException>(() => new ImageSet(new byte[7], [0], 2, 3, 10));
    }

    [Fact]
    public void A_batch_is_gathered_as_bytes_or_scaled()
    {
        var set = new ImageSet([0, 51, 102, 153, 204, 255], [3, 1, 2], height: 1, width: 2, classes: 4);
        var bytes = new byte[4];
        var floats = new float[4];
        var labels = new int[2];

        set.Gather([2, 0], bytes, labels);
        Assert.Equal([204, 255, 0, 51], bytes);
        Assert.Equal([2, 3], labels);
        set.Gather([1, 2], floats, labels);
        Assert.Equal([102 / 255f, 153 / 255f, 204 / 255f, 1f], floats);
        Assert.Equal([1, 2], labels);

        Assert.Throws<ArgumentException>(() => set.Gather([0], bytes, labels.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => set.Gather([0, 1], bytes, labels.AsSpan(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Gather([0, 3], bytes, labels));
        Assert.Throws<ArgumentOutOfRangeException>(() => set[-1].Length);
    }

    [Fact]
    public void Gathering_allocates_nothing()
    {
        var set = Digits.Generate(50, seed: 1);
        var sampler = new BatchSampler(set.Count, batch: 16, seed: 1);
        var images = new float[16 * 784];
        var labels = new int[16];
        var total = 0;
        void Epoch(int epoch)
        {
            sampler.Start(epoch);
            for (var batch = 0; batch < sampler.Batches; batch++)
            {
                var rows = sampler[batch];
                set.Gather(rows, images.AsSpan(0, rows.Length * 784), labels.AsSpan(0, rows.Length));
                total += rows.Length;
            }
        }

        var epoch = 0;
        Assert.Equal(0, Kiln.Tests.Allocations.OfEveryCall(() => Epoch(epoch++)));
        Assert.Equal(50 * epoch, total);
    }
}
