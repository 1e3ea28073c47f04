using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gpu.Tests.Ptx;

/// <summary>Up to 32 threads of a group: their registers, and where each is. Threads that are at the same instruction do it together.</summary>
internal sealed unsafe class Warp : IDisposable
{
    public const int Size = 32;

    private readonly Kernel _kernel;
    private readonly uint* _written;
    private readonly int _registers;
    private readonly int[] _next = new int[Size];

    public Warp(Kernel kernel, Group group, int number, uint threads)
    {
        (_kernel, Group, First, All) = (kernel, group, number * Size, threads);
        Short = (uint*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, kernel.ShortRegisters) * Size * sizeof(uint), 64);
        Long = (ulong*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, kernel.LongRegisters) * Size * sizeof(ulong), 64);
        Predicates = (uint*)NativeMemory.AllocZeroed((nuint)Math.Max(1, kernel.Predicates), sizeof(uint));
        _registers = 3 * Math.Max(kernel.ShortRegisters, Math.Max(kernel.LongRegisters, kernel.Predicates));
        _written = (uint*)NativeMemory.AllocZeroed((nuint)Math.Max(1, _registers), sizeof(uint));
        foreach (var (place, value) in kernel.ShortConstants) new Span<uint>(Short + place * Size, Size).Fill(value);
        foreach (var (place, value) in kernel.LongConstants) new Span<ulong>(Long + place * Size, Size).Fill(value);
        foreach (var (place, value) in kernel.PredicateConstants) Predicates[place] = value ? uint.MaxValue : 0;
    }

    /// <summary>Registers of 32 bits: 32 numbers each, one of each thread.</summary>
    public uint* Short { get; }

    /// <summary>Registers of 64 bits.</summary>
    public ulong* Long { get; }

    /// <summary>Predicates: a bit for each thread.</summary>
    public uint* Predicates { get; }

    public Group Group { get; }

    /// <summary>The number of the first thread in its group.</summary>
    public int First { get; }

    /// <summary>The threads that there are.</summary>
    public uint All { get; }

    /// <summary>Those that do the instruction.</summary>
    public uint Mask { get; private set; }

    /// <summary>Those that can go on.</summary>
    public uint Ready { get; private set; }

    /// <summary>Those that wait for all of the group.</summary>
    public uint Waiting { get; private set; }

    /// <summary>Those that wait for all of the warp.</summary>
    public uint Gathering { get; private set; }

    /// <summary>Where a register's written threads are noted.</summary>
    public static int Written(Bank bank, int place) => 3 * place + (int)bank;

    /// <summary>To the kernel's beginning.</summary>
    public void Begin()
    {
        NativeMemory.Clear(_written, (nuint)_registers * sizeof(uint));
        foreach (var (place, _) in _kernel.ShortConstants) _written[Written(Bank.Short, place)] = uint.MaxValue;
        foreach (var (place, _) in _kernel.LongConstants) _written[Written(Bank.Long, place)] = uint.MaxValue;
        foreach (var (place, _) in _kernel.PredicateConstants) _written[Written(Bank.Predicate, place)] = uint.MaxValue;
        foreach (var (place, special) in _kernel.Specials)
        {
            _written[Written(Bank.Short, place)] = uint.MaxValue;
            for (var lane = 0; lane < Size; lane++) Short[place * Size + lane] = Value(special, lane);
        }
        _next.AsSpan().Clear();
        (Ready, Waiting, Gathering) = (All, 0, 0);
    }

    /// <summary>Lets some of the threads go on until none of them can, or until they have done as many instructions.</summary>
    /// <returns>How many they did.</returns>
    public long Run(uint threads, long most)
    {
        var code = _kernel.Code;
        long done = 0;
        while (true)
        {
            // Those that are furthest behind, so that threads that parted meet again.
            var left = Ready & threads;
            if (left == 0) return done;
            var (next, limit, mask) = Behind(left);
            while (next < limit)
            {
                if (done == most)
                {
                    Park(mask, next);
                    return done;
                }
                done++;
                var instruction = code[next];
                if (!Does(instruction, ref mask, ref next)) break;
            }
            if (next >= limit) Park(mask, next);
        }
    }

    /// <summary>Does an instruction.</summary>
    /// <returns>Whether the same threads, or what is left of them, go on at the next one; if not, where each is has been noted.</returns>
    private bool Does(Instruction instruction, ref uint mask, ref int next)
    {
        var active = mask;
        if (instruction.Guard >= 0)
        {
            Require(instruction, Written(Bank.Predicate, instruction.Guard), mask);
            active &= instruction.IsGuardNegated ? ~Predicates[instruction.Guard] : Predicates[instruction.Guard];
        }
        foreach (var register in instruction.Reads) Require(instruction, register, active);
        Mask = active;
        switch (instruction.Flow)
        {
            case Flow.Next:
                if (active != 0)
                {
                    instruction.Run(this, instruction);
                    foreach (var register in instruction.Writes) _written[register] |= active;
                }
                next++;
                return true;
            case Flow.Branch or Flow.UniformBranch:
                if (active == mask) next = instruction.Target;
                else if (active == 0) next++;
                else if (instruction.Flow == Flow.UniformBranch) throw Error(instruction, BitOperations.TrailingZeroCount(active), "not all threads of the warp jump");
                else
                {
                    Park(active, instruction.Target);
                    Park(mask & ~active, next + 1);
                    return false;
                }
                return true;
            case Flow.Warp:
                Park(mask & ~active, next + 1);
                if (active == All) break;
                Park(active, next);
                Ready &= ~active;
                Gathering |= active;
                if (Gathering != All) return false;
                foreach (var place in _next)
                    if (place != next) throw Error(instruction, Array.IndexOf(_next, place), "the threads of a warp are not all here");
                (Ready, Gathering, Mask) = (Gathering, 0, All);
                active = All;
                break;
            case Flow.Barrier:
                Park(active, next);
                Park(mask & ~active, next + 1);
                Ready &= ~active;
                Waiting |= active;
                return false;
            case Flow.Return:
                Park(mask & ~active, next + 1);
                Ready &= ~active;
                return false;
        }
        instruction.Run(this, instruction);
        foreach (var register in instruction.Writes) _written[register] |= active;
        Park(active, next + 1);
        return false;
    }

    private void Require(Instruction instruction, int register, uint threads)
    {
        if ((_written[register] & threads) != threads) throw Error(instruction, BitOperations.TrailingZeroCount(threads & ~_written[register]), "a register is read that was not written");
    }

    /// <summary>The instruction that a waiting thread waits at.</summary>
    public int Place(int lane) => _next[lane];

    /// <summary>Those that waited for all of the group go on.</summary>
    public void Release()
    {
        for (var mask = Waiting; mask != 0; mask &= mask - 1) _next[BitOperations.TrailingZeroCount(mask)]++;
        (Ready, Waiting) = (Ready | Waiting, 0);
    }

    public PtxException Error(Instruction instruction, int lane, string message) => _kernel.Error(instruction, Group.Number, First + lane, message);

    /// <summary>Sets a register of the threads of the mask.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int place, Vector512<uint> low, Vector512<uint> high)
    {
        var register = Short + place;
        if (Mask != uint.MaxValue)
        {
            var (first, second) = Expand(Mask);
            low = Vector512.ConditionalSelect(first, low, Vector512.Load(register));
            high = Vector512.ConditionalSelect(second, high, Vector512.Load(register + 16));
        }
        low.Store(register);
        high.Store(register + 16);
    }

    /// <summary>Sets a quarter of a register of 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetLong(int place, int part, Vector512<ulong> value)
    {
        var register = Long + place + 8 * part;
        if (Mask != uint.MaxValue) value = Vector512.ConditionalSelect(ExpandLong(Mask, part), value, Vector512.Load(register));
        value.Store(register);
    }

    public void SetPredicate(int place, uint bits) => Predicates[place] = (Predicates[place] & ~Mask) | (bits & Mask);

    /// <summary>A bit for each thread → all bits of each thread's number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<uint> Low, Vector512<uint> High) Expand(uint mask)
    {
        var bits = Vector512.Create(1u, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return (Vector512.Equals(Vector512.Create(mask) & bits, bits), Vector512.Equals(Vector512.Create(mask >> 16) & bits, bits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ExpandLong(uint mask, int part)
    {
        var bits = Vector512.Create(1ul, 2, 4, 8, 16, 32, 64, 128);
        return Vector512.Equals(Vector512.Create((ulong)(mask >> (8 * part))) & bits, bits);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Short);
        NativeMemory.AlignedFree(Long);
        NativeMemory.Free(Predicates);
        NativeMemory.Free(_written);
    }

    private (int Next, int Limit, uint Mask) Behind(uint threads)
    {
        int next = int.MaxValue, limit = int.MaxValue;
        uint mask = 0;
        for (var left = threads; left != 0; left &= left - 1)
        {
            var lane = BitOperations.TrailingZeroCount(left);
            var place = _next[lane];
            if (place < next) (next, limit, mask) = (place, next, 1u << lane);
            else if (place == next) mask |= 1u << lane;
            else if (place < limit) limit = place;
        }
        return (next, limit, mask);
    }

    private void Park(uint threads, int place)
    {
        for (; threads != 0; threads &= threads - 1) _next[BitOperations.TrailingZeroCount(threads)] = place;
    }

    private uint Value(Special special, int lane) => special switch
    {
        Special.Thread => (uint)(First + lane),
        Special.Lane => (uint)lane,
        Special.Group => (uint)Group.Number,
        Special.Threads => (uint)Group.Threads,
        _ => (uint)Group.Groups,
    };
}
