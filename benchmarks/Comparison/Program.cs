using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Kiln.Comparison;
using Kiln.Kernels;
using Kiln.Tiles;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var filter = "";
var (rounds, seconds) = (7, 0.3);
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out rounds) && rounds > 0)
        i++;
    else if (args[i] == "--seconds" && i + 1 < args.Length && double.TryParse(args[i + 1], out seconds) && seconds > 0)
        i++;
    else if (!args[i].StartsWith('-') && filter == "")
        filter = args[i];
    else
    {
        Console.Error.WriteLine("usage: compare [part of a work's name] [--rounds N] [--seconds S]");
        return 2;
    }
}

using var rivals = new Rivals();
WriteHeader();
Console.WriteLine("work\tthreads\tKiln µs\trival µs\tratio\tshare of FMA peak\tshare of L2 bandwidth\trival's setting");
foreach (var work in NetworkSteps.All().Concat(Contractions.All()).Concat(OptimizerSteps.All()))
{
    if (work.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))
        Compare(work);
}
return 0;

void WriteHeader()
{
    Console.WriteLine($"# {ProcessorName()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}");
    Console.WriteLine($"# Kiln {typeof(DenseTiles).Assembly.GetName().Version?.ToString(3)}, {RuntimeInformation.FrameworkDescription}, vectors of {Processor.WidestVectorBits} bits");
    Console.WriteLine($"# rival: {rivals.Versions ?? "PyTorch is missing, so are its columns (Debian: apt install python3-torch libopenblas0-pthread; another Python: set KILN_PYTHON)"}");
    foreach (var bits in new[] { 512, 256, 128 }.Where(bits => bits <= Processor.WidestVectorBits))
        Console.WriteLine($"# {bits} bits: {Peak(bits) / 1e9:F0} GFLOP/s on registers, {Bandwidth(bits) / 1e9:F0} GB/s from the L2 cache, one thread");
    Console.WriteLine($"# medians of {rounds} rounds of {seconds} s a side; the peak is measured in every round; load average at the start {LoadAverage()}");
    Console.WriteLine("# data gradients of contractions have the transposed weight at hand on both sides; what transposing costs is a row of its own");
}

// Both sides and the machine's peak in turn, so that a change of clock or load meets all of them.
void Compare(Work work)
{
    var action = work.Prepare();
    var opponents = rivals.Of(work.Threads);
    var peaks = new double[rounds];
    var bandwidths = new double[rounds];
    var kiln = new double[rounds];
    var rival = opponents.Select(_ => new double[rounds]).ToArray();
    var settings = new string[opponents.Count];
    for (var round = 0; round < rounds; round++)
    {
        Thread.Sleep(30);
        peaks[round] = Peak(work.VectorBits) * work.Threads;
        bandwidths[round] = work.WeightBytes > 0 ? Bandwidth(work.VectorBits) * work.Threads : 1;
        kiln[round] = Microseconds(action);
        for (var i = 0; i < opponents.Count; i++)
            (rival[i][round], settings[i]) = opponents[i].Run(work.Rival, seconds) ?? (double.NaN, "");
    }

    var time = Median(kiln);
    var best = Enumerable.Range(0, opponents.Count).OrderBy(i => Median(rival[i])).Select(i => (int?)i).FirstOrDefault();
    var rivalTime = best is { } index ? Median(rival[index]) : double.NaN;
    Console.WriteLine(string.Join('\t',
        work.Name,
        work.Threads,
        $"{time:F1}",
        double.IsNaN(rivalTime) ? "-" : $"{rivalTime:F1}",
        double.IsNaN(rivalTime) ? "-" : $"{rivalTime / time:F2}",
        work.Operations > 0 ? $"{work.Operations / (time * 1e-6) / Median(peaks):P0}" : "-",
        work.WeightBytes > 0 ? $"{work.WeightBytes / (time * 1e-6) / Median(bandwidths):P0}" : "-",
        best is { } chosen ? settings[chosen] : "-"));
}

// Median time of a call; short calls are timed many at once.
double Microseconds(Action action)
{
    for (var i = 0; i < 3; i++)
        action();
    var start = Stopwatch.GetTimestamp();
    action();
    var calls = Math.Max(1, (int)(3e-4 / Math.Max(1e-8, Stopwatch.GetElapsedTime(start).TotalSeconds)));
    var times = new List<double>();
    for (var begin = Stopwatch.GetTimestamp(); times.Count < 5 || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds;)
    {
        start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
            action();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls);
    }
    return Median(times);
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

static double Peak(int bits) => bits switch { 512 => Measure.Peak<V512>(), 256 => Measure.Peak<V256>(), _ => Measure.Peak<V128>() };

static double Bandwidth(int bits) => bits switch { 512 => Measure.L2<V512>(), 256 => Measure.L2<V256>(), _ => Measure.L2<V128>() };

static string LoadAverage() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

static string ProcessorName() => File.Exists("/proc/cpuinfo")
    ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString()
    : RuntimeInformation.ProcessArchitecture.ToString();
