using System.Buffers.Binary;

namespace Kiln.Checkpoints;

/// <summary>Writes elements to a stream, little endian, a buffer at a time.</summary>
internal sealed class TensorWriter(Stream stream, string path)
{
    private const int Elements = 8192;
    private readonly byte[] buffer = new byte[Elements * sizeof(long)];

    public CheckpointException Fail(string problem, string tensor) => new(path, problem, tensor);

    public void Write(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i += Elements)
        {
            var count = Math.Min(Elements, values.Length - i);
            for (var j = 0; j < count; j++) BinaryPrimitives.WriteSingleLittleEndian(buffer.AsSpan(j * sizeof(float)), values[i + j]);
            stream.Write(buffer, 0, count * sizeof(float));
        }
    }

    public void Write(ReadOnlySpan<long> values)
    {
        for (var i = 0; i < values.Length; i += Elements)
        {
            var count = Math.Min(Elements, values.Length - i);
            for (var j = 0; j < count; j++) BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(j * sizeof(long)), values[i + j]);
            stream.Write(buffer, 0, count * sizeof(long));
        }
    }
}
