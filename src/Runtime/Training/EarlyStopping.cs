using Kiln.Kernels;
using Kiln.Training;

namespace Kiln;

/// <summary>
/// Ends a Fit when its epochs have stopped getting better, and gives the network the weights of the best one (Prechelt 1998). It watches the validation loss, or the
/// training's own where there is none. It serves one run at a time and counts anew in each.
/// </summary>
/// <param name="patience">Epochs in a row that may be no better, at least 0.</param>
/// <param name="leastChange">What is better by less than this share of the best does not count, from 0 to below 1.</param>
/// <param name="figure">What it watches of an epoch's report; null for <see cref="TrainingProgress.ValidationLoss"/> or <see cref="TrainingProgress.Loss"/>.</param>
/// <param name="higherIsBetter">As of an accuracy; otherwise lower is better, as of a loss.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
public sealed class EarlyStopping(int patience, double leastChange = 0, Func<TrainingProgress, double>? figure = null, bool higherIsBetter = false)
{
    private readonly Func<TrainingProgress, double> figure = figure ?? (epoch => epoch.ValidationLoss ?? epoch.Loss);
    private Plateau plateau = new(patience, leastChange, higherIsBetter);
    private float[]? best;

    /// <summary>Whether the network gets the weights of the best epoch when the run ends by this or with its last epoch; not after a limit, where the next run goes on. Default: true.</summary>
    public bool RestoreBest { get; init; } = true;

    /// <summary>The best figure of the run; NaN before the first epoch.</summary>
    public double Best => plateau.Best;

    /// <summary>The epoch that had it; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>Whether the run ended because of this.</summary>
    public bool HasStopped { get; private set; }

    internal void Begin()
    {
        plateau = new Plateau(patience, leastChange, higherIsBetter);
        (BestEpoch, HasStopped) = (0, false);
    }

    /// <summary>Whether to stop after this epoch.</summary>
    internal unsafe bool Report(TrainingSession session, TrainingProgress epoch)
    {
        HasStopped = plateau.Report(figure(epoch));
        if (!plateau.IsBest) return HasStopped;
        BestEpoch = epoch.Epoch;
        if (!RestoreBest) return false;
        // What was validated: the running means, where they are kept.
        return session.WithAverages(() =>
        {
            var parameters = session.Core.Parameters;
            if (best?.LongLength != parameters.Length) best = new float[parameters.Length];
            fixed (float* copy = best) Copy(parameters.Pointer, copy, parameters.Length);
            return false;
        });
    }

    /// <summary>The weights of the best epoch, if a later one has moved them.</summary>
    internal unsafe void End(TrainingSession session)
    {
        if (!RestoreBest || best is null || BestEpoch == 0) return;
        var parameters = session.Core.Parameters;
        lock (session.Core.WeightsGate)
        {
            fixed (float* copy = best) Copy(copy, parameters.Pointer, parameters.Length);
            parameters.Changed();
        }
    }

    private static unsafe void Copy(float* from, float* to, long floats) => Buffer.MemoryCopy(from, to, floats * sizeof(float), floats * sizeof(float));
}
