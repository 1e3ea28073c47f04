using System.Buffers.Binary;

namespace Kiln.Data;

/// <summary>
/// An array of unsigned bytes in IDX, the format of MNIST: two zero bytes, the element type (8: unsigned byte), the rank, every
/// size as a big-endian 32-bit number, then the values in row-major order. A file may be compressed by gzip.
/// </summary>
public sealed class IdxFile
{
    private const byte UnsignedByte = 8;

    private readonly int[] _shape;

    /// <summary>An array to be written.</summary>
    /// <param name="values">The values in row-major order; not copied.</param>
    /// <param name="shape">1 to 255 sizes, not negative, whose product is the number of values.</param>
    /// <exception cref="ArgumentException">The shape does not fit the number of values.</exception>
    public IdxFile(byte[] values, params ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (shape.Length is 0 or > 255)
            throw new ArgumentException($"an IDX array has 1 to 255 axes, not {shape.Length}", nameof(shape));
        var product = 1L;
        foreach (var size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            product = size == 0 ? 0 : Math.Min(product * size, int.MaxValue + 1L);
            if (product == 0)
                break;
        }
        if (product != values.Length)
            throw new ArgumentException($"the shape ({string.Join(", ", shape.ToArray())}) does not have the {English.Count(values.Length, "value")} given", nameof(shape));
        Values = values;
        _shape = shape.ToArray();
    }

    /// <summary>The size of every axis, the slowest first.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>The values in row-major order.</summary>
    public byte[] Values { get; }

    /// <summary>Reads a file, compressed by gzip (it then starts with 1f 8b) or not.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its array.</returns>
    /// <exception cref="InvalidDataException">The file is no IDX file of unsigned bytes, is truncated or too long, or its gzip is corrupt.
    /// The message names the file, what was expected and what was found. Sizes are checked before memory is allocated.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder, or not allowed to be read.</exception>
    public static IdxFile Read(string path) => DataFile.Read(path, Read);

    /// <summary>Writes the array, uncompressed; an existing file is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder, or not allowed to be written.</exception>
    public void Write(string path)
    {
        Span<byte> header = stackalloc byte[4 + 4 * 255];
        header.Clear();
        header[2] = UnsignedByte;
        header[3] = (byte)_shape.Length;
        for (var axis = 0; axis < _shape.Length; axis++)
            BinaryPrimitives.WriteInt32BigEndian(header[(4 + 4 * axis)..], _shape[axis]);

        using var file = File.Create(path);
        file.Write(header[..(4 + 4 * _shape.Length)]);
        file.Write(Values);
    }

    private static IdxFile Read(Stream stream, long atMost)
    {
        Span<byte> header = stackalloc byte[4 + 4 * 255];
        var found = stream.ReadAtLeast(header[..4], 4, throwOnEndOfStream: false);
        if (found < 4)
            throw new FormatException($"expected a header of at least 8 bytes, but the file ends after {found}");
        if (header[0] != 0 || header[1] != 0 || header[2] != UnsignedByte || header[3] == 0)
            throw new FormatException(
                $"expected the magic number 00 00 08 and a rank from 01 (unsigned bytes), but found {header[0]:x2} {header[1]:x2} {header[2]:x2} {header[3]:x2}");

        var shape = new int[header[3]];
        var headerLength = 4 + 4 * shape.Length;
        found = 4 + stream.ReadAtLeast(header[4..headerLength], headerLength - 4, throwOnEndOfStream: false);
        if (found < headerLength)
            throw new FormatException($"expected a header of {headerLength} bytes for {English.Count(shape.Length, "axis")}, but the file ends after {found}");

        UInt128 product = 1;
        var tooLarge = false;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + 4 * axis)..]);
            shape[axis] = unchecked((int)size);
            tooLarge |= size > int.MaxValue;
            product *= size;
            if (product > (UInt128)Array.MaxLength)
                (product, tooLarge) = ((UInt128)Array.MaxLength, true);
        }
        if (tooLarge)
            throw new FormatException(
                $"its sizes ({string.Join(" × ", shape.Select(size => (uint)size))}) have more values than the {Array.MaxLength} that can be read");

        var length = (int)product;
        if (length > atMost - headerLength)
            throw new FormatException(
                $"expected {English.Count(length, "value")} ({string.Join(" × ", shape)}), but the file has room for at most {Math.Max(0, atMost - headerLength)}: it is truncated");

        var values = new byte[length];
        found = stream.ReadAtLeast(values, length, throwOnEndOfStream: false);
        if (found < length)
            throw new FormatException($"expected {English.Count(length, "value")} ({string.Join(" × ", shape)}), but the file ends after {found}: it is truncated");
        if (stream.ReadByte() >= 0)
            throw new FormatException($"expected {English.Count(length, "value")} ({string.Join(" × ", shape)}), but more bytes follow them");
        return new IdxFile(values, shape);
    }
}
