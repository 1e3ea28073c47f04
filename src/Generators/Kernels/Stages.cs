namespace Kiln.Generators.Kernels;

/// <summary>Steps that run between two barriers. Those over the batch follow each other row range by row range; those over outputs do not depend on each other.</summary>
internal sealed record Stage(Domain Domain, IReadOnlyList<Step> Steps);

internal static class Stages
{
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
        var stages = new List<Stage>();
        var waiting = new List<Step>(steps);
        while (waiting.Count > 0)
        {
            foreach (var domain in new[] { Domain.Output, Domain.Row, Domain.Batch })
            {
                var unwritten = new HashSet<Buffer>(waiting.SelectMany(s => s.Writes));
                var stage = new List<Step>();
                foreach (var step in waiting)
                {
                    if (step.Domain != domain || step.Reads.Any(unwritten.Contains)) continue;
                    stage.Add(step);
                    if (domain != Domain.Output)
                        foreach (var written in step.Writes)
                            if (!waiting.Any(s => s.Writes.Contains(written) && !stage.Contains(s))) unwritten.Remove(written);
                }
                if (stage.Count == 0) continue;
                stages.Add(new Stage(domain, stage));
                var done = new HashSet<Step>(stage);
                waiting.RemoveAll(done.Contains);
            }
        }
        return stages;
    }
}
