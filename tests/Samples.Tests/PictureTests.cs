using Kiln.Samples.Networks;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Kiln.Samples.Tests;

public sealed class PictureTests
{
    [Fact]
    public void Signs_are_blue_and_red_and_zero_is_nearly_white()
    {
        Assert.Equal((33, 102, 172), SignedColours.Of(-2, 2));
        Assert.Equal((247, 247, 247), SignedColours.Of(0, 2));
        Assert.Equal((178, 24, 43), SignedColours.Of(2, 2));
        Assert.Equal((178, 24, 43), SignedColours.Of(5, 2));
        Assert.Equal((33, 102, 172), SignedColours.Of(float.NegativeInfinity, 2));
        Assert.Equal((247, 247, 247), SignedColours.Of(0, 0));
        Assert.Equal(3, SignedColours.Limit([1, -3, 2]));
        Assert.Equal(0, SignedColours.Limit([]));
        // A larger number is never less red, nor more blue.
        for (var i = -100; i < 100; i++)
        {
            var (low, high) = (SignedColours.Of(i, 100), SignedColours.Of(i + 1, 100));
            Assert.True(high.Red - high.Blue >= low.Red - low.Blue, $"at {i}");
        }
    }

    [Fact]
    public void A_sheet_has_a_transparent_pixel_between_its_pictures()
    {
        var sheet = Picture.Sheet([.. Enumerable.Range(1, 3).Select(i => Picture.Signed([i, i], 2, 3))], columns: 2);
        Assert.Equal((5, 3), (sheet.Width, sheet.Height));
        using var image = Read(sheet);
        Assert.Equal(SignedColours.Of(2, 3), (image[3, 0].R, image[3, 0].G, image[3, 0].B));
        Assert.Equal(SignedColours.Of(3, 3), (image[1, 2].R, image[1, 2].G, image[1, 2].B));
        Assert.All([image[2, 0].A, image[0, 1].A, image[3, 2].A], alpha => Assert.Equal(0, alpha));
        Assert.Equal(255, image[0, 0].A);
    }

    [Fact]
    public void Planes_are_grey_or_red_green_and_blue()
    {
        using var grey = Read(Picture.Planes<byte>([7, 8], 1, 2, value => value));
        Assert.Equal(new Rgba32(8, 8, 8), grey[1, 0]);
        using var colour = Read(Picture.Planes<byte>([1, 2, 3, 4, 5, 6], 3, 2, value => value));
        Assert.Equal(new Rgba32(2, 4, 6), colour[1, 0]);
    }

    [Fact]
    public void What_is_cut_beyond_the_edge_has_the_colour_told()
    {
        var picture = Picture.Planes<byte>([1, 2, 3, 4], 1, 2, value => value);
        var cut = picture.Crop(-1, 1, 3, (9, 9, 9));
        Assert.Equal([9, 9, 9, 2, 9, 9, 4, 9, 9], Enumerable.Range(0, 9).Select(i => (int)cut[i / 3, i % 3].Red));
    }

    private static Image<Rgba32> Read(Picture picture)
    {
        const string Head = "data:image/png;base64,";
        var address = picture.ToAddress();
        Assert.StartsWith(Head, address);
        return Image.Load<Rgba32>(Convert.FromBase64String(address[Head.Length..]));
    }
}
