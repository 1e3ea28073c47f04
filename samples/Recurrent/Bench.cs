namespace Kiln.Samples.Recurrent;

/// <summary>What every command works with: how much to do, where chance begins, how many threads.</summary>
/// <param name="Data">Folder or file of real data; null: data are made here.</param>
/// <param name="Quick">Whether to do little, to see that the command works.</param>
/// <param name="Seed">Of initial values and of the order of samples.</param>
/// <param name="Threads">0 for one per processor.</param>
/// <param name="Cancellation">Ends the command between two steps.</param>
/// <param name="Network">Part of the names of networks to try; null: all.</param>
internal sealed record Bench(string? Data, bool Quick, ulong Seed, int Threads, CancellationToken Cancellation, string? Network = null)
{
    /// <summary>How many of something: steps, epochs, samples.</summary>
    public int Some(int all, int quickly) => Quick ? quickly : all;

    /// <summary>Whether a network of that name is to be tried.</summary>
    public bool Wants(string name) => Network is null || name.Contains(Network, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reports progress on the console; no part of the result.</summary>
    public static void Say(string what) => Console.Error.WriteLine(what);
}
