namespace Kiln.Generators.Kernels;

/// <summary>Steps that run between two barriers. Those over the batch follow each other row range by row range; those over outputs do not depend on each other.</summary>
internal sealed record Stage(Domain Domain, IReadOnlyList<Step> Steps);

internal static class Stages
{
    private static readonly Domain[] Order = [Domain.Output, Domain.Row, Domain.Batch];

    /// <summary>A table of the stages, and how many pieces threads can share each in.</summary>
    public static void Print(TextWriter log, IReadOnlyList<Stage> stages, int rows)
    {
        log.WriteLine($"# stages, and their pieces for {rows} {(rows == 1 ? "row" : "rows")}");
        for (var i = 0; i < stages.Count; i++)
        {
            var pieces = stages[i].Domain switch
            {
                Domain.Row => $"{rows} {(rows == 1 ? "row" : "rows")}; of the last ones, panels of channels and bands of rows of large convolutions and pools",
                Domain.Batch => rows <= 16 ? "1 block; of large products, panels of columns" : $"{(rows + 15) / 16} blocks of 16 rows",
                _ => "64 shares of each output",
            };
            log.WriteLine($"{i + 1}: {pieces}: {string.Join(", ", stages[i].Steps.Select(Name))}");
        }
    }

    private static string Name(Step step) => step switch
    {
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
        foreach (var written in steps.SelectMany(s => s.Writes)) writers[written] = (writers.TryGetValue(written, out var known) ? known : 0) + 1;

        // Of each step, how many values it waits for; of each value, the steps that wait for it.
        var waits = new int[steps.Count];
        var readers = new Dictionary<Buffer, List<int>>();
        var ready = Order.ToDictionary(domain => domain, _ => new SortedSet<int>());
        for (var step = 0; step < steps.Count; step++)
        {
            foreach (var read in steps[step].Reads.Distinct().Where(writers.ContainsKey))
            {
                waits[step]++;
                if (readers.TryGetValue(read, out var others)) others.Add(step);
                else readers[read] = [step];
            }
            if (waits[step] == 0) ready[steps[step].Domain].Add(step);
        }

        var stages = new List<Stage>();
        for (var placed = 0; placed < steps.Count;)
        {
            foreach (var domain in Order)
            {
                var (stage, later) = (new List<Step>(), new List<int>());
                var finished = new List<int>();
                while (ready[domain].Count > 0)
                {
                    var step = ready[domain].Min;
                    ready[domain].Remove(step);
                    stage.Add(steps[step]);
                    if (domain == Domain.Output) finished.Add(step);
                    else Finish(step, later);
                }
                foreach (var step in finished) Finish(step, later);
                foreach (var step in later) ready[domain].Add(step);
                placed += stage.Count;
                if (stage.Count > 0) stages.Add(new Stage(domain, stage));
            }
        }
        return stages;

        // Who waits for what the step wrote can go on; in this very stage only those after it that may read what it wrote there.
        void Finish(int step, List<int> later)
        {
            var domain = steps[step].Domain;
            foreach (var written in steps[step].Writes)
            {
                if (--writers[written] > 0 || !readers.TryGetValue(written, out var waiting)) continue;
                foreach (var reader in waiting)
                {
                    if (--waits[reader] > 0) continue;
                    if (steps[reader].Domain == domain && (domain == Domain.Output || reader < step)) later.Add(reader);
                    else ready[steps[reader].Domain].Add(reader);
                }
            }
        }
    }
}
