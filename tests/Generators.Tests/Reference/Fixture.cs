using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Kiln.Generators.Tests.Reference;

/// <summary>A file of tests/fixtures: what PyTorch computes, by key.</summary>
internal sealed class Fixture
{
    private readonly Dictionary<string, (int[] Shape, double[] Values)> _tensors = [];

    public Fixture(string name)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(Path.Combine(Folder(), name + ".safetensors"));
        var header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var json = JsonDocument.Parse(file.Slice(8, header).ToArray());
        foreach (var tensor in json.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__"))
        {
            var offsets = tensor.Value.GetProperty("data_offsets");
            var bytes = file[(8 + header)..][offsets[0].GetInt32()..offsets[1].GetInt32()];
            double[] values = tensor.Value.GetProperty("dtype").GetString() == "F32"
                ? [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(v => (double)v)]
                : [.. MemoryMarshal.Cast<byte, int>(bytes).ToArray().Select(v => (double)v)];
            _tensors[tensor.Name] = ([.. tensor.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32())], values);
        }
    }

    public double[] this[string key] => _tensors[key].Values;
    public int[] Shape(string key) => _tensors[key].Shape;
    public bool Has(string key) => _tensors.ContainsKey(key);
    public IEnumerable<string> Keys => _tensors.Keys;

    private static string Folder([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "fixtures"));
}
