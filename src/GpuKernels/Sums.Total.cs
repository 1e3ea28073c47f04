using ILGPU;

namespace Kiln.Gpu.Kernels;

// The sum of all elements of a value, by one group: eight segments of 4096 elements side by side, each on 16 chains.
public static partial class Sums
{
    private const int Segment = 256 * Chains;

    /// <summary>Elements that a group adds up between two calls of <see cref="AddSegments"/>.</summary>
    public const int TotalStep = PerGroup * Segment;

    /// <summary>The thread's first element; every 16th from there is its own.</summary>
    /// <param name="first">The first element of all.</param>
    public static int TotalBegin(int first) => first + Group.IdxX / Chains * Segment + Group.IdxX % Chains;

    /// <summary>Where the thread's elements end.</summary>
    /// <param name="first">The first element of all.</param>
    /// <param name="whole">Elements in all, a multiple of 16.</param>
    public static int TotalEnd(int first, int whole) => IntrinsicMath.Min(first + (Group.IdxX / Chains + 1) * Segment, whole);

    /// <summary>A chain's total with its sums over the next eight segments. All threads of the group must come here.</summary>
    /// <param name="total">The chain's total so far, in the threads 0 … 15.</param>
    /// <param name="sum">The thread's sum over its segment.</param>
    public static Lane AddSegments(Lane total, Lane sum)
    {
        var sums = SharedMemory.Allocate<float>(Threads.Group);
        sums[Group.IdxX] = sum.Value;
        Group.Barrier();
        for (var i = Group.IdxX % Chains; i < Threads.Group; i += Chains) total += Lane.Load(sums, i);
        Group.Barrier();
        return total;
    }

    /// <summary>y[0] = the tree over the totals of 16 chains. All threads of the group must come here.</summary>
    /// <param name="y">Gets the sum.</param>
    /// <param name="total">The chain's total, in the threads 0 … 15.</param>
    public static void Total(ArrayView<float> y, Lane total)
    {
        var chains = SharedMemory.Allocate<float>(Threads.Group);
        chains[Group.IdxX] = total.Value;
        Group.Barrier();
        if (Group.IdxX == 0) y[0] = Tree(chains, 0, 1);
    }
}
