namespace Kiln.Comparison;

/// <summary>A rival's process at one work.</summary>
internal sealed class Opponent(Rival rival)
{
    /// <summary>From this many microseconds on, how threads wait hardly matters to which setting is the fastest.</summary>
    private const double Long = 20_000;

    private string _setting = "", _environment = "";

    /// <summary>Microseconds of each turn.</summary>
    public List<double> Times { get; } = [];

    /// <summary>Their median.</summary>
    public double Time => Timing.Median(Times);

    /// <summary>The rival and the setting it ran with.</summary>
    public string Description => $"{rival.Name}: {_setting}, {_environment}";

    /// <summary>Does the work for some time.</summary>
    /// <param name="work">As rival.py calls it.</param>
    /// <param name="seconds">The time.</param>
    /// <param name="settings">Of long works, the setting that a process of each rival chose; its others take that too, and need not try all.</param>
    /// <returns>Whether it could.</returns>
    public bool Turn(string work, double seconds, Dictionary<string, string> settings)
    {
        if (rival.Run(work, seconds, settings.GetValueOrDefault(rival.Name)) is not var (time, setting, environment))
            return false;
        Times.Add(time);
        (_setting, _environment) = (setting, environment);
        if (time > Long)
            settings.TryAdd(rival.Name, setting);
        return true;
    }
}
