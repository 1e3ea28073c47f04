using System.IO.Compression;
using Kiln.Data;
using Xunit;

namespace Kiln.Runtime.Tests.Data;

public sealed class IdxFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(new[] { 5 })]
    [InlineData(new[] { 2, 3 })]
    [InlineData(new[] { 3, 4, 5 })]
    [InlineData(new[] { 2, 1, 3, 2 })]
    [InlineData(new[] { 0, 28, 28 })]
    public void What_is_written_is_read_plain_and_compressed(int[] shape)
    {
        var values = new byte[shape.Aggregate(1, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
            values[i] = (byte)(i * 37 + 1);

        new IdxFile(values, shape).Write(_folder["array"]);
        File.WriteAllBytes(_folder["array.gz"], Compress(File.ReadAllBytes(_folder["array"])));

        foreach (var name in new[] { "array", "array.gz" })
        {
            var file = IdxFile.Read(_folder[name]);
            Assert.Equal(shape, file.Shape.ToArray());
            Assert.Equal(values, file.Values);
        }
    }

    [Fact]
    public void The_format_is_the_published_one()
    {
        new IdxFile([7, 8], 1, 2).Write(_folder["array"]);
        Assert.Equal([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 8], File.ReadAllBytes(_folder["array"]));
    }

    [Theory]
    [InlineData(new byte[] { }, "ends after 0")]
    [InlineData(new byte[] { 0, 0, 8 }, "ends after 3")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0 }, "expected a header of 8 bytes for 1 axis, but the file ends after 6")]
    [InlineData(new byte[] { 0, 0, 9, 1, 0, 0, 0, 1, 5 }, "found 00 00 09 01")]
    [InlineData(new byte[] { 1, 0, 8, 1, 0, 0, 0, 1, 5 }, "found 01 00 08 01")]
    [InlineData(new byte[] { 0, 0, 8, 0, 5 }, "found 00 00 08 00")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 5, 6 }, "expected 3 values")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 5, 6 }, "expected 1 value (1), but more bytes follow")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF, 1 }, "4294967295")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0xFF, 0, 0, 0, 0, 0, 0, 0 }, "4278190080 × 0")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0, 1, 0, 0, 0, 1, 0, 0 }, "65536 × 65536")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0x7F, 0, 0, 0, 0x7F, 0, 0, 0, 0x7F, 0, 0, 0 }, "have more values than the")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0x7F, 0xFF, 0xFF, 0xC7 }, "expected 2147483591 values (2147483591), but the file has room for at most 0")]
    public void Bad_files_are_refused_by_name_with_what_is_wrong(byte[] bytes, string expected)
    {
        var plain = Assert.Throws<InvalidDataException>(() => IdxFile.Read(_folder.Write("bad.idx", bytes)));
        Assert.StartsWith(_folder["bad.idx"] + ": ", plain.Message);
        Assert.Contains(expected, plain.Message);

        // Compressed the same is wrong, though how many bytes follow the header is known only after unpacking.
        var compressed = Assert.Throws<InvalidDataException>(() => IdxFile.Read(_folder.Write("bad.gz", Compress(bytes))));
        Assert.StartsWith(_folder["bad.gz"] + ": ", compressed.Message);
        if (!expected.Contains("room"))
            Assert.Contains(expected, compressed.Message);
    }

    [Fact]
    public void A_small_gzip_file_that_promises_gigabytes_allocates_nothing()
    {
        var path = _folder.Write("bomb.gz", Compress([0, 0, 8, 1, 0x7F, 0xFF, 0, 0, 1, 2, 3]));
        Assert.Throws<InvalidDataException>(() => IdxFile.Read(path));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() => IdxFile.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains("truncated", error.Message);
    }

    [Fact]
    public void Corrupt_gzip_is_refused_by_name()
    {
        var values = new byte[10_000];
        new Random(1).NextBytes(values);
        new IdxFile(values, 100, 100).Write(_folder["array"]);
        var good = Compress(File.ReadAllBytes(_folder["array"]));

        var flipped = (byte[])good.Clone();
        flipped[good.Length / 2] ^= 0x55;
        var wrongSum = (byte[])good.Clone();
        wrongSum[^6] ^= 1;
        foreach (var bad in new[] { flipped, wrongSum, good[..12], good[..(good.Length / 2)], good[..3] })
        {
            var error = Assert.Throws<InvalidDataException>(() => IdxFile.Read(_folder.Write("bad.gz", bad)));
            Assert.StartsWith(_folder["bad.gz"] + ": ", error.Message);
        }
    }

    [Fact]
    public void An_array_must_fit_its_shape()
    {
        Assert.Contains("(2, 2) does not have the 3 values", Assert.Throws<ArgumentException>(() => new IdxFile(new byte[3], 2, 2)).Message);
        Assert.Throws<ArgumentException>(() => new IdxFile([1]));
        Assert.Throws<ArgumentException>(() => new IdxFile([], 1 << 16, 1 << 16));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IdxFile([], -1, 0));
    }

    [Fact]
    public void A_missing_file_is_said_to_be_missing() =>
        Assert.Throws<FileNotFoundException>(() => IdxFile.Read(_folder["nothing"]));

    [Fact]
    public void A_folder_is_no_file()
    {
        Assert.Throws<UnauthorizedAccessException>(() => IdxFile.Read(_folder.Path));
        Assert.Throws<UnauthorizedAccessException>(() => PgmImage.Read(_folder.Path));
        Assert.Throws<UnauthorizedAccessException>(() => new IdxFile([1], 1).Write(_folder.Path));
        Assert.Throws<UnauthorizedAccessException>(() => new PgmImage([1], 1, 1).Write(_folder.Path));
        Assert.Throws<DirectoryNotFoundException>(() => new IdxFile([1], 1).Write(_folder["none/file"]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return memory.ToArray();
    }
}
