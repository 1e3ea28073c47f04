namespace Gpu.Tests.Ptx;

/// <summary>A register that is not the program's own.</summary>
internal enum Special
{
    Thread,
    Group,
    Threads,
    Groups,
    Lane,
}

/// <summary>A parameter of a kernel: where it lies in the block of all.</summary>
internal readonly record struct Parameter(string Name, int Offset, int Bytes);

/// <summary>A kernel as it is run.</summary>
internal sealed class Kernel
{
    public required string Name { get; init; }

    /// <summary>The most threads of a group that it may be started with.</summary>
    public required int MaxThreads { get; init; }

    public required IReadOnlyList<Parameter> Parameters { get; init; }

    public required Instruction[] Code { get; init; }

    /// <summary>Bytes of shared memory.</summary>
    public required int SharedBytes { get; init; }

    /// <summary>How many registers each bank has, constants included.</summary>
    public required int ShortRegisters { get; init; }

    public required int LongRegisters { get; init; }

    public required int Predicates { get; init; }

    /// <summary>Registers that are constants.</summary>
    public required IReadOnlyList<(int Place, uint Value)> ShortConstants { get; init; }

    public required IReadOnlyList<(int Place, ulong Value)> LongConstants { get; init; }

    public required IReadOnlyList<(int Place, bool Value)> PredicateConstants { get; init; }

    public required IReadOnlyList<(int Place, Special Value)> Specials { get; init; }

    /// <summary>How many instructions reach device memory.</summary>
    public required int Sites { get; init; }

    /// <summary>Bytes of all parameters.</summary>
    public int ParameterBytes => Parameters.Count == 0 ? 0 : Parameters[^1].Offset + Parameters[^1].Bytes;

    public PtxException Error(Instruction instruction, int group, int thread, string message) =>
        new($"{Name}, thread {thread} of group {group}, line {instruction.Line}, {instruction.Text}: {message}.");
}
