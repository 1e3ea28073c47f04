using System.Buffers.Binary;

namespace Kiln.Checkpoints;

/// <summary>Reads the elements of one tensor of an open file and converts them.</summary>
internal sealed class TensorReader(Stream stream, string path, SafetensorsEntry entry, long position)
{
    private const int Elements = 8192;

    /// <summary>The first axis of the entry, which has one.</summary>
    public long Rows => entry.Shape[0];

    /// <summary>F32, F64, F16 or BF16 as floats.</summary>
    /// <param name="length">Elements from the first; the entry has as many.</param>
    /// <param name="finite">Refuse NaN and infinities.</param>
    public float[] ReadFloats(int length, bool finite)
    {
        var values = new float[length];
        switch (entry.DataType)
        {
            case "F32":
                Read<float>(values, 4, static (bytes, target) =>
                {
                    for (var i = 0; i < target.Length; i++) target[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
                });
                break;
            case "F64":
                Read<float>(values, 8, static (bytes, target) =>
                {
                    for (var i = 0; i < target.Length; i++) target[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]);
                });
                break;
            case "F16":
                Read<float>(values, 2, static (bytes, target) =>
                {
                    for (var i = 0; i < target.Length; i++) target[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]);
                });
                break;
            case "BF16":
                Read<float>(values, 2, static (bytes, target) =>
                {
                    for (var i = 0; i < target.Length; i++) target[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                });
                break;
            default:
                throw Fail($"tensor '{entry.Name}' has element type {entry.DataType}; expected F32, F64, F16 or BF16.");
        }

        if (!finite) return values;
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) throw Fail($"tensor '{entry.Name}' has {values[i]} at element {i}; expected finite numbers.");
        }

        return values;
    }

    /// <summary>I64.</summary>
    /// <param name="length">Elements; the entry has as many.</param>
    public long[] ReadIntegers(int length)
    {
        if (entry.DataType != "I64") throw Fail($"tensor '{entry.Name}' has element type {entry.DataType}; expected I64.");
        var values = new long[length];
        Read<long>(values, 8, static (bytes, target) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * i)..]);
        });
        return values;
    }

    /// <summary>F64.</summary>
    /// <param name="length">Elements; the entry has as many.</param>
    public double[] ReadDoubles(int length)
    {
        if (entry.DataType != "F64") throw Fail($"tensor '{entry.Name}' has element type {entry.DataType}; expected F64.");
        var values = new double[length];
        Read<double>(values, 8, static (bytes, target) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]);
        });
        return values;
    }

    private delegate void Convert<T>(ReadOnlySpan<byte> bytes, Span<T> target);

    private void Read<T>(Span<T> values, int size, Convert<T> convert)
    {
        var buffer = new byte[Math.Min(Elements, values.Length) * size];
        stream.Position = position;
        for (var i = 0; i < values.Length; i += Elements)
        {
            var part = values.Slice(i, Math.Min(Elements, values.Length - i));
            stream.ReadExactly(buffer, 0, part.Length * size);
            convert(buffer, part);
        }
    }

    public CheckpointException Fail(string problem) => new(path, problem, entry.Name);
}
