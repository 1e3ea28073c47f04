using Kiln.Checkpoints;

namespace Kiln.Training;

// What a training keeps in a file, and how it goes on from there.
public sealed unsafe partial class TrainingSession
{
    /// <summary>
    /// Writes the whole state of the training: parameters, what the optimizers remember of them and of [Optimized] inputs, their learning rates and the factors of their groups, states, the
    /// seed, the counts of steps and epochs, and how far a Fit has come in the epoch in progress. While a Fit runs, it waits for the step that is under way.
    /// </summary>
    /// <param name="path">The file (safetensors); a file that was there survives a failure.</param>
    /// <exception cref="CheckpointException">The file cannot be written, or a number is NaN or infinite.</exception>
    /// <exception cref="ObjectDisposedException">The training or its network was disposed of.</exception>
    public void Save(string path)
    {
        using var turn = TakeTurn();
        using var _ = Alone(reads: true);
        var moved = DeclaredInputs().Where(d => Known(d.Program, d.Argument.Variant, d.Argument.Input) is { HasMoved: true });
        Checkpoint.Save(path, Tensors(moved));
    }

    /// <summary>
    /// Restores what <see cref="Save"/> wrote, seed, learning rates and factors of groups included, so that the training goes on as if it had not been interrupted: all,
    /// or after an exception nothing. The batch is as this training was made, and the values of [Optimized] inputs are the caller's.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file cannot be read, is damaged, or is of another network or other optimizers.</exception>
    /// <exception cref="ObjectDisposedException">The training or its network was disposed of.</exception>
    /// <exception cref="InvalidOperationException">A call or a Fit is under way.</exception>
    public void Load(string path)
    {
        ThrowIfFitting("Load");
        using var _ = Alone(reads: false);
        (int Program, OptimizedArgument Argument, string Name)[] restored = [];
        Checkpoint.Load(
            path,
            names =>
            {
                restored = [.. DeclaredInputs().Where(d => names.Any(name => name.StartsWith(d.Name + ".", StringComparison.Ordinal)))];
                return Tensors(restored);
            },
            allowNonFinite: false,
            advice: "A training loads what a training of the same network and optimizers saved; weights alone are loaded by the network's LoadWeights.");
        _pending = null;
        foreach (var input in _optimized)
            if (!restored.Any(r => (r.Program, r.Argument.Variant, r.Argument.Input) == (input.Program, input.Variant, input.Input))) input.Values.Reset();
    }

    private CheckpointTensor[] Tensors(IEnumerable<(int Program, OptimizedArgument Argument, string Name)> inputs) =>
    [
        .. CheckpointTensor.Of(Core.Parameters),
        // In the order of the programs: the dictionary keeps no order.
        .. Optimizers().Where(_states.ContainsKey).SelectMany((o, i) => CheckpointTensor.Of(_states[o], i)),
        .. inputs.SelectMany(d => Optimized(d.Program, d.Argument.Variant, d.Argument.Input, d.Argument.Name, d.Argument.PerRow).Tensors(d.Name)),
        CheckpointTensor.Of("training.steps", _steps, largest: [CheckpointTensor.MostSteps]),
        CheckpointTensor.Of("training.counters", _counters, largest: [CheckpointTensor.MostSteps, int.MaxValue / 2, int.MaxValue]), // the numbers of epochs and samples are ints
        // An unsigned number's halves, each of which a double holds.
        CheckpointTensor.Of("training.seed", [Seed >> 32, (uint)Seed], x => x is >= 0 and <= uint.MaxValue && x == Math.Floor(x), "a whole number of 32 bits", x => Reseed(((ulong)x[0] << 32) | (uint)x[1])),
        .. LearningRates(),
        .. Groups(),
        .. States.Views.Select(CheckpointTensor.Of),
        .. States.Sequences.SelectMany(s => s.Stored),
    ];

    private IEnumerable<Optimizer> Optimizers() => Programs.Select(p => p.Optimizer).OfType<Optimizer>().Distinct();

    // As they are declared: a file does not depend on which was moved first.
    private IEnumerable<(int Program, OptimizedArgument Argument, string Name)> DeclaredInputs() =>
        from program in Enumerable.Range(0, Programs.Length)
        where Programs[program].Optimizer is not null
        from argument in Programs[program].Optimized
        select (program, argument, $"optimized.{Programs[program].Name}.{argument.Name}.{argument.Variant}");

    private IEnumerable<CheckpointTensor> LearningRates()
    {
        var optimizers = Optimizers().ToArray();
        if (optimizers.Length == 0) yield break;
        yield return CheckpointTensor.Of("training.learning_rates", Array.ConvertAll(optimizers, o => o.LearningRate), Optimizer.IsLearningRate, "a rate from 0 to 1e18",
            x =>
            {
                for (var i = 0; i < x.Length; i++) optimizers[i].LearningRate = x[i];
            });
    }

    private ApplyCall Alone(bool reads)
    {
        Begin(reads);
        Monitor.Enter(Core.WeightsGate);
        return new ApplyCall(this, 0, 0);
    }
}
