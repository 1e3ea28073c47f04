using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

/// <summary>Tensors of numbers known at build time: kept once for all programs of a network.</summary>
internal sealed class ConstantPool
{
    private readonly Dictionary<Constant, Buffer> _buffers = [];

    public int Floats { get; private set; }

    public IEnumerable<(Constant Constant, Buffer Buffer)> All => _buffers.Select(b => (b.Key, b.Value)).OrderBy(b => b.Value.Offset);

    public Buffer Add(Constant constant)
    {
        if (_buffers.TryGetValue(constant, out var known)) return known;
        var buffer = new Buffer($"constant{_buffers.Count}", Storage.Flat, constant.Values.Count, Space.Constants) { Offset = Floats };
        Floats = checked(Floats + buffer.Floats);
        return _buffers[constant] = buffer;
    }
}
