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
        Console.WriteLine($"# {bits} bits: {Rate(PeakWork(bits)) / 1e3:F0} GFLOP/s on registers, {Rate(L2Work(bits)) / 1e3:F0} GB/s from the L2 cache, one thread");
    Console.WriteLine($"# medians of {rounds} rounds of {seconds} s a side; peaks are measured before and after Kiln's turn, medians too; load average at the start {LoadAverage()}");
    Console.WriteLine("# data gradients of contractions have the transposed weight at hand on both sides; what transposing costs is a row of its own");
}

// Both sides and the machine's peaks in turn, so that a change of clock or load meets all of them. Everything is a median: against
// the best moment of a peak, the ordinary moments of a kernel would also be charged with the neighbours of a virtual machine.
void Compare(Work work)
{
    var action = work.Prepare();
    var opponents = rivals.Of(work.Threads);
    var (kiln, shares, bandwidths) = (new double[rounds], new double[rounds], new double[rounds]);
    var rival = opponents.Select(_ => new double[rounds]).ToArray();
    var settings = new string[opponents.Count];
    for (var round = 0; round < rounds; round++)
    {
        Thread.Sleep(30);
        var (peak, bandwidth) = Peaks(work);
        kiln[round] = Microseconds(action, seconds);
        var (peakAfter, bandwidthAfter) = Peaks(work);
        shares[round] = work.Operations / kiln[round] * 2 / (peak + peakAfter);
        bandwidths[round] = work.WeightBytes / kiln[round] * 2 / (bandwidth + bandwidthAfter);
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
        work.Operations > 0 ? $"{Median(shares):P0}" : "-",
        work.WeightBytes > 0 ? $"{Median(bandwidths):P0}" : "-",
        best is { } chosen ? settings[chosen] : "-"));
}

// What the threads of a work can do in a microsecond: operations, and bytes from the L2 cache.
(double Operations, double Bytes) Peaks(Work work) => (
    work.Operations > 0 ? work.Threads * Rate(PeakWork(work.VectorBits)) : 1,
    work.WeightBytes > 0 ? work.Threads * Rate(L2Work(work.VectorBits)) : 1);

double Rate((double Amount, Action Work) work) => work.Amount / Microseconds(work.Work, 0.1);

// Median time of a call; short calls are timed many at once.
double Microseconds(Action action, double budget)
{
    for (var i = 0; i < 3; i++)
        action();
    var start = Stopwatch.GetTimestamp();
    action();
    var calls = Math.Max(1, (int)(3e-4 / Math.Max(1e-8, Stopwatch.GetElapsedTime(start).TotalSeconds)));
    var times = new List<double>();
    for (var begin = Stopwatch.GetTimestamp(); times.Count < 5 || Stopwatch.GetElapsedTime(begin).TotalSeconds < budget;)
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

static (double Operations, Action Work) PeakWork(int bits) => bits switch { 512 => Measure.PeakWork<V512>(), 256 => Measure.PeakWork<V256>(), _ => Measure.PeakWork<V128>() };

static (double Bytes, Action Work) L2Work(int bits) => bits switch { 512 => Measure.L2Work<V512>(), 256 => Measure.L2Work<V256>(), _ => Measure.L2Work<V128>() };

static string LoadAverage() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

static string ProcessorName() => File.Exists("/proc/cpuinfo")
    ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString()
    : RuntimeInformation.ProcessArchitecture.ToString();
