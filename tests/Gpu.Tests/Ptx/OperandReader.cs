using System.Globalization;

namespace Gpu.Tests.Ptx;

/// <summary>The operands of an instruction, as its form asks for them.</summary>
internal sealed unsafe class OperandReader(Tokens tokens, Form form, Registers registers, SharedLayout shared, IReadOnlyList<Parameter> parameters)
{
    private readonly List<int> _operands = [], _reads = [], _writes = [];
    private readonly List<string> _words = [];
    private readonly List<bool> _constants = [];
    private long _offset;
    private bool _isShortAddress;

    /// <summary>Where it jumps to.</summary>
    public string? Label { get; private set; }

    public void Read()
    {
        var isVector = false;
        foreach (var (letter, i) in form.Operands.Select((letter, i) => (letter, i)))
        {
            if (letter == '}')
            {
                Expect("}");
                isVector = false;
                continue;
            }
            if (i > 0 && form.Operands[i - 1] != '{') Expect(",");
            if (letter == '{')
            {
                Expect("{");
                isVector = true;
            }
            else if (letter == 't') Label = Take();
            else if (letter == 'm') ReadAddress();
            else ReadValue(letter, isVector);
        }
    }

    public Instruction Create(string name, int line, int guard, bool isGuardNegated, int site) => new()
    {
        Text = $"{name} {string.Join(' ', _words)}",
        Line = line,
        Flow = form.Flow,
        Run = form.Run,
        Operands = [.. _operands],
        D = At(0),
        A = At(1),
        B = At(2),
        C = At(3),
        Guard = guard,
        IsGuardNegated = isGuardNegated,
        Reads = [.. _reads],
        Writes = [.. _writes],
        Offset = _offset,
        IsShortAddress = _isShortAddress,
        Site = site,
        IsConstantB = _constants.Count > 2 && _constants[2],
    };

    private int At(int operand) => operand < _operands.Count ? _operands[operand] : 0;

    private void ReadValue(char letter, bool isVector)
    {
        var isResult = _operands.Count < form.Results;
        var isNegative = TryTake("-");
        var word = Take();
        var bank = Registers.BankOf(letter);
        var place = isNegative ? null : registers.Find(word, letter);
        var isConstant = place is null;
        if (isConstant && (isResult || isVector)) throw tokens.Error($"{word} is no register that can stand here");
        place ??= Constant(word, letter, isNegative);
        Add(place.Value, bank, isResult, isConstant);
    }

    private void Add(int place, Bank bank, bool isResult, bool isConstant)
    {
        _operands.Add(bank == Bank.Predicate ? place : place * Warp.Size);
        _constants.Add(isConstant);
        if (!isConstant) (isResult ? _writes : _reads).Add(Warp.Written(bank, place));
    }

    private int Constant(string word, char letter, bool isNegative)
    {
        if (letter is 'l' or 'q' && shared.TryFind(word, out var address)) return registers.Constant((ulong)address);
        // The bits of a float or a double.
        if (word.StartsWith("0f", StringComparison.Ordinal) && word.Length == 10 && letter is 'f' or 'b' && !isNegative) return registers.Constant(uint.Parse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        if (word.StartsWith("0d", StringComparison.Ordinal) && word.Length == 18 && letter is 'd' or 'q' && !isNegative) return registers.Constant(ulong.Parse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        if (letter is 'f' or 'd' || Integer(word) is not { } number) throw tokens.Error($"{word} cannot stand here");
        if (isNegative) number = -number;
        if (letter == 'p') return registers.Constant(number != 0);
        if (letter is 'l' or 'q') return registers.Constant((ulong)(long)number);
        if (number < int.MinValue || number > uint.MaxValue) throw tokens.Error($"{number} has more than 32 bits");
        return registers.Constant((uint)(long)number);
    }

    private static Int128? Integer(string word)
    {
        word = word.TrimEnd('U');
        if (word.StartsWith("0x", StringComparison.Ordinal)) return ulong.TryParse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits) ? bits : null;
        return ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>[register], [register+bytes], [parameter], [parameter+bytes] or [variable+bytes].</summary>
    private void ReadAddress()
    {
        Expect("[");
        var word = Take();
        if (form.Space == Space.Parameter)
        {
            var parameter = parameters.FirstOrDefault(p => p.Name == word);
            if (parameter.Name is null) throw tokens.Error($"there is no parameter {word}");
            _offset = parameter.Offset;
            Add(registers.Constant(0ul), Bank.Long, isResult: false, isConstant: true);
        }
        else if (registers.Find(word, 'l') is { } place) Add(place, Bank.Long, isResult: false, isConstant: false);
        else if (form.Space == Space.Shared && registers.Find(word, 'i') is { } small)
        {
            _isShortAddress = true;
            Add(small, Bank.Short, isResult: false, isConstant: false);
        }
        else if (form.Space == Space.Shared && shared.TryFind(word, out var address)) Add(registers.Constant((ulong)address), Bank.Long, isResult: false, isConstant: true);
        else throw tokens.Error($"{word} is no address that can stand here");
        if (TryTake("+"))
        {
            var sign = TryTake("-") ? -1 : 1;
            _offset += sign * (long)(Integer(Take()) ?? throw tokens.Error("a number is expected"));
        }
        Expect("]");
    }

    private string Take()
    {
        _words.Add(tokens.Current);
        return tokens.Take();
    }

    private bool TryTake(string word)
    {
        if (tokens.Current != word) return false;
        _words.Add(word);
        return tokens.TryTake(word);
    }

    private void Expect(string word)
    {
        _words.Add(word);
        tokens.Expect(word);
    }
}
