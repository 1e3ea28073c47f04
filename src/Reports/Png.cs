using System.Buffers.Binary;
using System.IO.Compression;

namespace Kiln.Seeing;

/// <summary>Writes pictures of bytes as PNG files (ISO/IEC 15948): 8 bits a sample, grey or red, green and blue, no filter.</summary>
internal static class Png
{
    private static readonly uint[] Remainders = [.. Enumerable.Range(0, 256).Select(Remainder)];

    /// <param name="planes">A plane of grey, or planes of red, green and blue, each row by row.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels of a row.</param>
    public static byte[] Encode(ReadOnlySpan<byte> planes, int channels, int height, int width)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, (byte)(channels == 1 ? 0 : 2));
        header[10..].Clear();
        Write(file, "IHDR"u8, header);
        Write(file, "IDAT"u8, Compress(planes, channels, height, width));
        Write(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>Each row begins with the number of its filter.</summary>
    private static byte[] Compress(ReadOnlySpan<byte> planes, int channels, int height, int width)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var row = new byte[1 + width * channels];
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    for (var channel = 0; channel < channels; channel++) row[1 + x * channels + channel] = planes[(channel * height + y) * width + x];
                }
                zlib.Write(row);
            }
        }
        return compressed.ToArray();
    }

    private static void Write(MemoryStream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(name);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, name), data));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var value in data) crc = Remainders[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    private static uint Remainder(int value)
    {
        var remainder = (uint)value;
        for (var bit = 0; bit < 8; bit++) remainder = (remainder & 1) == 0 ? remainder >> 1 : 0xEDB88320 ^ (remainder >> 1);
        return remainder;
    }
}
