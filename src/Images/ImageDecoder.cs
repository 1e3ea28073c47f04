using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Advanced;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace Kiln.Data;

/// <summary>Makes files to images of one size.</summary>
internal sealed class ImageDecoder(int height, int width, ImageOptions options)
{
    /// <summary>A file may have this many bytes more than its pixels would take uncompressed: profiles, thumbnails.</summary>
    private const long MostBeside = 64 << 20;

    // No other formats, whatever the file's name.
    private static readonly Configuration Formats = new(new PngConfigurationModule(), new JpegConfigurationModule());

    /// <summary>Reads one image.</summary>
    /// <param name="file">A PNG or JPEG file.</param>
    /// <param name="target">Receives its pixels, [channels, height, width].</param>
    /// <exception cref="InvalidDataException">The file cannot be used; the message begins with its name.</exception>
    public void Decode(string file, Span<byte> target)
    {
        try
        {
            Decode(Read(file), target);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{file}: {error.Message}", error.InnerException);
        }
    }

    private byte[] Read(string file)
    {
        var length = new FileInfo(file).Length;
        var most = Math.Min(Array.MaxLength, 4 * Math.Min(options.MaxPixels, Array.MaxLength) + MostBeside);
        return length <= most ? File.ReadAllBytes(file) : throw new InvalidDataException($"the file has {length} bytes, and an image of {options.MaxPixels} pixels, the most allowed, at most {most}");
    }

    private void Decode(byte[] file, Span<byte> target)
    {
        var header = ImageHeader.Read(file);
        if ((long)header.Width * header.Height > options.MaxPixels)
            throw new InvalidDataException($"expected at most {options.MaxPixels} pixels (MaxPixels), but the image has {header.Height}×{header.Width}");
        if (header.Bits > 8)
            throw new InvalidDataException($"expected at most 8 bits a channel, but the image has {header.Bits}");

        if (header.IsPng) PngData.Check(file);

        using var image = Decode(file);
        // What is transparent shows the black behind it; a camera's note of how it was held is followed.
        image.Mutate(change => change.BackgroundColor(Color.Black).AutoOrient());
        if (options.Fit != ImageFit.Exact)
        {
            var mode = options.Fit switch { ImageFit.Crop => ResizeMode.Crop, ImageFit.Pad => ResizeMode.Pad, _ => ResizeMode.Stretch };
            image.Mutate(change => change.Resize(new ResizeOptions { Size = new SixLabors.ImageSharp.Size(width, height), Mode = mode, Sampler = KnownResamplers.Triangle, PadColor = Color.Black }));
        }
        if (image.Height != height || image.Width != width)
            throw new InvalidDataException($"expected an image of {height}×{width} pixels, but it has {image.Height}×{image.Width}");
        Write(image, target);
    }

    private static Image<Rgba32> Decode(byte[] file)
    {
        try
        {
            return Image.Load<Rgba32>(Formats, file);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Of files that are damaged on purpose the library throws more than it documents.
            throw new InvalidDataException($"the image is damaged or of an unknown kind ({error.Message})", error);
        }
    }

    private void Write(Image<Rgba32> image, Span<byte> target)
    {
        var size = height * width;
        for (var row = 0; row < height; row++)
        {
            var pixels = image.DangerousGetPixelRowMemory(row).Span;
            for (var column = 0; column < width; column++)
            {
                var (pixel, at) = (pixels[column], row * width + column);
                if (options.Channels == 1)
                {
                    target[at] = (byte)(0.2126f * pixel.R + 0.7152f * pixel.G + 0.0722f * pixel.B + 0.5f);
                    continue;
                }
                (target[at], target[size + at], target[2 * size + at]) = (pixel.R, pixel.G, pixel.B);
            }
        }
    }
}
