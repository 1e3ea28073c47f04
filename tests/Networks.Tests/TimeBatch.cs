using Kiln.Generators.Graph;

namespace Networks.Tests;

/// <summary>How long the samples of a batch are.</summary>
/// <param name="Lengths">By the axis in the program's order: the live steps of every row.</param>
/// <param name="Steps">By the axis: the steps of the batch, at least those of its longest row.</param>
internal sealed record TimeBatch(int[][] Lengths, int[] Steps)
{
    /// <summary>Values without time.</summary>
    public static TimeBatch None { get; } = new([], []);

    /// <summary>Lengths from 1 to a greatest one, made from a seed.</summary>
    public static TimeBatch Drawn(Program program, int rows, int longest, int seed)
    {
        var random = new Random(seed);
        var lengths = program.TimeAxes.Select(_ => Enumerable.Range(0, rows).Select(_ => 1 + random.Next(longest)).ToArray()).ToArray();
        return new(lengths, [.. lengths.Select(l => l.Max())]);
    }

    /// <summary>The same samples in a batch with so many more steps.</summary>
    public TimeBatch Padded(int more) => this with { Steps = [.. Steps.Select(steps => steps + more)] };

    /// <summary>Steps that a value has in this batch; 1 without time.</summary>
    public int StepsOf(Program program, EquatableArray<TimeAxis> time) => time.Aggregate(1, (steps, axis) => steps * Strided(axis, axis.Fixed > 0 ? axis.Fixed : Steps[IndexOf(program, axis)]));

    /// <summary>Whether a step of a value over one axis at most is one of its row's own.</summary>
    public bool IsLive(Program program, EquatableArray<TimeAxis> time, int row, int step) =>
        time.Count == 0 || step < Strided(time[0], time[0].Fixed > 0 ? time[0].Fixed : Lengths[IndexOf(program, time[0])][row]);

    private static int IndexOf(Program program, TimeAxis axis) => program.TimeAxes.Select(a => a.Name).ToList().IndexOf(axis.Name);

    private static int Strided(TimeAxis axis, int steps) => (steps + axis.Stride - 1) / axis.Stride;
}
