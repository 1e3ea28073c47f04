namespace Kiln.Comparison;

/// <summary>The rival's processes: one for every setting that only the environment can make. The best counts.</summary>
internal sealed class Rivals : IDisposable
{
    private readonly Dictionary<(int Threads, bool Passive), Rival> _processes = [];
    private bool _missing;

    /// <summary>What PyTorch says of itself; null where there is none.</summary>
    public string? Versions => Of(1).FirstOrDefault()?.Versions;

    /// <summary>The processes for a number of threads: how several threads wait for each other is a setting, and so is to use one of them only.</summary>
    public IReadOnlyList<Rival> Of(int threads) =>
        [.. (threads == 1 ? new[] { (1, false) } : [(threads, false), (threads, true), (1, false)]).Select(setting => Get(setting.Item1, setting.Item2)).OfType<Rival>()];

    public void Dispose()
    {
        foreach (var process in _processes.Values)
            process.Dispose();
    }

    private Rival? Get(int threads, bool passive)
    {
        if (_missing || _processes.TryGetValue((threads, passive), out var process))
            return _missing ? null : _processes[(threads, passive)];
        process = Rival.Start(threads, passive);
        _missing = process is null;
        if (process is not null)
            _processes.Add((threads, passive), process);
        return process;
    }
}
