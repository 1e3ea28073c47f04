using System.Diagnostics;

namespace Kiln.Comparison;

/// <summary>Everything is a median: against the best moment of one side, the ordinary moments of another would also be charged with the neighbours of a virtual machine.</summary>
internal static class Timing
{
    /// <summary>Median time of a call; short calls are timed many at once. rival.py does the same.</summary>
    public static double Microseconds(Action action, double seconds)
    {
        var start = Stopwatch.GetTimestamp();
        for (var warm = 0; warm < 3 && (warm == 0 || Stopwatch.GetElapsedTime(start).TotalSeconds < 0.05); warm++)
            action();
        start = Stopwatch.GetTimestamp();
        action();
        var once = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var calls = Math.Max(1, (int)(3e-4 / Math.Max(1e-8, once)));
        var times = new List<double>();
        for (var begin = Stopwatch.GetTimestamp(); times.Count < 3 || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds;)
        {
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
                action();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls);
        }
        return Median(times);
    }

    /// <summary>Median times of calls of two actions of some milliseconds, in turns, so that a change of load meets both alike.</summary>
    public static (double First, double Second) InTurns(Action first, Action second, double seconds)
    {
        first();
        second();
        var (times, others) = (new List<double>(), new List<double>());
        for (var begin = Stopwatch.GetTimestamp(); times.Count < 3 || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds;)
        {
            times.Add(Once(first));
            others.Add(Once(second));
        }
        return (Median(times), Median(others));

        static double Once(Action action)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
