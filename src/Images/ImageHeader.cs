using System.Buffers.Binary;

namespace Kiln.Data;

/// <summary>
/// What is known of a PNG or JPEG file before it is decoded: its size, the bits of a channel, and that it goes on to its end. Decoders are lenient with what is cut off.
/// </summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Bits">Of a channel.</param>
/// <param name="IsPng">PNG or JPEG.</param>
internal readonly record struct ImageHeader(int Width, int Height, int Bits, bool IsPng)
{
    private const int SignatureLength = 8;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <exception cref="InvalidDataException">What was expected and what was found.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> file) =>
        file.StartsWith(PngSignature) ? ReadPng(file)
        : file is [0xFF, 0xD8, 0xFF, ..] ? ReadJpeg(file)
        : throw new InvalidDataException(file.IsEmpty ? "expected a PNG or JPEG image, but the file is empty" : $"expected a PNG or JPEG image, but the file begins with {Convert.ToHexString(file[..Math.Min(file.Length, SignatureLength)])}");

    /// <summary>Chunks of a length, a name, data and a check sum, from IHDR to IEND.</summary>
    private static ImageHeader ReadPng(ReadOnlySpan<byte> file)
    {
        ImageHeader? header = null;
        for (var at = SignatureLength; ;)
        {
            if (file.Length - at < 12) throw Truncated();
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            var name = file.Slice(at + 4, 4);
            if (length > file.Length - at - 12) throw Truncated();
            if (header is null)
            {
                if (!name.SequenceEqual("IHDR"u8) || length != 13) throw new InvalidDataException("expected a PNG image to begin with its header, an IHDR of 13 bytes");
                var data = file[(at + 8)..];
                header = Sized(BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]), data[8], isPng: true);
            }
            if (name.SequenceEqual("IEND"u8)) return header.Value;
            at += (int)length + 12;
        }
    }

    /// <summary>Segments of a marker and a length up to the first scan; after that, the end of the image.</summary>
    private static ImageHeader ReadJpeg(ReadOnlySpan<byte> file)
    {
        ImageHeader? header = null;
        for (var at = 2; ;)
        {
            // Any number of FF may stand before a marker.
            while (at + 1 < file.Length && file[at] == 0xFF && file[at + 1] == 0xFF) at++;
            if (file.Length - at < 4) throw Truncated();
            if (file[at] != 0xFF) throw new InvalidDataException($"expected a marker of a JPEG image at byte {at}, but found {file[at]:x2}");
            var (marker, length) = (file[at + 1], BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]));
            if (length < 2 || length > file.Length - at - 2) throw Truncated();
            // Start of frame: all of C0 to CF but tables (C4, CC) and one that is reserved (C8).
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && length >= 8)
            {
                var data = file[(at + 4)..];
                header = Sized(BinaryPrimitives.ReadUInt16BigEndian(data[3..]), BinaryPrimitives.ReadUInt16BigEndian(data[1..]), data[0], isPng: false);
            }
            at += 2 + length;
            if (marker != 0xDA) continue;
            if (file[at..].IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) < 0) throw Truncated();
            return header ?? throw new InvalidDataException("expected a JPEG image to give its size before its first scan");
        }
    }

    private static ImageHeader Sized(uint width, uint height, byte bits, bool isPng) =>
        width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue ? new((int)width, (int)height, bits, isPng) : throw new InvalidDataException($"an image cannot be of {height}×{width} pixels");

    private static InvalidDataException Truncated() => new("the file ends before the image does: it is truncated");
}
