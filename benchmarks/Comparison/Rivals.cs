namespace Kiln.Comparison;

/// <summary>The rival's processes: one for every setting that only the environment can make. The best counts.</summary>
internal sealed class Rivals : IDisposable
{
    private readonly Dictionary<(int Threads, bool Passive), Rival> _processes = [];
    private bool _missing;

    /// <summary>What PyTorch says of itself; null where there is none.</summary>
    public string? Versions => Of(1).FirstOrDefault()?.Versions;

    /// <summary>The processes for a number of threads: where several threads wait for each other, how they wait is a setting.</summary>
    public IReadOnlyList<Rival> Of(int threads) =>
        [.. (threads == 1 ? new[] { false } : [false, true]).Select(passive => Get(threads, passive)).OfType<Rival>()];

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
