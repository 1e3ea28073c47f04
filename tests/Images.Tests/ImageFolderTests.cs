using Kiln.Data;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;

namespace Kiln.Images.Tests;

public sealed class ImageFolderTests : IDisposable
{
    private static readonly ImageOptions Exact = new() { Fit = ImageFit.Exact };

    private readonly string _root = Directory.CreateTempSubdirectory("kiln-images-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Classes_are_folders_and_images_are_planes()
    {
        Save("dog/b.png", Picture(2, 3, (row, column) => new Rgba32((byte)(10 * row), (byte)(20 * column), 7)));
        Save("dog/a.PNG", Picture(2, 3, (row, column) => new Rgba32(1, 2, 3)));
        Save("cat/z.png", Picture(2, 3, (row, column) => new Rgba32(9, 8, (byte)(row * 3 + column))));
        File.WriteAllText(PathOf("cat/notes.txt"), "no image");
        File.WriteAllText(PathOf("about.txt"), "no class");

        var folder = ImageFolder.Load(_root, 2, 3, Exact);
        Assert.Equal(["cat", "dog"], folder.Classes);
        Assert.Equal(["z.png", "a.PNG", "b.png"], folder.Files.Select(Path.GetFileName));
        Assert.Equal([0, 1, 1], folder.Images.Labels.ToArray());
        Assert.Equal((3, 3, 2, 3, 2), (folder.Images.Count, folder.Images.Channels, folder.Images.Height, folder.Images.Width, folder.Images.Classes));
        Assert.Equal([9, 9, 9, 9, 9, 9, 8, 8, 8, 8, 8, 8, 0, 1, 2, 3, 4, 5], folder.Images[0].ToArray());
        Assert.Equal([0, 0, 0, 10, 10, 10, 0, 20, 40, 0, 20, 40, 7, 7, 7, 7, 7, 7], folder.Images[2].ToArray());

        // A test set's labels are those of the training set.
        var turned = ImageFolder.Load(_root, 2, 3, Exact with { Classes = ["dog", "cat"] });
        Assert.Equal([0, 0, 1], turned.Images.Labels.ToArray());
        Assert.Equal(["dog", "cat"], turned.Classes);
    }

    [Fact]
    public void Jpegs_are_read_too()
    {
        Save("one/a.jpg", Picture(16, 16, (_, _) => new Rgba32(200, 100, 50)));
        Save("one/b.JPEG", Picture(16, 16, (_, _) => new Rgba32(20, 120, 220)));
        var images = ImageFolder.Load(_root, 16, 16, Exact).Images;
        Assert.InRange(images[0][5], 196, 204);
        Assert.InRange(images[0][256 + 5], 96, 104);
        Assert.InRange(images[1][512 + 5], 215, 225);
    }

    [Fact]
    public void Colour_becomes_grey_by_its_brightness_and_grey_becomes_colour()
    {
        Save("one/colour.png", Picture(1, 3, (_, column) => column == 0 ? new Rgba32(255, 0, 0) : column == 1 ? new Rgba32(0, 255, 0) : new Rgba32(77, 77, 77)));
        using (var grey = new Image<L8>(3, 1, new L8(90))) grey.SaveAsPng(PathOf("one/grey.png"), new PngEncoder { ColorType = PngColorType.Grayscale });
        var images = ImageFolder.Load(_root, 1, 3, Exact with { Channels = 1 }).Images;
        Assert.Equal([54, 182, 77], images[0].ToArray());
        Assert.Equal([90, 90, 90], images[1].ToArray());
        Assert.Equal(Enumerable.Repeat((byte)90, 9), ImageFolder.Load(_root, 1, 3, Exact).Images[1].ToArray());
    }

    [Fact]
    public void What_is_transparent_is_black_and_a_turned_camera_is_turned_back()
    {
        Save("one/a.png", Picture(1, 2, (_, column) => new Rgba32(200, 100, 50, (byte)(column == 0 ? 0 : 255))));
        using (var turned = Picture(2, 1, (row, _) => new Rgba32((byte)(row * 100), 0, 0)))
        {
            turned.Metadata.ExifProfile = new ExifProfile();
            turned.Metadata.ExifProfile.SetValue(ExifTag.Orientation, (ushort)6);   // to be turned clockwise
            Save("one/b.png", turned);
        }
        var images = ImageFolder.Load(_root, 1, 2, Exact).Images;
        Assert.Equal([0, 200, 0, 100, 0, 50], images[0].ToArray());
        Assert.Equal([100, 0, 0, 0, 0, 0], images[1].ToArray());
    }

    [Fact]
    public void Images_are_made_to_the_size_by_cutting_by_padding_or_by_stretching()
    {
        // Three times as wide as high: black, white, black.
        Save("one/a.png", Picture(10, 30, (_, column) => column is >= 10 and < 20 ? new Rgba32(255, 255, 255) : new Rgba32(0, 0, 0)));
        byte[] Load(ImageFit fit) => ImageFolder.Load(_root, 30, 30, new ImageOptions { Channels = 1, Fit = fit }).Images[0].ToArray();
        Assert.All(Middle(Load(ImageFit.Crop), 0, 30, 2, 28), value => Assert.InRange(value, 250, 255));
        var padded = Load(ImageFit.Pad);
        Assert.All(Middle(padded, 0, 9, 0, 30), value => Assert.Equal(0, value));
        Assert.All(Middle(padded, 21, 30, 0, 30), value => Assert.Equal(0, value));
        Assert.All(Middle(padded, 11, 19, 12, 18), value => Assert.InRange(value, 250, 255));
        var stretched = Load(ImageFit.Stretch);
        Assert.All(Middle(stretched, 0, 30, 12, 18), value => Assert.InRange(value, 250, 255));
        Assert.All(Middle(stretched, 0, 30, 0, 8), value => Assert.Equal(0, value));
        Refused("expected an image of 30×30 pixels, but it has 10×30", "a.png", () => ImageFolder.Load(_root, 30, 30, Exact));

        static IEnumerable<byte> Middle(byte[] image, int top, int bottom, int left, int right) =>
            from row in Enumerable.Range(top, bottom - top) from column in Enumerable.Range(left, right - left) select image[row * 30 + column];
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    public void A_file_that_is_cut_anywhere_is_refused_by_name(string extension)
    {
        using (var image = Noise(9, 11)) Save($"one/whole.{extension}", image);
        var whole = File.ReadAllBytes(PathOf($"one/whole.{extension}"));
        File.Delete(PathOf($"one/whole.{extension}"));
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(PathOf($"one/cut.{extension}"), whole[..length]);
            Refused("", $"cut.{extension}", () => ImageFolder.Load(_root, 9, 11, Exact));
        }
        File.WriteAllBytes(PathOf($"one/cut.{extension}"), whole);
        Assert.Equal(1, ImageFolder.Load(_root, 9, 11, Exact).Images.Count);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    public void A_file_that_is_damaged_is_refused_or_read_and_nothing_else(string extension)
    {
        using (var image = Noise(9, 11)) Save($"one/a.{extension}", image);
        var whole = File.ReadAllBytes(PathOf($"one/a.{extension}"));
        var random = new Random(1);
        for (var attempt = 0; attempt < 400; attempt++)
        {
            var damaged = whole.ToArray();
            for (var i = 0; i <= attempt % 3; i++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(PathOf($"one/a.{extension}"), damaged);
            try
            {
                ImageFolder.Load(_root, 9, 11, new ImageOptions { MaxPixels = 10_000 });
            }
            catch (InvalidDataException error)
            {
                Assert.Contains($"a.{extension}: ", error.Message);
            }
        }
    }

    [Fact]
    public void A_png_with_too_little_data_between_whole_chunks_is_refused()
    {
        using (var image = Noise(20, 20)) Save("one/a.png", image);
        var bytes = File.ReadAllBytes(PathOf("one/a.png"));
        var at = bytes.AsSpan().IndexOf("IDAT"u8);
        var length = (bytes[at - 4] << 24) | (bytes[at - 3] << 16) | (bytes[at - 2] << 8) | bytes[at - 1];
        byte[] data = [.. "IDAT"u8, .. bytes.AsSpan(at + 4, length / 2)];
        var sum = Crc(data);
        byte[] cut = [.. bytes[..(at - 4)], .. BigEndian((uint)(length / 2)), .. data, .. BigEndian(sum), .. bytes[(at + 4 + length + 4)..]];
        File.WriteAllBytes(PathOf("one/a.png"), cut);
        Refused("", "a.png", () => ImageFolder.Load(_root, 20, 20, Exact));
    }

    [Fact]
    public void Interlaced_and_narrow_pngs_of_all_kinds_are_read()
    {
        foreach (var interlace in (PngInterlaceMode[])[PngInterlaceMode.None, PngInterlaceMode.Adam7])
        {
            foreach (var (height, width) in ((int, int)[])[(1, 1), (1, 9), (9, 1), (3, 2), (8, 8), (13, 17)])
            {
                foreach (var colour in Enum.GetValues<PngColorType>())
                {
                    using (var image = Noise(height, width)) image.SaveAsPng(Made("one/a.png"), new PngEncoder { InterlaceMethod = interlace, ColorType = colour });
                    if (interlace == PngInterlaceMode.Adam7 && width < 5) Refused($"at least 5 columns of an interlaced image, but it has {width}", "a.png", () => ImageFolder.Load(_root, height, width, Exact));
                    else Assert.Equal(1, ImageFolder.Load(_root, height, width, Exact).Images.Count);
                }
            }
        }
        using (var bits = new Image<L8>(13, 5, new L8(255))) bits.SaveAsPng(PathOf("one/a.png"), new PngEncoder { ColorType = PngColorType.Grayscale, BitDepth = PngBitDepth.Bit1 });
        Assert.All(ImageFolder.Load(_root, 5, 13, Exact).Images[0].ToArray(), value => Assert.Equal(255, value));
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    public void A_huge_image_is_refused_before_memory_is_taken_for_it(string extension)
    {
        using (var image = Noise(8, 8)) Save($"one/a.{extension}", image);
        var bytes = File.ReadAllBytes(PathOf($"one/a.{extension}"));
        if (extension == "png")
        {
            BigEndian(100_000).CopyTo(bytes, 16);
            BigEndian(200_000).CopyTo(bytes, 20);
            BigEndian(Crc(bytes[12..29])).CopyTo(bytes, 29);
        }
        else
        {
            var at = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
            (bytes[at + 5], bytes[at + 6], bytes[at + 7], bytes[at + 8]) = (0xFF, 0xFF, 0xFF, 0xFE);
        }
        File.WriteAllBytes(PathOf($"one/a.{extension}"), bytes);
        var before = GC.GetTotalAllocatedBytes();
        Refused(extension == "png" ? "at most 50000000 pixels (MaxPixels), but the image has 200000×100000" : "but the image has 65535×65534", $"a.{extension}", () => ImageFolder.Load(_root, 8, 8));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
        File.Delete(PathOf($"one/a.{extension}"));
        using (var image = Noise(8, 8)) Save("one/a.png", image);
        Refused("at most 63 pixels", "a.png", () => ImageFolder.Load(_root, 8, 8, new ImageOptions { MaxPixels = 63 }));
    }

    [Fact]
    public void More_than_8_bits_a_channel_and_other_formats_are_refused()
    {
        using (var image = new Image<Rgb48>(4, 4)) image.SaveAsPng(Made("one/a.png"), new PngEncoder { BitDepth = PngBitDepth.Bit16, ColorType = PngColorType.Rgb });
        Refused("at most 8 bits a channel, but the image has 16", "a.png", () => ImageFolder.Load(_root, 4, 4));
        using (var image = Noise(4, 4)) image.SaveAsBmp(PathOf("one/a.png"));
        Refused("expected a PNG or JPEG image, but the file begins with 424D", "a.png", () => ImageFolder.Load(_root, 4, 4));
        File.WriteAllText(PathOf("one/a.png"), "");
        Refused("the file is empty", "a.png", () => ImageFolder.Load(_root, 4, 4));
    }

    [Fact]
    public void What_is_missing_or_too_much_is_named()
    {
        Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Load(PathOf("nowhere"), 4, 4));
        Refused("expected a folder for each class", "", () => ImageFolder.Load(_root, 4, 4));
        Directory.CreateDirectory(PathOf("empty"));
        Refused("expected PNG or JPEG files, but there is none", "empty", () => ImageFolder.Load(_root, 4, 4));
        using (var image = Noise(4, 4)) Save("empty/a.png", image);
        Refused("none for 'full'", "", () => ImageFolder.Load(_root, 4, 4, new ImageOptions { Classes = ["empty", "full"] }));
        using (var image = Noise(4, 4)) Save("other/a.png", image);
        Refused("this is none of them", "other", () => ImageFolder.Load(_root, 4, 4, new ImageOptions { Classes = ["empty"] }));
        Refused("have more than the", "", () => ImageFolder.Load(_root, 40_000, 40_000));

        Assert.Throws<ArgumentNullException>("folder", () => ImageFolder.Load(null!, 4, 4));
        Assert.Throws<ArgumentOutOfRangeException>("height", () => ImageFolder.Load(_root, 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>("width", () => ImageFolder.Load(_root, 4, -1));
        Assert.Throws<ArgumentOutOfRangeException>("Channels", () => new ImageOptions { Channels = 2 });
        Assert.Throws<ArgumentOutOfRangeException>("Fit", () => new ImageOptions { Fit = (ImageFit)9 });
        Assert.Throws<ArgumentOutOfRangeException>("MaxPixels", () => new ImageOptions { MaxPixels = 0 });
        Assert.Throws<ArgumentException>("Classes", () => ImageFolder.Load(_root, 4, 4, new ImageOptions { Classes = [] }));
    }

    private static void Refused(string expected, string file, Action load)
    {
        var error = Assert.Throws<InvalidDataException>(load);
        Assert.Contains(expected, error.Message);
        Assert.Contains(file, error.Message);
    }

    private static Image<Rgba32> Picture(int height, int width, Func<int, int, Rgba32> pixel)
    {
        var image = new Image<Rgba32>(width, height);
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++) image[column, row] = pixel(row, column);
        }
        return image;
    }

    private static Image<Rgba32> Noise(int height, int width)
    {
        var random = new Random(1);
        return Picture(height, width, (_, _) => new Rgba32((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)));
    }

    private void Save(string file, Image<Rgba32> image)
    {
        if (Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase)) image.SaveAsPng(Made(file));
        else image.SaveAsJpeg(Made(file), new JpegEncoder { Quality = 95 });
    }

    private string PathOf(string file) => Path.Combine(_root, file);

    private string Made(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        return PathOf(file);
    }

    private static byte[] BigEndian(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    /// <summary>The check sum of a PNG's chunk.</summary>
    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }
        return ~crc;
    }
}
