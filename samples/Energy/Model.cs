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

    public static readonly Model[] All =
    [
        new("rbm", "a restricted Boltzmann machine, by contrastive divergence of one and of five sweeps", RbmExperiment.Run),
        new("vae", "a variational auto-encoder with a code of 20 numbers, and one with a code of 2", VaeExperiment.Run),
    ];
}
