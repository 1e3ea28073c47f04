using System.Numerics;

namespace Gpu.Tests.Ptx;

/// <summary>Operations of one thread after the other: those that are rare, or that vectors have not.</summary>
internal static unsafe class Lanes
{
    /// <summary>An operation on one number.</summary>
    public interface IOne<TD, TA>
    {
        static abstract TD Of(TA a);
    }

    /// <summary>An operation on two numbers.</summary>
    public interface ITwo<TD, TA, TB>
    {
        static abstract TD Of(TA a, TB b);
    }

    public static void One<T, TD, TA>(Warp w, Instruction i) where T : struct, IOne<TD, TA> where TD : unmanaged where TA : unmanaged
    {
        for (var mask = w.Mask; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            Set(w, i.D + lane, T.Of(Get<TA>(w, i.A + lane)));
        }
    }

    public static void Two<T, TD, TA, TB>(Warp w, Instruction i) where T : struct, ITwo<TD, TA, TB> where TD : unmanaged where TA : unmanaged where TB : unmanaged
    {
        for (var mask = w.Mask; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            try
            {
                Set(w, i.D + lane, T.Of(Get<TA>(w, i.A + lane), Get<TB>(w, i.B + lane)));
            }
            catch (ArithmeticException error)
            {
                throw w.Error(i, lane, error.Message.TrimEnd('.'));
            }
        }
    }

    /// <summary>A thread's register.</summary>
    public static T Get<T>(Warp w, int place) where T : unmanaged => sizeof(T) == 8 ? *(T*)(w.Long + place) : *(T*)(w.Short + place);

    /// <summary>Sets a thread's register; what is shorter than the register leaves zeros above it.</summary>
    public static void Set<T>(Warp w, int place, T value) where T : unmanaged
    {
        if (sizeof(T) == 8)
        {
            *(T*)(w.Long + place) = value;
            return;
        }
        w.Short[place] = 0;
        *(T*)(w.Short + place) = value;
    }
}
