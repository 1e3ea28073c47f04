namespace Gpu.Tests.Ptx;

/// <summary>Which memory an instruction reaches.</summary>
internal enum Space
{
    None,
    Device,
    Shared,
    Parameter,
}

/// <summary>
/// What an instruction takes, and what runs it. Operands are a letter each: i an integer of 32 bits, b any 32 bits, f a float, h 16 bits, l an integer of 64 bits, q any 64 bits, d a double,
/// p a predicate, m a place in memory, t a label; those of a vector are within braces.
/// </summary>
/// <param name="operands">In the order in which they are written.</param>
/// <param name="results">How many registers, the first ones, are written and not read.</param>
/// <param name="flow">What comes after it.</param>
/// <param name="space">The memory that it reaches.</param>
/// <param name="since">The oldest GPU that has it, as in sm_80.</param>
internal sealed unsafe class Form(string operands, int results, Flow flow, Space space, int since)
{
    public string Operands { get; } = operands;

    public int Results { get; } = results;

    public Flow Flow { get; } = flow;

    public Space Space { get; } = space;

    public int Since { get; } = since;

    public delegate*<Warp, Instruction, void> Run;
}

/// <summary>All instructions that are known. What is not here is refused, with its name: a modifier is part of it.</summary>
internal static unsafe class InstructionTable
{
    private static readonly Dictionary<string, Form> Forms = new(StringComparer.Ordinal);

    static InstructionTable()
    {
        Add("bra", "t", 0, null, Flow.Branch);
        Add("bra.uni", "t", 0, null, Flow.UniformBranch);
        Add("bar.sync", "i", 0, null, Flow.Barrier);
        Add("ret", "", 0, null, Flow.Return);
        Arithmetic.Register();
        Conversions.Register();
        Predicates.Register();
        MemoryAccess.Register();
        TensorCores.Register();
    }

    /// <summary>Adds an instruction.</summary>
    /// <param name="name">Its name with all modifiers.</param>
    /// <param name="operands">See <see cref="Form"/>.</param>
    /// <param name="results">How many registers, the first ones, are written and not read.</param>
    /// <param name="run">Does it for the threads of the warp's mask; with <see cref="Flow.Warp"/> those are all 32.</param>
    public static void Add(string name, string operands, int results, delegate*<Warp, Instruction, void> run, Flow flow = Flow.Next, Space space = Space.None, int since = 0) =>
        Forms.Add(name, new(operands, results, flow, space, since) { Run = run });

    /// <returns>Null where there is no such instruction.</returns>
    public static Form? Find(string name) => Forms.GetValueOrDefault(name);
}
