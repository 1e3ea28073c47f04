using System.Buffers.Binary;
using System.Text;

namespace Kiln.Seeing.Tests;

/// <summary>
/// Reads event files by the format's own rules, apart from what writes them: TFRecord framing, a CRC-32C bit by bit, and the wire format of protocol buffers field by
/// field.
/// </summary>
internal static class EventFile
{
    /// <summary>The records of a file. Half a record at the end is left out; one whose checksum is wrong is an error.</summary>
    public static List<byte[]> Records(byte[] file)
    {
        var records = new List<byte[]>();
        for (var at = 0; at + 12 <= file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            if (at + 12 + length + 4 > file.Length) break;
            var data = file.AsSpan(at + 12, length);
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            records.Add(data.ToArray());
            at += 12 + length + 4;
        }
        return records;
    }

    /// <summary>The bytes of a file that its writer still has open.</summary>
    public static byte[] Bytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public static List<Message> Events(string path) => [.. Records(Bytes(path)).Select(r => new Message(r))];

    /// <summary>All scalars: tag, step, value.</summary>
    public static List<(string Tag, long Step, float Value)> Scalars(IEnumerable<Message> events) =>
    [
        .. from e in events
           where e.Has(5)
           from value in e.Messages(5).SelectMany(summary => summary.Messages(1))
           where value.Has(2)
           select (value.Text(1), e.Integer(2), value.Float(2)),
    ];

    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
        }
        return ~crc;
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = Crc32C(data);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
    }
}

/// <summary>A message of protocol buffers as a list of fields.</summary>
internal sealed class Message
{
    private readonly List<(int Number, byte[] Data)> _fields = [];

    public Message(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var key = Varint(ref data);
            var length = (key & 7) switch { 0 => 0, 1 => 8, 5 => 4, 2 => (int)Varint(ref data), var kind => throw new InvalidDataException($"wire type {kind}") };
            byte[] content;
            if ((key & 7) == 0) content = BitConverter.GetBytes(Varint(ref data));
            else
            {
                content = data[..length].ToArray();
                data = data[length..];
            }
            _fields.Add(((int)(key >> 3), content));
        }
    }

    public bool Has(int number) => _fields.Exists(f => f.Number == number);

    public IEnumerable<byte[]> All(int number) => _fields.Where(f => f.Number == number).Select(f => f.Data);

    public IEnumerable<Message> Messages(int number) => All(number).Select(data => new Message(data));

    public string Text(int number) => Encoding.UTF8.GetString(All(number).Single());

    public long Integer(int number) => Has(number) ? BitConverter.ToInt64(All(number).Single()) : 0;

    public float Float(int number) => BitConverter.ToSingle(All(number).Single());

    public double Double(int number) => Has(number) ? BitConverter.ToDouble(All(number).Single()) : 0;

    public double[] Doubles(int number) => [.. All(number).Single().Chunk(8).Select(data => BitConverter.ToDouble(data))];

    private static ulong Varint(ref ReadOnlySpan<byte> data)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = data[0];
            data = data[1..];
            value |= (ulong)(next & 127) << shift;
            if (next < 128) return value;
        }
    }
}
