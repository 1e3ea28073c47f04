using Kiln.Checkpoints;
using Kiln.Kernels;

namespace Kiln.Training;

// Settings of optimizers for some parameters: that there are such parameters, and what checkpoints keep.
public sealed partial class TrainingSession
{
    private const int Named = 10;

    /// <summary>A group that would change nothing, since its optimizer moves none of its parameters: a misspelt name. Null where there is none.</summary>
    private static ArgumentException? Unmatched(ParameterInfo[] parameters, LearnProgram[] programs)
    {
        foreach (var program in programs)
        {
            if (program.Optimizer is not { Groups.Count: > 0 } optimizer) continue;
            var moved = programs.Where(p => p.Optimizer == optimizer).SelectMany(p => p.Trained.Select(i => parameters[i].Name).Concat(p.Optimized.Select(o => o.Name))).Distinct().ToArray();
            if (optimizer.Groups.FirstOrDefault(group => !moved.Any(group.Has)) is not { } group) continue;
            var names = string.Join(", ", moved.Take(Named)) + (moved.Length > Named ? ", …" : "");
            return new($"{program.Name}: {optimizer.GetType().Name} moves no parameter of the group '{group.Pattern}'; it moves {names}.");
        }
        return null;
    }

    private IEnumerable<CheckpointTensor> Groups()
    {
        var groups = Optimizers().SelectMany(o => o.Groups).ToArray();
        if (groups.Length == 0) yield break;
        yield return CheckpointTensor.Of("training.groups", [.. groups.SelectMany(g => (double[])[g.Rate, g.Decay])], ParameterGroup.IsFactor, "a factor from 0 to 100",
            x =>
            {
                for (var i = 0; i < groups.Length; i++) (groups[i].Rate, groups[i].Decay) = (x[2 * i], x[2 * i + 1]);
            });
    }
}
