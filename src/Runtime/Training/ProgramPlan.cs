using System.ComponentModel;

namespace Kiln.Training;

/// <summary>
/// The memory of a program over time, whose size a call's steps decide, and the states that it assigns. The pools follow the arena's constant part, one after the other.
/// </summary>
/// <param name="Fixed">Arena floats that depend on neither rows nor steps.</param>
/// <param name="PerRow">Arena floats per row of capacity.</param>
/// <param name="Pools">Memory of values over time, in the order of Frame.Pools from 1.</param>
/// <param name="Assigned">The number of each state that takes a new value, and the place of that: at arena float Fixed + Offset · capacity, laid out as the state is.</param>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed record ProgramPlan(int Fixed, int PerRow, TimePool[] Pools, (int State, int Offset)[] Assigned)
{
    private const int Line = 16;

    /// <summary>
    /// The number of each sequence state that takes new steps, and the place of these: in the pool of that number at float Offset · its rows, row n of step t at t · rows + n, each padded
    /// to 16; the lengths, as numbers 16 floats apart, at arena float Fixed + Lengths · capacity.
    /// </summary>
    public (int State, int Pool, int Offset, int Lengths)[] Sequences { get; init; } = [];

    /// <summary>Rows of a pool.</summary>
    /// <param name="pool">Its index in <see cref="Pools"/>.</param>
    /// <param name="capacity">Rows of a value without time.</param>
    /// <param name="steps">Of each axis.</param>
    /// <exception cref="OverflowException">They are more than can be counted.</exception>
    internal long Rows(int pool, int capacity, ReadOnlySpan<int> steps)
    {
        long rows = capacity;
        foreach (var (axis, stride, fixedSteps) in Pools[pool].Axes)
            rows = checked(rows * (1 + (fixedSteps > 0 ? fixedSteps : Steps(steps[axis], stride))));
        return rows;
    }

    /// <summary>Where the first pool begins: whole cache lines, as all do.</summary>
    internal long FirstPool(int capacity) => InLines(checked(Fixed + (long)capacity * PerRow));

    /// <summary>Floats of a pool.</summary>
    internal long Floats(int pool, long rows) => InLines(checked(rows * Pools[pool].FloatsPerRow));

    /// <summary>⌈steps / stride⌉.</summary>
    internal static int Steps(int steps, int stride) => (int)(((long)steps + stride - 1) / stride);

    private static long InLines(long floats) => checked(floats + Line - 1) / Line * Line;
}

/// <summary>Memory of values over the same axes of time: a row for every row of capacity and combination of steps, of which each axis has one more than the call.</summary>
/// <param name="Axes">The number of each axis and its stride, or its steps where they are the same in every call (else 0).</param>
/// <param name="FloatsPerRow">Floats of a row.</param>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed record TimePool((int Axis, int Stride, int Fixed)[] Axes, int FloatsPerRow);
