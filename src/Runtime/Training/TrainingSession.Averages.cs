using Kiln.Kernels;

namespace Kiln.Training;

// Running means of the weights, which optimizers keep where Optimizer.AverageDecay asks for them.
public sealed unsafe partial class TrainingSession
{
    /// <summary>Whether an optimizer keeps running means.</summary>
    internal bool HasAverages => _states.Values.Any(state => state.Average is not null);

    /// <summary>
    /// Exchanges the weights with their running means, which <see cref="Optimizer.AverageDecay"/> keeps; a second call puts them back. Parameters that have taken no
    /// step keep their values, and so do those that no optimizer moves, such as running statistics. Before the next step the weights belong back. Fit itself validates
    /// with the means, and early stopping keeps those of the best epoch.
    /// </summary>
    /// <exception cref="InvalidOperationException">No optimizer keeps means, or a call or a Fit is under way.</exception>
    /// <exception cref="ObjectDisposedException">The training or its network was disposed of.</exception>
    public void SwapAverages()
    {
        ThrowIfFitting("SwapAverages");
        if (!HasAverages) throw new InvalidOperationException("SwapAverages: no optimizer of this training keeps averages; set its AverageDecay.");
        using var _ = Alone(reads: false);
        Exchange();
    }

    /// <summary>Runs something with the means in the place of the weights, if there are any.</summary>
    internal T WithAverages<T>(Func<T> action)
    {
        if (!HasAverages) return action();
        SwapInTurn();
        try
        {
            return action();
        }
        finally
        {
            SwapInTurn();
        }
    }

    private void SwapInTurn()
    {
        using var turn = TakeTurn();
        using var _ = Alone(reads: true);
        Exchange();
    }

    private void Exchange()
    {
        foreach (var state in _states.Values)
        {
            if (state.Average is not { } average) continue;
            for (var i = 0; i < state.Parameters.Length; i++)
            {
                if (state.Steps[i] == 0) continue;
                var (offset, floats) = (state.Parameters[i].Offset, state.Parameters[i].Floats);
                var weights = Core.Parameters.Pointer + offset;
                var means = average.Pointer + offset;
                for (var k = 0L; k < floats; k++) (weights[k], means[k]) = (means[k], weights[k]);
            }
            average.Changed();
        }
        Core.Parameters.Changed();
    }
}
