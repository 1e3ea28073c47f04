using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gpu.Tests.Ptx;

/// <summary>Loads and stores. Every address is checked: whether there is such memory, and whether it is a multiple of the bytes that are moved, as GPUs want it.</summary>
internal static unsafe class MemoryAccess
{
    public static void Register()
    {
        Register<uint>("b32", 'b');
        Register<uint>("u32", 'i');
        Register<uint>("s32", 'i');
        Register<float>("f32", 'f');
        Register<ulong>("b64", 'q');
        Register<ulong>("u64", 'l');
        Register<ulong>("s64", 'l');
        Register<double>("f64", 'd');
        Register<byte>("b8", 'h');
        Register<byte>("u8", 'h');
    }

    private static void Register<T>(string type, char operand) where T : unmanaged
    {
        InstructionTable.Add($"ld.param.{type}", $"{operand}m", 1, &Parameter<T>, space: Space.Parameter);
        foreach (var space in new[] { ".", ".global." })
        {
            InstructionTable.Add($"ld{space}{type}", $"{operand}m", 1, &Load<T, Device>, space: Space.Device);
            InstructionTable.Add($"st{space}{type}", $"m{operand}", 0, &Store<T, Device>, space: Space.Device);
        }
        InstructionTable.Add($"ld.shared.{type}", $"{operand}m", 1, &Load<T, Shared>, space: Space.Shared);
        InstructionTable.Add($"st.shared.{type}", $"m{operand}", 0, &Store<T, Shared>, space: Space.Shared);
        for (var count = 2; count * sizeof(T) <= 16 && count <= 4; count *= 2)
        {
            var vector = "{" + new string(operand, count) + "}";
            foreach (var space in new[] { ".", ".global." })
            {
                InstructionTable.Add($"ld{space}v{count}.{type}", vector + "m", count, &LoadVector<T, Device>, space: Space.Device);
                InstructionTable.Add($"st{space}v{count}.{type}", "m" + vector, 0, &StoreVector<T, Device>, space: Space.Device);
            }
            InstructionTable.Add($"ld.shared.v{count}.{type}", vector + "m", count, &LoadVector<T, Shared>, space: Space.Shared);
            InstructionTable.Add($"st.shared.v{count}.{type}", "m" + vector, 0, &StoreVector<T, Shared>, space: Space.Shared);
        }
    }

    private static void Parameter<T>(Warp w, Instruction i) where T : unmanaged
    {
        fixed (byte* parameters = w.Group.Launch.Parameters)
            for (var mask = w.Mask; mask != 0; mask &= mask - 1) Lanes.Set(w, i.D + BitOperations.TrailingZeroCount(mask), Unsafe.ReadUnaligned<T>(parameters + i.Offset));
    }

    private static void Load<T, TSpace>(Warp w, Instruction i) where T : unmanaged where TSpace : struct, ISpace
    {
        for (var mask = w.Mask; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            var from = (T*)TSpace.Read(w, i, lane, Address(w, i, i.A, lane, sizeof(T)), sizeof(T));
            Lanes.Set(w, i.D + lane, *from);
        }
    }

    private static void Store<T, TSpace>(Warp w, Instruction i) where T : unmanaged where TSpace : struct, ISpace
    {
        for (var mask = w.Mask; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            var to = (T*)TSpace.Write(w, i, lane, Address(w, i, i.D, lane, sizeof(T)), sizeof(T));
            *to = Lanes.Get<T>(w, i.A + lane);
        }
    }

    private static void LoadVector<T, TSpace>(Warp w, Instruction i) where T : unmanaged where TSpace : struct, ISpace
    {
        var count = i.Operands.Length - 1;
        for (var mask = w.Mask; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            var from = (T*)TSpace.Read(w, i, lane, Address(w, i, i.Operands[count], lane, count * sizeof(T)), count * sizeof(T));
            for (var part = 0; part < count; part++) Lanes.Set(w, i.Operands[part] + lane, from[part]);
        }
    }

    private static void StoreVector<T, TSpace>(Warp w, Instruction i) where T : unmanaged where TSpace : struct, ISpace
    {
        var count = i.Operands.Length - 1;
        for (var mask = w.Mask; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            var to = (T*)TSpace.Write(w, i, lane, Address(w, i, i.D, lane, count * sizeof(T)), count * sizeof(T));
            for (var part = 0; part < count; part++) to[part] = Lanes.Get<T>(w, i.Operands[part + 1] + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Address(Warp w, Instruction i, int place, int lane, int bytes)
    {
        var address = (i.IsShortAddress ? w.Short[place + lane] : w.Long[place + lane]) + (ulong)i.Offset;
        if ((address & (ulong)(bytes - 1)) != 0) throw w.Error(i, lane, $"address {address:X} is no multiple of {bytes}");
        return address;
    }

    private interface ISpace
    {
        static abstract byte* Read(Warp w, Instruction i, int lane, ulong address, int bytes);

        static abstract byte* Write(Warp w, Instruction i, int lane, ulong address, int bytes);
    }

    private readonly struct Shared : ISpace
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static byte* Read(Warp w, Instruction i, int lane, ulong address, int bytes) => w.Group.Shared.Read(w, i, lane, address, bytes);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static byte* Write(Warp w, Instruction i, int lane, ulong address, int bytes) => w.Group.Shared.Write(w, i, lane, address, bytes);
    }

    private readonly struct Device : ISpace
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static byte* Read(Warp w, Instruction i, int lane, ulong address, int bytes)
        {
            Check(w, i, lane, address, bytes);
            w.Group.Launch.Races?.Read(w, i, lane, address, bytes);
            return (byte*)address;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static byte* Write(Warp w, Instruction i, int lane, ulong address, int bytes)
        {
            Check(w, i, lane, address, bytes);
            w.Group.Launch.Races?.Write(w, i, lane, address, bytes);
            return (byte*)address;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Check(Warp w, Instruction i, int lane, ulong address, int bytes)
        {
            ref var site = ref w.Group.Sites[i.Site];
            if (address < site.First || address + (ulong)bytes > site.End) site = Find(w, i, lane, address, bytes);
        }

        private static (ulong, ulong) Find(Warp w, Instruction i, int lane, ulong address, int bytes)
        {
            var block = w.Group.Launch.Memory.Find(address, bytes);
            return block.End != 0 ? block : throw w.Error(i, lane, $"address {address:X} is in no block of device memory");
        }
    }
}
