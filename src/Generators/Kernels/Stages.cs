using Kiln.Generators.Graph;

namespace Kiln.Generators.Kernels;

/// <summary>Steps that run between two barriers. Those over the batch follow each other row range by row range; those over outputs do not depend on each other.</summary>
internal sealed record Stage(StageKind Kind, IReadOnlyList<Step> Steps)
{
    public Domain Domain => Kind.Domain;
}

/// <summary>What steps have in common that can run in one stage.</summary>
/// <param name="Time">The axes of time that they run over.</param>
/// <param name="Walk">How they meet the steps of time.</param>
internal sealed record StageKind(Domain Domain, EquatableArray<TimeAxis> Time, TimeWalk Walk)
{
    public static StageKind Of(Step step) => new(step.Domain, step.Time, step switch
    {
        { Time.Count: 0 } => TimeWalk.None,
        { NeedsSteps: true } => TimeWalk.Steps,
        _ when step.Reads.Concat(step.Writes).Any(b => b.Storage == Storage.Lanes) => TimeWalk.Blocks,
        _ => TimeWalk.Rows,
    });
}

internal enum TimeWalk
{
    /// <summary>There is no time.</summary>
    None,

    /// <summary>All rows of all steps alike: the rows of a step follow those of the step before.</summary>
    Rows,

    /// <summary>Blocks of 16 samples of every step: alike where the rows of a step fill them.</summary>
    Blocks,

    /// <summary>Step by step.</summary>
    Steps,
}

internal static class Stages
{
    private static readonly Domain[] Order = [Domain.Output, Domain.Row, Domain.Batch];

    /// <summary>The kinds of these steps, in the order in which their stages take turns.</summary>
    private static StageKind[] Kinds(IEnumerable<Step> steps) => [.. steps.Select(StageKind.Of).Distinct().OrderBy(k => Array.IndexOf(Order, k.Domain)).ThenBy(k => k.Time.Count)];

    /// <summary>A table of the stages, and how many pieces threads can share each in.</summary>
    public static void Print(TextWriter log, IReadOnlyList<Stage> stages, int rows)
    {
        log.WriteLine($"# stages, and their pieces for {English.Count(rows, "row")}");
        for (var i = 0; i < stages.Count; i++)
        {
            var pieces = stages[i].Domain switch
            {
                Domain.Row => $"{English.Count(rows, "row")}; of the last ones, panels of channels and bands of rows of large convolutions and pools",
                Domain.Batch => rows <= 16 ? "1 block; of large products, panels of columns" : $"{(rows + 15) / 16} blocks of 16 rows",
                _ => "64 shares of each output",
            };
            if (stages[i].Kind.Time.Count > 0) pieces += $" of every step of {TimeAxes.Text(stages[i].Kind.Time)}";
            log.WriteLine($"{i + 1}: {pieces}: {string.Join(", ", stages[i].Steps.Select(Name))}");
        }
    }

    private static string Name(Step step) => step switch
    {
        TimeLoop loop => $"loop {loop.Comment}{(loop.Backward ? ", backward" : "")} ({string.Join("; ", loop.Before.Concat(loop.Body).Select(Name))})",
        Image image => $"{image.Kernel} to {image.Target.Name}{(image.Epilogue is null ? "" : " with its epilogue")}",
        _ => $"{step.GetType().Name} to {string.Join(", ", step.Writes.Select(w => w.Name))}",
    };

    /// <summary>
    /// The fewest stages greed finds: whatever is ready over outputs, then whatever is ready over rows, then over blocks of the batch
    /// (a step there may read what an earlier step of the same stage wrote for the same rows), and again.
    /// </summary>
    public static IReadOnlyList<Stage> Of(IReadOnlyList<Step> steps)
    {
        var writers = new Dictionary<Buffer, int>();
        foreach (var written in steps.SelectMany(s => s.Writes).Select(w => w.Place)) writers[written] = (writers.TryGetValue(written, out var known) ? known : 0) + 1;

        // Of each step, how many values it waits for; of each value, the steps that wait for it.
        var waits = new int[steps.Count];
        var readers = new Dictionary<Buffer, List<int>>();
        var kinds = Kinds(steps);
        var kindOf = steps.Select(StageKind.Of).ToArray();
        var ready = kinds.ToDictionary(kind => kind, _ => new SortedSet<int>());
        for (var step = 0; step < steps.Count; step++)
        {
            foreach (var read in steps[step].Reads.Select(r => r.Place).Distinct().Where(writers.ContainsKey))
            {
                waits[step]++;
                if (readers.TryGetValue(read, out var others)) others.Add(step);
                else readers[read] = [step];
            }
            if (waits[step] == 0) ready[kindOf[step]].Add(step);
        }

        var stages = new List<Stage>();
        for (var placed = 0; placed < steps.Count;)
        {
            foreach (var kind in kinds)
            {
                var (stage, later) = (new List<Step>(), new List<int>());
                var finished = new List<int>();
                while (ready[kind].Count > 0)
                {
                    var step = ready[kind].Min;
                    ready[kind].Remove(step);
                    stage.Add(steps[step]);
                    if (kind.Domain == Domain.Output) finished.Add(step);
                    else Finish(step, later);
                }
                foreach (var step in finished) Finish(step, later);
                foreach (var step in later) ready[kind].Add(step);
                placed += stage.Count;
                if (stage.Count > 0) stages.Add(new Stage(kind, stage));
            }
        }
        return stages;

        // Who waits for what the step wrote can go on; in this very stage only those after it that may read what it wrote there.
        void Finish(int step, List<int> later)
        {
            var kind = kindOf[step];
            foreach (var written in steps[step].Writes.Select(w => w.Place).Distinct())
            {
                if (--writers[written] > 0 || !readers.TryGetValue(written, out var waiting)) continue;
                foreach (var reader in waiting)
                {
                    if (--waits[reader] > 0) continue;
                    if (kindOf[reader] == kind && (kind.Domain == Domain.Output || reader < step || steps[reader].CrossesTime)) later.Add(reader);
                    else ready[kindOf[reader]].Add(reader);
                }
            }
        }
    }
}
