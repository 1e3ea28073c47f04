using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Kiln.Checkpoints;

/// <summary>A tensor of a safetensors file; its data are the bytes [Begin, End) after the header.</summary>
internal sealed record SafetensorsEntry(string Name, string DataType, long[] Shape, long Begin, long End)
{
    public bool HasShape(int[] shape)
    {
        if (shape.Length != Shape.Length) return false;
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] != Shape[i]) return false;
        }

        return true;
    }
}

/// <summary>
/// The safetensors format (github.com/huggingface/safetensors): eight bytes, little endian, with the length of the header; the header, a JSON
/// object of name → {dtype, shape, data_offsets}, which may be followed by spaces; then the data of all tensors without gaps.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The limit of the format's own implementation.</summary>
    private const long MaxLength = 100_000_000;

    private readonly Dictionary<string, SafetensorsEntry> byName = new(StringComparer.Ordinal);

    private SafetensorsHeader(long dataStart) => DataStart = dataStart;

    /// <summary>Where the data begin in the file.</summary>
    public long DataStart { get; }

    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => byName;

    /// <summary>Reads and checks the header against the length of the file.</summary>
    public static SafetensorsHeader Read(Stream stream, string path)
    {
        var fileLength = stream.Length;
        if (fileLength < 8) throw new CheckpointException(path, $"the file has {English.Count(fileLength, "byte")}; a safetensors file begins with 8 bytes for the length of its header.");
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxLength) throw new CheckpointException(path, $"the header would be {length} bytes long; expected at most {MaxLength}. Is it a safetensors file?");
        if ((long)length > fileLength - 8) throw new CheckpointException(path, $"the header would be {English.Count(length, "byte")} long, but the file ends after {fileLength}: it is truncated, or no safetensors file.");
        var json = new byte[length];
        stream.ReadExactly(json);
        var header = new SafetensorsHeader(8 + (long)length);
        try
        {
            header.Parse(json, path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new CheckpointException(path, $"the header is not what the safetensors format asks for: {e.Message}", inner: e);
        }

        header.CheckOffsets(path, fileLength - header.DataStart);
        return header;
    }

    /// <summary>The header of a file that has these tensors one after another, length included.</summary>
    public static byte[] Write(IReadOnlyList<CheckpointTensor> tensors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(stackalloc byte[8]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");

            // PyTorch's shapes and names; its tools ask for this line.
            json.WriteString("format", "pt");
            json.WriteEndObject();
            var offset = 0L;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.DataType);
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset += (long)tensor.Length * ElementSize(tensor.DataType)!.Value;
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces, so that the data are aligned.
        while (buffer.WrittenCount % 8 != 0) buffer.Write(" "u8);
        var bytes = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - 8);
        return bytes;
    }

    private static int? ElementSize(string type) => type switch
    {
        "F64" or "I64" or "U64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" => 1,
        _ => null, // a type yet to come: of no use here, but no reason to refuse the file
    };

    private void Parse(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (name == "__metadata__")
            {
                reader.Read();
                reader.Skip();
                continue;
            }

            var entry = ParseEntry(ref reader, name, path);
            if (!byName.TryAdd(name, entry)) throw new CheckpointException(path, $"tensor '{name}' is there twice.", name);
        }

        // Anything but spaces after the object is an error of the reader.
        while (reader.Read()) { }
    }

    private static SafetensorsEntry ParseEntry(ref Utf8JsonReader reader, string name, string path)
    {
        string? type = null;
        long[]? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString();
            if (key switch { "dtype" => type, "shape" => shape, "data_offsets" => (object?)offsets, _ => null } is not null)
            {
                throw new CheckpointException(path, $"tensor '{name}' has two entries '{key}'.", name);
            }

            switch (key)
            {
                case "dtype":
                    Expect(ref reader, JsonTokenType.String);
                    type = reader.GetString();
                    break;
                case "shape":
                    shape = ParseNumbers(ref reader, name, path);
                    break;
                case "data_offsets":
                    offsets = ParseNumbers(ref reader, name, path);
                    break;
                default:
                    throw new CheckpointException(path, $"tensor '{name}' has an entry '{key}'; expected dtype, shape and data_offsets.", name);
            }
        }

        if (type is null || shape is null || offsets is not { Length: 2 })
        {
            throw new CheckpointException(path, $"tensor '{name}' lacks one of dtype, shape and the two data_offsets.", name);
        }

        return new SafetensorsEntry(name, type, shape, offsets[0], offsets[1]);
    }

    private static long[] ParseNumbers(ref Utf8JsonReader reader, string name, string path)
    {
        var numbers = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
            {
                throw new CheckpointException(path, $"tensor '{name}' has a shape or an offset that is not an integer from 0 to 2^63 − 1.", name);
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type) throw new JsonException($"expected {type}, but {reader.TokenType} came at byte {reader.TokenStartIndex}.");
    }

    /// <summary>Every tensor lies in the file, has the size its shape asks for, and follows the one before it without gap or overlap.</summary>
    private void CheckOffsets(string path, long dataLength)
    {
        var end = 0L;
        foreach (var entry in byName.Values.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            var bytes = (Int128)(ElementSize(entry.DataType) ?? 0);
            foreach (var size in entry.Shape)
            {
                bytes *= size;
                if (bytes > long.MaxValue) throw new CheckpointException(path, $"tensor '{entry.Name}' would be larger than any file: shape [{string.Join(", ", entry.Shape)}].", entry.Name);
            }

            if (entry.End < entry.Begin || entry.End > dataLength)
            {
                throw new CheckpointException(path, $"tensor '{entry.Name}' takes bytes {entry.Begin} to {entry.End}, but {English.There(dataLength, "byte")} of data: the file is truncated or damaged.", entry.Name);
            }

            if (ElementSize(entry.DataType) is not null && entry.End - entry.Begin != bytes)
            {
                throw new CheckpointException(path, $"tensor '{entry.Name}' takes {English.Count(entry.End - entry.Begin, "byte")}; its shape [{string.Join(", ", entry.Shape)}] of {entry.DataType} needs {bytes}.", entry.Name);
            }

            if (entry.Begin != end)
            {
                throw new CheckpointException(path, $"tensor '{entry.Name}' begins at byte {entry.Begin} of the data; expected {end}, the end of the one before it.", entry.Name);
            }

            end = entry.End;
        }

        if (end != dataLength) throw new CheckpointException(path, $"the tensors end at byte {end} of the data, but {English.There(dataLength, "byte")}.");
    }
}
