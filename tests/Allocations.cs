namespace Kiln.Tests;

/// <summary>What a piece of code allocates on the managed heap, on the thread that calls it.</summary>
internal static class Allocations
{
    /// <summary>
    /// Bytes that every repetition allocates. What a program allocates, it allocates each time; the runtime itself, on a rare
    /// occasion, does so on any thread (a lock that is contended for the first time, a method compiled anew), so the least of a few counts.
    /// </summary>
    public static long OfEveryCall(Action round)
    {
        round();
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 4 && least != 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 5; i++) round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
