using System.Buffers.Binary;
using System.IO.Compression;

namespace Kiln.Data;

/// <summary>Whether a PNG file has the data of all its pixels: where some are missing, the decoder would leave them black and say nothing.</summary>
internal static class PngData
{
    private const int SignatureLength = 8, NameOffset = 4, DataOffset = 8, Beside = 12;

    /// <summary>Columns from which on every pass of Adam7 has some.</summary>
    private const int NarrowestInterlaced = 5;

    // Adam7: where each pass begins, and the steps between its pixels.
    private static readonly (int Row, int Column, int RowStep, int ColumnStep)[] Passes =
        [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)];

    /// <param name="file">A file whose chunks are whole.</param>
    /// <exception cref="InvalidDataException">There is less than its pixels need, or the compressed data is corrupt.</exception>
    public static void Check(byte[] file)
    {
        using var compressed = new MemoryStream();
        var expected = 0L;
        for (var at = SignatureLength; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            var (name, data) = (file.AsMemory(at + NameOffset, 4), file.AsMemory(at + DataOffset, length));
            if (name.Span.SequenceEqual("IHDR"u8)) expected = Expected(data.Span);
            if (name.Span.SequenceEqual("IDAT"u8)) compressed.Write(data.Span);
            if (name.Span.SequenceEqual("IEND"u8)) break;
            at += length + Beside;
        }

        compressed.Position = 0;
        using var bytes = new ZLibStream(compressed, CompressionMode.Decompress);
        Span<byte> buffer = stackalloc byte[4096];
        var found = 0L;
        while (found < expected && bytes.Read(buffer) is > 0 and var count) found += count;
        if (found < expected) throw new InvalidDataException($"expected {expected} bytes of pixels, but {English.There(found)}: the image is truncated");
    }

    /// <summary>Bytes of all rows: a filter's number and the pixels, in whole bytes.</summary>
    private static long Expected(ReadOnlySpan<byte> header)
    {
        var (width, height) = ((long)BinaryPrimitives.ReadUInt32BigEndian(header), (long)BinaryPrimitives.ReadUInt32BigEndian(header[4..]));
        // The decoder does not end where a pass has no columns.
        if (header[12] != 0 && width < NarrowestInterlaced)
            throw new InvalidDataException($"expected at least {NarrowestInterlaced} columns of an interlaced image, but it has {width}: save it without interlacing");
        var bits = header[8] * header[9] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        long Rows(long rows, long columns) => columns == 0 ? 0 : rows * (1 + (columns * bits + 7) / 8);
        return header[12] == 0
            ? Rows(height, width)
            : Passes.Sum(pass => Rows((height - pass.Row + pass.RowStep - 1) / pass.RowStep, (width - pass.Column + pass.ColumnStep - 1) / pass.ColumnStep));
    }
}
