namespace Kiln.Comparison;

/// <summary>Something both sides can do.</summary>
/// <param name="Name">What the row says; the filter looks into it.</param>
/// <param name="Rival">The same work in rival.py.</param>
/// <param name="Threads">Threads of either side.</param>
/// <param name="VectorBits">Width of Kiln's vectors.</param>
/// <param name="Operations">Multiplications and additions of contractions, for the share of the peak; 0: no share.</param>
/// <param name="WeightBytes">Bytes of weights read once, for the share of the bandwidth at which a loop reads as many, but no more than the L2 cache holds; 0: no share.</param>
/// <param name="Prepare">Makes the data; the action is the work.</param>
internal sealed record Work(string Name, string Rival, int Threads, int VectorBits, double Operations, double WeightBytes, Func<Prepared> Prepare);

/// <summary>A work with its data.</summary>
/// <param name="Action">Does it once.</param>
/// <param name="Loop">Moves the same memory and computes next to nothing, for the share of the bandwidth; null: no share, or that of the weights.</param>
internal readonly record struct Prepared(Action Action, Action? Loop = null)
{
    public static implicit operator Prepared(Action action) => new(action);
}
