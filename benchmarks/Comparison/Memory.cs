using System.Reflection;
using Kiln.Kernels;
using Kiln.Training;

namespace Kiln.Comparison;

/// <summary>
/// The arena of ResNet-50's training against the bytes that PyTorch saves for the backward pass. The arena holds all values of the step, kept for the
/// backward pass or not, but for parameters and their gradients. What PyTorch saves is less than all that it has at its peak; rival.py says what counts.
/// </summary>
internal static class Memory
{
    private const int Rows = 8;

    public static void Compare(Rivals rivals)
    {
        using var network = new ResNet50(seed: 1, batch: 1, threads: 1);
        using var training = network.Train(new Sgd(1e-3), Rows, threads: 1);
        var ours = sizeof(float) * ArenaFloats(training);
        Console.WriteLine($"ResNet-50, training, batch {Rows}: arena {ours / 1e6:F1} MB");
        foreach (var rival in rivals.PyTorches)
        {
            var theirs = double.Parse(rival.Ask($"saved\tresnet50-224\t{Rows}")!, System.Globalization.CultureInfo.InvariantCulture);
            Console.WriteLine($"{rival.Name}: saves {theirs / 1e6:F1} MB; ratio {ours / theirs:P0}");
        }
    }

    /// <summary>What was really taken, which is nobody's business but a measurement's: so it has no public name.</summary>
    private static long ArenaFloats(object training)
    {
        const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;
        var session = training.GetType().GetFields(Hidden).Select(field => field.GetValue(training)).OfType<ProgramMemory>().Single();
        return typeof(ProgramMemory).GetFields(Hidden).Select(field => field.GetValue(session)).OfType<Arena>().Max(arena => arena.Length);
    }
}
