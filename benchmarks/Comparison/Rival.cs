using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Kiln.Comparison;

/// <summary>A Python process with PyTorch that does works on request: one line asks, one line answers.</summary>
internal sealed class Rival : IDisposable
{
    private readonly Process _process;

    private Rival(Process process, string versions) => (_process, Versions) = (process, versions);

    public string Versions { get; }

    /// <summary>Starts a process whose libraries use that many threads; null where no Python with PyTorch is found.</summary>
    public static Rival? Start(int threads, bool passive)
    {
        string[] pythons = Environment.GetEnvironmentVariable("KILN_PYTHON") is { Length: > 0 } chosen ? [chosen] : ["/usr/bin/python3", "python3", "python"];
        return pythons.Select(python => TryStart(python, threads, passive)).FirstOrDefault(rival => rival is not null);
    }

    /// <summary>Microseconds of a work, the median of what fits the time, and the setting it ran with; null where it does not know the work.</summary>
    public (double Microseconds, string Setting)? Run(string work, double seconds)
    {
        var answer = Ask(string.Create(CultureInfo.InvariantCulture, $"run\t{work}\t{seconds}"))?.Split('\t');
        return answer is [var time, var setting] ? (double.Parse(time, CultureInfo.InvariantCulture), setting) : null;
    }

    public void Dispose()
    {
        Signal(Continue);
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Rival? TryStart(string python, int threads, bool passive)
    {
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "rival.py")]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var count = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = start.Environment["MKL_NUM_THREADS"] = count;

        // glibc keeps its heap, or every step would map and fault in its activations anew.
        start.Environment["MALLOC_MMAP_MAX_"] = "0";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "8589934592";
        start.Environment["MALLOC_TOP_PAD_"] = "67108864";
        if (passive)
            start.Environment["OMP_WAIT_POLICY"] = "passive";

        // OpenBLAS does not know processors younger than itself.
        if (Vector512.IsHardwareAccelerated)
            start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var rival = new Rival(process, process.StandardOutput.ReadLine() ?? "");
        rival.Signal(Stop);
        if (rival.Versions.StartsWith("PyTorch", StringComparison.Ordinal))
            return rival;
        rival.Dispose();
        return null;
    }

    /// <summary>
    /// The process runs only while it is asked: threads of OpenMP that wait for their next work actively would otherwise take a core
    /// from Kiln and from the other processes.
    /// </summary>
    private string? Ask(string line)
    {
        Signal(Continue);
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine();
        Signal(Stop);
        return answer;
    }

    private const int Continue = 18, Stop = 19;

    private void Signal(int number)
    {
        if (OperatingSystem.IsLinux())
            _ = Kill(_process.Id, number);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
