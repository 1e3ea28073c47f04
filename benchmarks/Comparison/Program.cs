using System.Globalization;
using System.Runtime.InteropServices;
using Kiln.Comparison;
using Kiln.Kernels;
using Kiln.Tiles;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is [OnnxServer.Argument, var models, var count])
    return OnnxServer.Serve(models, int.Parse(count, CultureInfo.InvariantCulture));

var (filter, only) = ("", "");
var (rounds, seconds, threads) = (7, 0.3, 0);
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out rounds) && rounds > 0)
        i++;
    else if (args[i] == "--seconds" && i + 1 < args.Length && double.TryParse(args[i + 1], out seconds) && seconds > 0)
        i++;
    else if (args[i] == "--threads" && i + 1 < args.Length && int.TryParse(args[i + 1], out threads) && threads > 0)
        i++;
    else if (args[i] == "--rival" && i + 1 < args.Length)
        only = args[++i];
    else if (args is ["--memory"] or ["--fit"])
        filter = args[i];
    else if (!args[i].StartsWith('-') && filter == "")
        filter = args[i];
    else
    {
        Console.Error.WriteLine("usage: compare [part of a work's name] [--rounds N] [--seconds S] [--threads N] [--rival part of a rival's name]\n       compare --memory\n       compare --fit");
        return 2;
    }
}

if (filter == "--fit")
{
    FitOverhead.Compare();
    return 0;
}

using var rivals = new Rivals();
if (filter == "--memory")
{
    Memory.Compare(rivals);
    return 0;
}
WriteHeader();
Console.WriteLine("work\tthreads\tKiln µs\trival µs\tratio\tshare of FMA peak\tshare of bandwidth\tbytes allocated\tthe best rival, and its setting");
foreach (var work in NetworkSteps.All().Concat(RecurrentSteps.All()).Concat(Contractions.All()).Concat(OptimizerSteps.All()))
{
    if (work.Name.Contains(filter, StringComparison.OrdinalIgnoreCase) && (threads == 0 || threads == work.Threads))
        Compare(work);
}
return 0;

void WriteHeader()
{
    Console.WriteLine($"# {ProcessorName()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}");
    Console.WriteLine($"# Kiln {typeof(DenseTiles).Assembly.GetName().Version?.ToString(3)}, {RuntimeInformation.FrameworkDescription}, vectors of {Processor.WidestVectorBits} bits");
    foreach (var versions in rivals.Versions)
        Console.WriteLine($"# rival: {versions}");
    if (!rivals.HasOnnxRuntime)
        Console.WriteLine("# ONNX Runtime is missing");
    if (!rivals.PyTorches.Any())
        Console.WriteLine("# PyTorch is missing, so are its columns (Debian: apt install python3-torch libopenblas0-pthread; other Pythons: a list like PATH in KILN_PYTHON)");
    foreach (var bits in new[] { 512, 256, 128 }.Where(bits => bits <= Processor.WidestVectorBits))
        Console.WriteLine($"# {bits} bits: {Rate(PeakWork(bits)) / 1e3:F0} GFLOP/s on registers, {Rate(ReadWork(bits, double.MaxValue)) / 1e3:F0} GB/s from the L2 cache, one thread");
    Console.WriteLine($"# medians of {rounds} rounds of {seconds} s a side; peaks are measured before and after Kiln's turn, medians too; load average at the start {LoadAverage()}");
    Console.WriteLine("# share of bandwidth: weights against a loop that reads as many bytes from the cache that holds them; updates of ten million against a loop with the same reads and writes");
    Console.WriteLine("# data gradients of contractions have the transposed weight at hand on both sides; what transposing costs is a row of its own");
}

// Both sides and the machine's peaks in turn, so that a change of clock or load meets all of them. A rival whose fastest turn is far behind the
// best's median is not asked further: what disturbs a turn makes it slower.
void Compare(Work work)
{
    var (action, loop) = work.Prepare();
    var opponents = rivals.Of(work.Rival, work.Threads).Where(IsWanted).Select(rival => new Opponent(rival)).ToList();
    var settings = new Dictionary<string, string>();
    var (kiln, shares, bandwidths) = (new double[rounds], new double[rounds], new double[rounds]);
    for (var round = 0; round < rounds; round++)
    {
        Thread.Sleep(30);
        if (loop is not null)
        {
            (kiln[round], var least) = Timing.InTurns(action, loop, seconds);
            bandwidths[round] = least / kiln[round];
        }
        else
        {
            var (peak, bandwidth) = Peaks(work);
            kiln[round] = Timing.Microseconds(action, seconds);
            var (peakAfter, bandwidthAfter) = Peaks(work);
            shares[round] = work.Operations / kiln[round] * 2 / (peak + peakAfter);
            bandwidths[round] = work.WeightBytes / kiln[round] * 2 / (bandwidth + bandwidthAfter);
        }
        opponents.RemoveAll(opponent => !opponent.Turn(work.Rival, seconds, settings));
        var best = opponents.Select(opponent => opponent.Time).DefaultIfEmpty().Min();
        opponents.RemoveAll(opponent => opponent.Times.Min() > (round == 0 ? 2 : 1.25) * best);
    }

    var time = Timing.Median(kiln);
    var allocated = Allocated(action);
    var fastest = opponents.MinBy(opponent => opponent.Time);
    Console.WriteLine(string.Join('\t',
        work.Name,
        work.Threads,
        Number(time),
        fastest is null ? "-" : Number(fastest.Time),
        fastest is null ? "-" : $"{fastest.Time / time:F2}",
        work.Operations > 0 ? $"{Timing.Median(shares):P0}" : "-",
        work.WeightBytes > 0 || loop is not null ? $"{Timing.Median(bandwidths):P0}" : "-",
        allocated,
        fastest?.Description ?? "-"));
}

// Bytes that a call allocates on its thread: the least of a few, for the runtime itself allocates now and then.
static long Allocated(Action action) => Enumerable.Range(0, 3).Min(_ =>
{
    var before = GC.GetAllocatedBytesForCurrentThread();
    action();
    return GC.GetAllocatedBytesForCurrentThread() - before;
});

static string Number(double microseconds) => microseconds < 10 ? $"{microseconds:F3}" : $"{microseconds:F1}";

bool IsWanted(Rival rival) => rival.Name.Contains(only, StringComparison.OrdinalIgnoreCase);

// What the threads of a work can do in a microsecond: operations, and bytes read from the cache that holds the weights.
(double Operations, double Bytes) Peaks(Work work) => (
    work.Operations > 0 ? work.Threads * Rate(PeakWork(work.VectorBits)) : 1,
    work.WeightBytes > 0 ? work.Threads * Rate(ReadWork(work.VectorBits, work.WeightBytes)) : 1);

double Rate((double Amount, Action Work) work) => work.Amount / Timing.Microseconds(work.Work, 0.1);

static (double Operations, Action Work) PeakWork(int bits) => bits switch { 512 => Measure.PeakWork<V512>(), 256 => Measure.PeakWork<V256>(), _ => Measure.PeakWork<V128>() };

static (double Bytes, Action Work) ReadWork(int bits, double bytes) => bits switch { 512 => Measure.ReadWork<V512>(bytes), 256 => Measure.ReadWork<V256>(bytes), _ => Measure.ReadWork<V128>(bytes) };

static string LoadAverage() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

static string ProcessorName() => File.Exists("/proc/cpuinfo")
    ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString()
    : RuntimeInformation.ProcessArchitecture.ToString();
