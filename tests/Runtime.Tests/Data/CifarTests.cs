using System.IO.Compression;
using Kiln.Data;
using Kiln.Tests;

namespace Kiln.Runtime.Tests.Data;

public sealed class CifarTests : IDisposable
{
    private const int Record = 3073;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Batches_are_loaded_in_order_plain_and_compressed()
    {
        _folder.Write("data_batch_1.bin", [.. Image(3, 10), .. Image(9, 20)]);
        _folder.Write("data_batch_2.bin.gz", Compress([.. Image(0, 30), .. Image(1, 40), .. Image(2, 50)]));
        _folder.Write("test_batch.bin", Image(7, 60));

        var (train, test) = ImageSet.LoadCifar10(_folder.Path);
        Assert.Equal((5, 3, 32, 32, 3072, 10), (train.Count, train.Channels, train.Height, train.Width, train.ImageLength, train.Classes));
        Assert.Equal([3, 9, 0, 1, 2], train.Labels.ToArray());
        Assert.True(train[3].SequenceEqual(Image(1, 40).AsSpan(1)));
        Assert.Equal(1, test.Count);
        Assert.True(test[0].SequenceEqual(Image(7, 60).AsSpan(1)));
    }

    /// <summary>Red, green and blue planes one after another, as a network with an input of (3, 32, 32) takes them.</summary>
    [Fact]
    public void Planes_stay_as_they_are()
    {
        byte[] record = [5, .. Enumerable.Repeat((byte)1, 1024), .. Enumerable.Repeat((byte)2, 1024), .. Enumerable.Repeat((byte)3, 1024)];
        var image = ImageSet.LoadCifar10Files(_folder.Write("one.bin", record))[0];
        Assert.Equal((1, 1, 2, 2, 3, 3), (image[0], image[1023], image[1024], image[2047], image[2048], image[3071]));
    }

    [Fact]
    public void Many_images_are_read()
    {
        var records = Enumerable.Range(0, 150).SelectMany(i => Image((byte)(i % 10), (byte)i)).ToArray();
        var set = ImageSet.LoadCifar10Files(_folder.Write("a.bin", records), _folder.Write("b.bin.gz", Compress(records)));
        Assert.Equal(300, set.Count);
        for (var i = 0; i < 300; i++)
        {
            Assert.Equal(i % 150 % 10, set.Labels[i]);
            Assert.True(set[i].SequenceEqual(records.AsSpan(i % 150 * Record + 1, Record - 1)));
        }
    }

    [Fact]
    public void Missing_files_are_listed()
    {
        _folder.Write("data_batch_3.bin", Image(1, 1));
        var error = Assert.Throws<FileNotFoundException>(() => ImageSet.LoadCifar10(_folder.Path));
        Assert.EndsWith("test_batch.bin, data_batch_1.bin, data_batch_2.bin", error.Message);
        Assert.StartsWith(_folder.Path, error.Message);
    }

    [Theory]
    [InlineData(0, "is empty")]
    [InlineData(1, "image 0 has 0 of its 3072")]
    [InlineData(Record - 1, "image 0 has 3071 of its 3072")]
    [InlineData(2 * Record + 100, "image 2 has 99 of its 3072")]
    public void Files_of_a_wrong_length_are_refused_by_name(int length, string expected)
    {
        byte[] bytes = [.. Enumerable.Repeat(Image(1, 1), 3).SelectMany(image => image).Take(length)];
        foreach (var file in (string[])[_folder.Write("wrong.bin", bytes), _folder.Write("wrong.bin.gz", Compress(bytes))])
        {
            var error = Assert.Throws<InvalidDataException>(() => ImageSet.LoadCifar10Files(file));
            Assert.StartsWith(file + ": ", error.Message);
            Assert.Contains(expected, error.Message);
        }
    }

    [Fact]
    public void A_label_above_9_and_corrupt_gzip_are_refused_by_name()
    {
        var file = _folder.Write("label.bin", [.. Image(9, 1), .. Image(10, 1)]);
        Assert.Equal($"{file}: the label of image 1 is 10, but there are 10 classes", Assert.Throws<InvalidDataException>(() => ImageSet.LoadCifar10Files(file)).Message);

        var bytes = Compress(Image(1, 1));
        file = _folder.Write("cut.gz", bytes[..^12]);
        Assert.StartsWith(file + ": ", Assert.Throws<InvalidDataException>(() => ImageSet.LoadCifar10Files(file)).Message);
        Assert.Throws<ArgumentException>(() => ImageSet.LoadCifar10Files());
    }

    [RealDataFact("cifar10")]
    public void The_real_set_is_loaded()
    {
        var (train, test) = ImageSet.LoadCifar10(RealData.Folder("cifar10")!);
        Assert.True(train.Count >= 6000 && test.Count >= 1200);
        // As many of each class, and pixels that use their whole range.
        var counts = new int[10];
        foreach (var label in train.Labels) counts[label]++;
        Assert.All(counts, count => Assert.Equal(train.Count / 10, count));
        Assert.True(train.Images.Contains((byte)0) && train.Images.Contains((byte)255));
    }

    private static byte[] Image(byte label, byte start) => [label, .. Enumerable.Range(0, Record - 1).Select(i => (byte)(start + i * 7))];

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return compressed.ToArray();
    }
}
