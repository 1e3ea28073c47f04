using System.Diagnostics;
using System.Globalization;

namespace Kiln.GpuBenchmark;

/// <summary>PyTorch in a process of its own, which waits while Kiln works and works while Kiln waits.</summary>
internal sealed class Rival : IDisposable
{
    /// <summary>How it does a work; see rival.py.</summary>
    public static readonly string[] Settings = ["graph", "resident", "eager"];

    private readonly Process _process;

    public Rival(string python)
    {
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "rival.py")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{python} does not start.");
        Name = Read();
    }

    /// <summary>Its versions.</summary>
    public string Name { get; }

    /// <summary>Microseconds of one call; null where it cannot do that, which it says on the terminal.</summary>
    public double? Microseconds(Row row, string setting, double seconds)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run\t{row.Name}\t{row.Batch}\t{setting}\t{seconds}"));
        _process.StandardInput.Flush();
        var answer = Read();
        if (double.TryParse(answer, CultureInfo.InvariantCulture, out var microseconds)) return microseconds;
        Console.Error.WriteLine($"{row.Name} {row.Batch}, {setting}: {answer}");
        return null;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Read() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("PyTorch's process has ended.");
}
