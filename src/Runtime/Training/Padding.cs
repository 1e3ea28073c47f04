using System.ComponentModel;

namespace Kiln.Training;

/// <summary>The steps after a row's end.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static class Padding
{
    /// <summary>Sets the dead steps of an output to zero.</summary>
    /// <typeparam name="T">float or int.</typeparam>
    /// <param name="values">[row][outer][step][inner].</param>
    /// <param name="lengths">The live steps of each row, before the stride.</param>
    /// <param name="steps">Steps of every row, after the stride.</param>
    /// <param name="inner">Elements of one step.</param>
    /// <param name="outer">Times that the steps are repeated in each row: steps of the axes before this one.</param>
    /// <param name="stride">The output has every so many steps.</param>
    public static void Clear<T>(Span<T> values, ReadOnlySpan<int> lengths, int steps, int inner, int outer = 1, int stride = 1) where T : unmanaged
    {
        for (var row = 0; row < lengths.Length; row++)
        {
            var live = ProgramPlan.Steps(lengths[row], stride);
            if (live == steps) continue;
            for (var i = 0; i < outer; i++)
                values.Slice(((row * outer + i) * steps + live) * inner, (steps - live) * inner).Clear();
        }
    }

    /// <summary>The steps of a batch: those of the longest of its rows.</summary>
    /// <param name="lengths">The live steps of each row.</param>
    public static int Steps(ReadOnlySpan<int> lengths)
    {
        var steps = 0;
        foreach (var length in lengths) steps = Math.Max(steps, length);
        return steps;
    }
}
