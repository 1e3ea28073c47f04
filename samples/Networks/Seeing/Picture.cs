using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;

namespace Kiln.Samples.Networks;

/// <summary>A small picture of a page. What is not drawn stays transparent.</summary>
/// <param name="width">Pixels of a row.</param>
/// <param name="height">Rows.</param>
internal sealed class Picture(int width, int height)
{
    private readonly Rgba32[] _pixels = new Rgba32[width * height];

    public int Width => width;

    public int Height => height;

    /// <summary>The colour at a place.</summary>
    public (byte Red, byte Green, byte Blue) this[int y, int x]
    {
        get => (_pixels[y * width + x].R, _pixels[y * width + x].G, _pixels[y * width + x].B);
        set => _pixels[y * width + x] = new Rgba32(value.Red, value.Green, value.Blue);
    }

    /// <summary>Numbers with a sign, [height, width].</summary>
    public static Picture Signed(ReadOnlySpan<float> values, int width, float limit)
    {
        var picture = new Picture(width, values.Length / width);
        for (var i = 0; i < values.Length; i++)
            picture[i / width, i % width] = SignedColours.Of(values[i], limit);
        return picture;
    }

    /// <summary>Planes [1 or 3, height, width], grey or red, green and blue; each value made a byte.</summary>
    public static Picture Planes<T>(ReadOnlySpan<T> values, int channels, int width, Func<T, byte> shade)
    {
        var size = values.Length / channels;
        var picture = new Picture(width, size / width);
        for (var i = 0; i < size; i++)
            picture[i / width, i % width] = (shade(values[i]), shade(values[i + size * (channels / 2)]), shade(values[i + size * (channels - 1)]));
        return picture;
    }

    /// <summary>Pictures of one size as a sheet, with a pixel between them.</summary>
    public static Picture Sheet(IReadOnlyList<Picture> pictures, int columns)
    {
        var (wide, high) = (pictures[0].Width + 1, pictures[0].Height + 1);
        var sheet = new Picture(Math.Min(columns, pictures.Count) * wide - 1, (pictures.Count + columns - 1) / columns * high - 1);
        for (var i = 0; i < pictures.Count; i++)
        {
            for (var y = 0; y < high - 1; y++)
            {
                for (var x = 0; x < wide - 1; x++)
                    sheet[i / columns * high + y, i % columns * wide + x] = pictures[i][y, x];
            }
        }
        return sheet;
    }

    /// <summary>A square of it; outside of the picture it is of one colour.</summary>
    public Picture Crop(int top, int left, int side, (byte, byte, byte) outside)
    {
        var cropped = new Picture(side, side);
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
                cropped[y, x] = top + y is var row && left + x is var column && row >= 0 && row < height && column >= 0 && column < width ? this[row, column] : outside;
        }
        return cropped;
    }

    /// <summary>A PNG file as an address that a page can hold.</summary>
    public string ToAddress()
    {
        using var image = Image.LoadPixelData(_pixels, width, height);
        return image.ToBase64String(PngFormat.Instance);
    }
}
