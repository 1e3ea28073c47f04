using System.ComponentModel;
using Kiln.Training;

namespace Kiln;

/// <summary>
/// What the trainings of all networks have in common. The compiler adds the network's own: its [Learn] programs, <c>Fit</c>, its gradients by name. It serves one call at a time.
/// </summary>
public abstract class NetworkTraining : IDisposable
{
    /// <summary>For compiled networks.</summary>
    /// <param name="session">What the programs run with.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected NetworkTraining(TrainingSession session) => KilnSession = session;

    /// <summary>What the programs run with. For compiled networks.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TrainingSession KilnSession { get; }

    /// <summary>Updates made so far, by all programs together; with <see cref="Optimizer.Accumulate"/>, the gradients taken.</summary>
    public long Step => KilnSession.Step;

    /// <summary>Epochs that Fit has completed.</summary>
    public int Epoch => (int)KilnSession.Epoch;

    /// <summary>The most rows a call can take.</summary>
    public int Batch => KilnSession.Batch;

    /// <summary>The learning rate of the first optimizer; setting it sets that of all, from the next step on.</summary>
    /// <exception cref="InvalidOperationException">There is no optimizer.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Negative, above 10¹⁸, or not a number.</exception>
    public double LearningRate { get => KilnSession.LearningRate; set => KilnSession.LearningRate = value; }

    /// <inheritdoc cref="TrainingSession.SwapAverages"/>
    public void SwapAverages() => KilnSession.SwapAverages();

    /// <inheritdoc cref="TrainingSession.Save"/>
    public void Save(string path) => KilnSession.Save(path);

    /// <inheritdoc cref="TrainingSession.Load"/>
    public void Load(string path) => KilnSession.Load(path);

    /// <summary>Gives memory and threads back, after the call that is under way. The weights stay.</summary>
    public virtual void Dispose()
    {
        KilnSession.Dispose();
        GC.SuppressFinalize(this);
    }
}
