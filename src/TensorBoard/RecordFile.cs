using System.Buffers.Binary;
using System.Numerics;

namespace Kiln.Seeing;

/// <summary>
/// A file of TFRecords: the length of the data as 8 bytes, a checksum of these 8, the data, a checksum of the data; numbers little-endian. Each record goes to the
/// operating system in one call, so a process that is killed leaves whole records, save perhaps the one under way.
/// </summary>
internal sealed class RecordFile(string path, FileMode mode = FileMode.CreateNew) : IDisposable
{
    private const int HeaderLength = 12, FooterLength = 4;

    private readonly FileStream _stream = new(path, mode, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    private long _length;

    public string Path => path;

    /// <exception cref="IOException">It cannot be written; the file then ends with the record before.</exception>
    public void Write(ReadOnlySpan<byte> data)
    {
        var record = new byte[HeaderLength + data.Length + FooterLength];
        BinaryPrimitives.WriteInt64LittleEndian(record, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Checksum(record.AsSpan(0, 8)));
        data.CopyTo(record.AsSpan(HeaderLength));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HeaderLength + data.Length), Checksum(data));
        try
        {
            _stream.Write(record);
            _length += record.Length;
        }
        // The second is what a stream throws when the file grows beyond what the file system or the process may have.
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException)
        {
            Shorten();
            throw new IOException($"{path} could not be written. {e.Message}", e);
        }
    }

    /// <summary>CRC-32C, rotated right by 15 bits, plus a constant: a checksum of data that has checksums in it would else be weak.</summary>
    public static uint Checksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= 8; data = data[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var value in data) crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Half a record would hide all that follow it.</summary>
    private void Shorten()
    {
        try
        {
            _stream.SetLength(_length);
            _stream.Position = _length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            // The first exception is the one to know of.
        }
    }
}
