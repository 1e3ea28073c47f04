namespace Gpu.Tests.Ptx;

/// <summary>In which order threads of a group are run between two barriers.</summary>
internal enum Order
{
    Forward,
    Backward,

    /// <summary>Another one each time, drawn from a seed.</summary>
    Shuffled,
}

/// <summary>How the threads of a group take turns. A kernel whose barriers suffice computes the same with each.</summary>
/// <param name="Order">The order.</param>
/// <param name="InTurn">Whether a thread's turn is its own. If not, a warp of 32 has a turn together, which is fastest.</param>
/// <param name="Most">The most instructions of a turn, which is then drawn; 0 where a turn ends only at a barrier.</param>
/// <param name="Seed">What is drawn follows from it and from the group's number.</param>
internal readonly record struct Schedule(Order Order = Order.Forward, bool InTurn = false, int Most = 0, int Seed = 1);
