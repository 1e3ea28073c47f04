using System.Diagnostics;

namespace Kiln.GpuBenchmark;

internal static class Timing
{
    private const int WarmUp = 3;

    /// <summary>The median of calls from host to host, in microseconds. The first calls, in which kernels are loaded and graphs recorded, do not count.</summary>
    public static double Median(Action call, double seconds)
    {
        for (var i = 0; i < WarmUp; i++) call();
        var times = new List<double>();
        var begin = Stopwatch.GetTimestamp();
        do
        {
            var start = Stopwatch.GetTimestamp();
            call();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);
        return Median(times);
    }

    /// <summary>The value in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToArray();
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
