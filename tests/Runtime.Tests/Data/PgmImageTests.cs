using System.Text;
using Kiln.Data;
using Xunit;

namespace Kiln.Runtime.Tests.Data;

public sealed class PgmImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        new PgmImage([0, 10, 13, 32, 128, 255], 3, 2).Write(_folder["image.pgm"]);
        var image = PgmImage.Read(_folder["image.pgm"]);
        Assert.Equal((3, 2), (image.Width, image.Height));
        Assert.Equal([0, 10, 13, 32, 128, 255], image.Pixels);
        Assert.StartsWith("P5\n3 2\n255\n", Encoding.Latin1.GetString(File.ReadAllBytes(_folder["image.pgm"])));
    }

    [Theory]
    [InlineData("P2\n# a comment\n3 1\n255\n0 128\n255\n", new byte[] { 0, 128, 255 })]
    [InlineData("P2 3 1 15 # white\n0 1 15", new byte[] { 0, 17, 255 })]
    [InlineData("P5\n#\n2\t1\r\n15 \u0000\u000f", new byte[] { 0, 255 })]
    public void Comments_spaces_and_other_whites_are_read(string text, byte[] pixels) =>
        Assert.Equal(pixels, PgmImage.Read(_folder.Write("image.pgm", Encoding.Latin1.GetBytes(text))).Pixels);

    [Theory]
    [InlineData("", "starts with P5 or P2")]
    [InlineData("P6 1 1 255 abc", "but found P6")]
    [InlineData("P5", "expected the width")]
    [InlineData("P5 0 1 255 ", "the width from 1")]
    [InlineData("P5 3 x", "expected the height, a number, at byte 5")]
    [InlineData("P5 1 1 65535 ab", "more than 8 bits")]
    [InlineData("P5 2 2 255 abc", "expected 2×2 pixels, but the file has room for 3")]
    [InlineData("P5 2000000000 2000000000 255 abc", "room for 3")]
    [InlineData("P5 99999999999999999999 1 255 a", "the width from 1")]
    [InlineData("P2 2 1 9 1", "room for 1")]
    [InlineData("P2 2 1 9 1   ", "expected pixel 1, a number")]
    [InlineData("P2 1 1 9 10", "pixel 0 from 0 to 9, but found 10")]
    [InlineData("P5 1 1 9 \u000a", "pixel 0 is 10, brighter")]
    [InlineData("P5 1 1 255", "one space")]
    public void Bad_files_are_refused_by_name_with_what_is_wrong(string text, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => PgmImage.Read(_folder.Write("bad.pgm", Encoding.Latin1.GetBytes(text))));
        Assert.StartsWith(_folder["bad.pgm"] + ": ", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Pixels_must_fit_the_size() => Assert.Throws<ArgumentException>(() => new PgmImage(new byte[5], 2, 3));
}
