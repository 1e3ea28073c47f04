namespace Kiln.GpuBenchmark;

/// <summary>The rows as they are measured: Kiln and the rival's settings in turns, so that a change of the clock meets them all.</summary>
internal static class Table
{
    private const int Turns = 5, QuickTurns = 1;
    private const double Seconds = 0.5, QuickSeconds = 0.1;

    public static void Print(IEnumerable<Row> rows, Device device, Rival? rival, bool quick)
    {
        Console.WriteLine();
        if (rival is not null) Console.WriteLine($"{rival.Name}. Ratios: how many times as long as Kiln it takes");
        Console.WriteLine($"{"row",-17} {"batch",5} {"median µs",11}{(rival is null ? "" : string.Concat(Rival.Settings.Select(setting => $"  {setting,11} {"ratio",6}")))}");
        foreach (var row in rows) Console.WriteLine(Line(row, device, rival, quick));
    }

    private static string Line(Row row, Device device, Rival? rival, bool quick)
    {
        using var work = row.Create(device);
        var own = new List<double>();
        var others = Rival.Settings.ToDictionary(setting => setting, _ => new List<double>());
        for (var turn = 0; turn < (quick ? QuickTurns : Turns); turn++)
        {
            var seconds = quick ? QuickSeconds : Seconds;
            own.Add(work.Microseconds(seconds));
            foreach (var (setting, times) in others)
                if (rival?.Microseconds(row, setting, seconds) is { } time) times.Add(time);
        }
        var median = Timing.Median(own);
        var line = FormattableString.Invariant($"{row.Name,-17} {row.Batch,5} {median,11:F1}");
        if (rival is not null) line += string.Concat(others.Values.Select(times => Compared(times, median)));
        return row.Operations == 0 ? line : line + FormattableString.Invariant($"  {row.Operations / median / 1e3:F0} GFLOP/s");
    }

    private static string Compared(List<double> times, double own) => times.Count == 0
        ? $"  {"-",11} {"-",6}"
        : FormattableString.Invariant($"  {Timing.Median(times),11:F1} {Timing.Median(times) / own,6:F2}");
}
