using System.Collections;
using Kiln.Training;

namespace Kiln;

/// <summary>The states of an array: <c>h.0</c>, <c>h.1</c>, ….</summary>
public readonly struct StateArray : IReadOnlyList<StateView>
{
    private readonly StateBlock _block;
    private readonly int _first;

    /// <summary>Some states that follow one another. For compiled networks.</summary>
    /// <param name="block">All states.</param>
    /// <param name="first">The first one's number.</param>
    /// <param name="count">How many they are.</param>
    public StateArray(StateBlock block, int first, int count) => (_block, _first, Count) = (block, first, count);

    /// <summary>How many they are.</summary>
    public int Count { get; }

    /// <summary>A state of the array.</summary>
    /// <param name="index">From 0 to less than <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such state.</exception>
    public StateView this[int index] => (uint)index < (uint)Count ? _block[_first + index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"The array has {English.Count(Count, "state")}.");

    /// <summary>One after the other.</summary>
    public IEnumerator<StateView> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
