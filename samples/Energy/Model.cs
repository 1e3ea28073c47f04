using Kiln.Samples.Experiments;

namespace Kiln.Samples.Energy;

/// <summary>A model that learns what digits look like.</summary>
/// <param name="Name">Its command.</param>
/// <param name="About">What it is.</param>
/// <param name="Run">Trains it for so many epochs, shows sheets of digits by name, and gives its figures.</param>
internal sealed record Model(string Name, string About, Func<Bench, int, Action<string, Sheet>, Task<Outcome>> Run)
{
    /// <summary>Digits of a step.</summary>
    public const int Batch = 100;

    /// <summary>Refuses a folder with next to nothing in it.</summary>
    /// <exception cref="InvalidDataException">There are fewer digits than a step has.</exception>
    public static void Check(Bench bench)
    {
        if (Math.Min(bench.Train.Count, bench.Test.Count) < Batch)
            throw new InvalidDataException($"expected at least {Batch} training digits and as many test digits, but there are {bench.Train.Count} and {bench.Test.Count}");
    }

    public static readonly Model[] All =
    [
        new("rbm", "a restricted Boltzmann machine, by contrastive divergence of one and of twenty sweeps, and with persistent chains", RbmExperiment.Run),
        new("vae", "a variational auto-encoder with a code of 20 numbers, and one with a code of 2", VaeExperiment.Run),
    ];
}
