namespace Gpu.Tests.Ptx;

/// <summary>Where variables of shared memory lie. Each begins at a multiple of what it asks for, and of no more: what a kernel takes for granted besides shows.</summary>
internal sealed class SharedLayout
{
    private readonly SharedLayout? _outer;
    private readonly Dictionary<string, int> _variables = [];

    public SharedLayout(SharedLayout? outer = null) => (_outer, Bytes) = (outer, outer?.Bytes ?? 0);

    /// <summary>Bytes of all.</summary>
    public int Bytes { get; private set; }

    /// <summary>A variable's address.</summary>
    public bool TryFind(string name, out int address) => _variables.TryGetValue(name, out address) || _outer is not null && _outer.TryFind(name, out address);

    /// <summary>.shared .align 16 .b8 name[bytes];</summary>
    public void Declare(Tokens tokens)
    {
        var align = tokens.TryTake(".align") ? Number(tokens) : 0;
        var element = tokens.Take() switch
        {
            ".b8" or ".u8" or ".s8" => 1,
            ".b16" or ".u16" or ".s16" => 2,
            ".b32" or ".u32" or ".s32" or ".f32" => 4,
            ".b64" or ".u64" or ".s64" or ".f64" => 8,
            var other => throw tokens.Error($"shared memory of {other} is not known"),
        };
        align = Math.Max(align, element);
        var name = tokens.Take();
        var count = 1;
        if (tokens.TryTake("["))
        {
            count = Number(tokens);
            tokens.Expect("]");
        }
        tokens.Expect(";");
        var address = (SharedMemory.Base + Bytes + align - 1) / align * align;
        if (address / align % 2 == 0) address += align;
        if (!_variables.TryAdd(name, address)) throw tokens.Error($"{name} is there twice");
        Bytes = address + count * element - SharedMemory.Base;
        if (Bytes > SharedMemory.Most) throw tokens.Error($"{Bytes} bytes of shared memory are more than {SharedMemory.Most}");
    }

    private static int Number(Tokens tokens) => int.TryParse(tokens.Take(), out var number) ? number : throw tokens.Error("a number is expected");
}
