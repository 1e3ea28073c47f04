using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Kiln.Comparison;

/// <summary>A process that does works on request: one line asks, one line answers.</summary>
internal sealed class Rival : IDisposable
{
    private readonly Process _process;

    private Rival(Process process, string versions) => (_process, Versions) = (process, versions);

    /// <summary>What the process said at its start: its name, its version, and what else matters.</summary>
    public string Versions { get; }

    /// <summary>Name and version alone.</summary>
    public string Name => Versions.Split(',')[0];

    /// <summary>Starts a process; null where that cannot be, or where its first line does not begin with the name.</summary>
    public static Rival? Start(string name, ProcessStartInfo start)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
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
        if (rival.Versions.StartsWith(name, StringComparison.Ordinal))
            return rival;
        rival.Dispose();
        return null;
    }

    /// <summary>A work's microseconds, the median of what fits the time, with the setting that the process chose when it was first asked; null where it cannot do the work.</summary>
    /// <param name="work">As rival.py calls it.</param>
    /// <param name="seconds">The time.</param>
    /// <param name="only">The setting, where there is no choice; null for the fastest.</param>
    public (double Microseconds, string Setting, string Environment)? Run(string work, double seconds, string? only)
    {
        var answer = Ask(string.Create(CultureInfo.InvariantCulture, $"run\t{work}\t{seconds}{(only is null ? "" : $"\t{only}")}"));
        if (answer?.Split('\t') is [var time, var setting, var environment])
            return (double.Parse(time, CultureInfo.InvariantCulture), setting, environment);
        // A rival that is missing unseen would flatter us.
        Console.WriteLine($"# {Name} cannot do {work}: {answer ?? "it has ended"}");
        return null;
    }

    /// <summary>
    /// The process runs only while it is asked: threads that wait for their next work actively would otherwise take a core
    /// from Kiln and from the other processes.
    /// </summary>
    public string? Ask(string line)
    {
        Signal(Continue);
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine();
        Signal(Stop);
        return answer;
    }

    public void Dispose()
    {
        Signal(Continue);
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
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
