namespace Gpu.Tests.Ptx;

/// <summary>The text of a kernel → what is run. Types of registers are checked as the driver's compiler checks them.</summary>
internal sealed class KernelReader(Tokens tokens, SharedLayout module, int target)
{
    private readonly SharedLayout _shared = new(module);
    private readonly List<Parameter> _parameters = [];
    private readonly List<(Instruction Instruction, string Label)> _jumps = [];
    private readonly Dictionary<string, int> _labels = [];
    private readonly List<Instruction> _code = [];
    private readonly Registers _registers = new();
    private int _sites;

    /// <summary>name ( parameters ) .maxntid 128, 1, 1 { body }</summary>
    public Kernel Read()
    {
        var name = tokens.Take();
        if (tokens.TryTake("(")) ReadParameters();
        var most = 1024;
        while (!tokens.TryTake("{"))
        {
            if (!tokens.TryTake(".maxntid")) throw tokens.Error($"'{tokens.Current}' is not known here");
            most = Number();
            for (var axis = 1; axis < 3 && tokens.TryTake(","); axis++)
                if (Number() != 1) throw tokens.Error("groups have one axis");
        }
        ReadBlock();
        if (_code.Count == 0 || _code[^1].Flow is not (Flow.Return or Flow.Branch or Flow.UniformBranch) || _code[^1].Guard >= 0) throw tokens.Error($"{name} has no end");
        foreach (var (instruction, label) in _jumps)
            instruction.Target = _labels.TryGetValue(label, out var target) ? target : throw new PtxException($"PTX, line {instruction.Line}: there is no label {label}.");
        return new Kernel
        {
            Name = name,
            MaxThreads = most,
            Parameters = _parameters,
            Code = [.. _code],
            SharedBytes = _shared.Bytes,
            ShortRegisters = _registers.Count(Bank.Short),
            LongRegisters = _registers.Count(Bank.Long),
            Predicates = _registers.Count(Bank.Predicate),
            ShortConstants = _registers.ShortConstants,
            LongConstants = _registers.LongConstants,
            PredicateConstants = _registers.PredicateConstants,
            Specials = _registers.Specials,
            Sites = _sites,
        };
    }

    /// <summary>.param .b32 name, or .param .align 8 .b8 name[16].</summary>
    private void ReadParameters()
    {
        var offset = 0;
        while (!tokens.TryTake(")"))
        {
            tokens.TryTake(",");
            tokens.Expect(".param");
            var align = tokens.TryTake(".align") ? Number() : 0;
            var bytes = Registers.Bytes(tokens.Take()) ?? throw tokens.Error("a parameter of an unknown type");
            align = Math.Max(align, bytes);
            var name = tokens.Take();
            if (tokens.TryTake("["))
            {
                bytes *= Number();
                tokens.Expect("]");
            }
            offset = (offset + align - 1) / align * align;
            _parameters.Add(new(name, offset, bytes));
            offset += bytes;
        }
        if (offset > 4096) throw tokens.Error($"{offset} bytes of parameters are more than 4096");
    }

    /// <summary>Up to the brace that ends it. Registers of a block within are its own.</summary>
    private void ReadBlock()
    {
        _registers.Begin();
        while (!tokens.TryTake("}"))
        {
            if (tokens.TryTake("{")) ReadBlock();
            else if (tokens.TryTake(".reg")) ReadRegisters();
            else if (tokens.TryTake(".shared")) _shared.Declare(tokens);
            else ReadStatement();
        }
        _registers.End();
    }

    /// <summary>.reg .b32 %r&lt;6&gt;, or .reg .pred %q;</summary>
    private void ReadRegisters()
    {
        var type = tokens.Take();
        do
        {
            var name = tokens.Take();
            if (!tokens.TryTake("<"))
            {
                Declare(name);
                continue;
            }
            var count = Number();
            tokens.Expect(">");
            for (var i = 0; i < count; i++) Declare(name + i);
        }
        while (tokens.TryTake(","));
        tokens.Expect(";");

        void Declare(string name)
        {
            if (!_registers.Declare(name, type)) throw tokens.Error($"the register {name} of {type} is there twice, or of a type that is not known");
        }
    }

    private void ReadStatement()
    {
        var line = tokens.Line;
        var guard = -1;
        var isNegated = false;
        if (tokens.TryTake("@"))
        {
            isNegated = tokens.TryTake("!");
            guard = _registers.Find(tokens.Current, 'p') ?? throw tokens.Error($"{tokens.Current} is no predicate");
            tokens.Take();
        }
        var name = tokens.Take();
        if (guard < 0 && tokens.TryTake(":"))
        {
            if (!_labels.TryAdd(name, _code.Count)) throw tokens.Error($"the label {name} is there twice");
            return;
        }
        var form = InstructionTable.Find(name) ?? throw tokens.Error($"the instruction {name} is not known");
        if (target < form.Since) throw tokens.Error($"the instruction {name} is not known before sm_{form.Since}");
        var operands = new OperandReader(tokens, form, _registers, _shared, _parameters);
        operands.Read();
        tokens.Expect(";");
        _code.Add(operands.Create(name, line, guard, isNegated, form.Space == Space.Device ? _sites++ : -1));
        if (operands.Label is { } label) _jumps.Add((_code[^1], label));
    }

    private int Number() => int.TryParse(tokens.Take(), out var number) ? number : throw tokens.Error("a number is expected");
}
