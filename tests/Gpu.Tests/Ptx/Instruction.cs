namespace Gpu.Tests.Ptx;

/// <summary>What comes after an instruction.</summary>
internal enum Flow
{
    /// <summary>The next one.</summary>
    Next,

    /// <summary>A jump, of the threads whose guard is true.</summary>
    Branch,

    /// <summary>A jump of all threads of a warp that are here, or of none.</summary>
    UniformBranch,

    /// <summary>The thread waits for all of its group.</summary>
    Barrier,

    /// <summary>All 32 threads of a warp do this together.</summary>
    Warp,

    /// <summary>The thread ends.</summary>
    Return,
}

/// <summary>Registers of 32 bits (shorter ones too), of 64 bits, and predicates.</summary>
internal enum Bank
{
    Short,
    Long,
    Predicate,
}

/// <summary>An instruction as it is run: operands are places of registers, constants are registers that never change.</summary>
internal sealed unsafe class Instruction
{
    /// <summary>As it is written.</summary>
    public required string Text { get; init; }

    /// <summary>Its line in the module.</summary>
    public required int Line { get; init; }

    public required Flow Flow { get; init; }

    /// <summary>Does it, for the threads of the warp's mask.</summary>
    public delegate*<Warp, Instruction, void> Run;

    /// <summary>Places of the operands in their banks, in the order in which they are written; a vector has one for each part.</summary>
    public required int[] Operands { get; init; }

    /// <summary>The first four of <see cref="Operands"/>.</summary>
    public int D, A, B, C;

    /// <summary>The predicate that lets it be done; −1 where it always is.</summary>
    public int Guard { get; init; } = -1;

    public bool IsGuardNegated { get; init; }

    /// <summary>Where a branch leads.</summary>
    public int Target { get; set; } = -1;

    /// <summary>Registers that are read and written, as <see cref="Warp.Written"/> counts them.</summary>
    public required int[] Reads { get; init; }

    public required int[] Writes { get; init; }

    /// <summary>Bytes that are added to a memory's address.</summary>
    public long Offset { get; init; }

    /// <summary>Whether a memory's address is in a register of 32 bits.</summary>
    public bool IsShortAddress { get; init; }

    /// <summary>The place among those of the kernel's instructions that reach device memory.</summary>
    public int Site { get; init; } = -1;

    /// <summary>Whether the third operand is a constant.</summary>
    public bool IsConstantB { get; init; }
}
