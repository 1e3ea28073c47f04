namespace Gpu.Tests.Ptx;

/// <summary>The registers of a kernel: those that it declares, by their names, and those that hold constants.</summary>
internal sealed class Registers
{
    private readonly List<Dictionary<string, (char Type, int Place)>> _blocks = [];
    private readonly int[] _counts = new int[3];
    private readonly Dictionary<uint, int> _short = [];
    private readonly Dictionary<ulong, int> _long = [];
    private readonly Dictionary<bool, int> _predicates = [];
    private readonly Dictionary<Special, int> _specials = [];

    public IReadOnlyList<(int, uint)> ShortConstants => [.. _short.Select(c => (c.Value, c.Key))];

    public IReadOnlyList<(int, ulong)> LongConstants => [.. _long.Select(c => (c.Value, c.Key))];

    public IReadOnlyList<(int, bool)> PredicateConstants => [.. _predicates.Select(c => (c.Value, c.Key))];

    public IReadOnlyList<(int, Special)> Specials => [.. _specials.Select(c => (c.Value, c.Key))];

    /// <summary>How many registers a bank has so far.</summary>
    public int Count(Bank bank) => _counts[(int)bank];

    /// <summary>A block with registers of its own begins.</summary>
    public void Begin() => _blocks.Add([]);

    public void End() => _blocks.RemoveAt(_blocks.Count - 1);

    /// <returns>Whether it is new, and of a type that is known.</returns>
    public bool Declare(string name, string type)
    {
        var letter = type switch
        {
            ".pred" => 'p',
            ".b16" or ".u16" or ".s16" => 'h',
            ".b32" => 'b',
            ".u32" or ".s32" => 'i',
            ".f32" => 'f',
            ".b64" => 'q',
            ".u64" or ".s64" => 'l',
            ".f64" => 'd',
            _ => ' ',
        };
        return letter != ' ' && _blocks[^1].TryAdd(name, (letter, _counts[(int)BankOf(letter)]++));
    }

    /// <summary>A register that an operand may be.</summary>
    /// <param name="operand">The operand's letter; see <see cref="Form"/>.</param>
    /// <returns>Its place; null where there is none of that name and type.</returns>
    public int? Find(string name, char operand)
    {
        if (Special(name) is { } special && (operand is 'i' or 'b')) return Place(_specials, special, Bank.Short);
        for (var i = _blocks.Count - 1; i >= 0; i--)
            if (_blocks[i].TryGetValue(name, out var register)) return Fits(register.Type, operand) ? register.Place : null;
        return null;
    }

    public int Constant(uint value) => Place(_short, value, Bank.Short);

    public int Constant(ulong value) => Place(_long, value, Bank.Long);

    public int Constant(bool value) => Place(_predicates, value, Bank.Predicate);

    public static Bank BankOf(char operand) => operand switch { 'p' => Bank.Predicate, 'q' or 'l' or 'd' => Bank.Long, _ => Bank.Short };

    /// <summary>Bytes of a type such as .b32; null where it is not known.</summary>
    public static int? Bytes(string type) => type switch
    {
        ".b8" or ".u8" or ".s8" => 1,
        ".b16" or ".u16" or ".s16" => 2,
        ".b32" or ".u32" or ".s32" or ".f32" => 4,
        ".b64" or ".u64" or ".s64" or ".f64" => 8,
        _ => null,
    };

    /// <summary>Types fit where they are the same, or one of them says no more than how many bits there are.</summary>
    private static bool Fits(char type, char operand) =>
        type == operand || (type, operand) is ('b', 'i') or ('b', 'f') or ('i', 'b') or ('f', 'b') or ('q', 'l') or ('q', 'd') or ('l', 'q') or ('d', 'q');

    private static Special? Special(string name) => name switch
    {
        "%tid.x" => Ptx.Special.Thread,
        "%ctaid.x" => Ptx.Special.Group,
        "%ntid.x" => Ptx.Special.Threads,
        "%nctaid.x" => Ptx.Special.Groups,
        "%laneid" => Ptx.Special.Lane,
        _ => null,
    };

    private int Place<T>(Dictionary<T, int> known, T value, Bank bank) where T : notnull
    {
        if (!known.TryGetValue(value, out var place)) known.Add(value, place = _counts[(int)bank]++);
        return place;
    }
}
