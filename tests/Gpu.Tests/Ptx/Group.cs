namespace Gpu.Tests.Ptx;

/// <summary>A group of threads: its warps, its shared memory, and whose turn it is. It serves the launch's groups one after the other.</summary>
internal sealed class Group : IDisposable
{
    private readonly Kernel _kernel;
    private readonly Schedule _schedule;
    private readonly (Warp Warp, uint Threads)[] _turns;
    private readonly Warp[] _warps;

    public Group(Kernel kernel, Launch launch, Schedule schedule)
    {
        (_kernel, Launch, _schedule) = (kernel, launch, schedule);
        Shared = new SharedMemory(kernel.SharedBytes);
        Sites = new (ulong, ulong)[kernel.Sites];
        _warps = [.. Enumerable.Range(0, (Threads + Warp.Size - 1) / Warp.Size).Select(i => new Warp(kernel, this, i, uint.MaxValue >> Math.Max(0, (i + 1) * Warp.Size - Threads)))];
        _turns = schedule.InTurn ? [.. Enumerable.Range(0, Threads).Select(i => (_warps[i / Warp.Size], 1u << (i % Warp.Size)))] : [.. _warps.Select(warp => (warp, uint.MaxValue))];
        if (schedule.Order == Order.Backward) Array.Reverse(_turns);
    }

    public Launch Launch { get; }

    /// <summary>The group's number.</summary>
    public int Number { get; private set; }

    /// <summary>How often its threads have met.</summary>
    public int Barriers { get; private set; }

    public int Threads => Launch.Threads;

    public int Groups => Launch.Groups;

    public SharedMemory Shared { get; }

    /// <summary>The block of device memory that each instruction has reached last: from its first byte to behind its last one.</summary>
    public (ulong First, ulong End)[] Sites { get; }

    /// <summary>Runs a group to its end.</summary>
    /// <returns>Instructions, each counted once for all threads that did it together.</returns>
    public long Run(int number)
    {
        (Number, Barriers) = (number, 0);
        Shared.Begin();
        foreach (var warp in _warps) warp.Begin();
        var random = new Random(_schedule.Seed * 31 + number);
        long done = 0;
        while (true)
        {
            if (_schedule.Order == Order.Shuffled) random.Shuffle(_turns);
            long before = done;
            foreach (var (warp, threads) in _turns) done += warp.Run(threads, _schedule.Most == 0 ? long.MaxValue : random.Next(1, _schedule.Most + 1));
            if (done > before) continue;
            if (_warps.All(warp => (warp.Waiting | warp.Gathering) == 0)) return done;
            Meet();
        }
    }

    public void Dispose()
    {
        foreach (var warp in _warps) warp.Dispose();
        Shared.Dispose();
    }

    /// <summary>All threads wait at the same barrier, and go on.</summary>
    private void Meet()
    {
        var (warp, lane) = First(w => w.Waiting);
        if (warp is null)
        {
            (warp, lane) = First(w => w.Gathering);
            throw warp!.Error(_kernel.Code[warp.Place(lane)], lane, "the threads of a warp are not all here");
        }
        var place = warp.Place(lane);
        foreach (var other in _warps)
            for (var i = 0; i < Warp.Size; i++)
                if ((other.All >> i & 1) != 0 && ((other.Waiting >> i & 1) == 0 || other.Place(i) != place))
                    throw warp.Error(_kernel.Code[place], lane, $"the barrier is divergent: thread {other.First + i} {((other.Gathering >> i & 1) != 0 || (other.Waiting >> i & 1) != 0 ? $"waits in line {_kernel.Code[other.Place(i)].Line}" : "has ended")}");
        foreach (var other in _warps) other.Release();
        Shared.Meet();
        Barriers++;
    }

    private (Warp?, int) First(Func<Warp, uint> threads)
    {
        foreach (var warp in _warps)
            if (threads(warp) != 0) return (warp, System.Numerics.BitOperations.TrailingZeroCount(threads(warp)));
        return (null, 0);
    }
}
