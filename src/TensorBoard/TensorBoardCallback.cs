using System.Text;

namespace Kiln;

/// <summary>
/// Writes what a Fit measures as an event file of TensorBoard: loss, learning rate and what is monitored of every few steps; loss, validation and speed of every
/// epoch; norms of layers where <see cref="FitOptions.StatisticsEvery"/> asks for them; the network's parameters as text. Steps are counted over all runs of the
/// training, so curves go on after a resume.
/// </summary>
/// <remarks>Where the file can no longer be written, as on a full disk, the training goes on without it: <see cref="Failure"/> has the reason, and <see cref="Warn"/> is told once.</remarks>
public sealed class TensorBoardCallback : TrainingCallback, IDisposable
{
    private readonly bool _isOwner;
    private TrainingPlan? _plan;
    private bool _isFirst;
    private long _statistics;

    /// <summary>Writes a new file in a folder.</summary>
    /// <param name="folder">TensorBoard shows each folder as a run.</param>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or empty.</exception>
    /// <exception cref="IOException">The folder or the file cannot be written.</exception>
    public TensorBoardCallback(string folder) => (Writer, _isOwner) = (new TensorBoardWriter(folder), true);

    /// <summary>Writes into a file to which the caller adds things of its own.</summary>
    /// <param name="writer">Stays the caller's to dispose of.</param>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is null.</exception>
    public TensorBoardCallback(TensorBoardWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Writer = writer;
    }

    /// <summary>The file.</summary>
    public TensorBoardWriter Writer { get; }

    /// <summary>What a step gives is written of every so many steps. Default: 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int StepsEvery { get; init { ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(StepsEvery)); field = value; } } = 10;

    /// <summary>Histograms of all weights, and of the gradients of the last step, are written of every so many epochs. Default: null, for never.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int? HistogramsEvery
    {
        get;
        init
        {
            if (value is { } epochs) ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1, nameof(HistogramsEvery));
            field = value;
        }
    }

    /// <summary>Receives a sentence when the file can no longer be written. Default: it is written to the standard error.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public Action<string> Warn { get; init { ArgumentNullException.ThrowIfNull(value, nameof(Warn)); field = value; } } = Console.Error.WriteLine;

    /// <summary>Why nothing is written any longer; null as long as all goes well. The next run tries again.</summary>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    public override void OnBegin(TrainingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        (_plan, _isFirst, Failure) = (plan, true, null);
    }

    /// <inheritdoc/>
    public override void OnStep(TrainingProgress progress) => Try(plan =>
    {
        var step = progress.TotalSteps;
        if (_isFirst)
        {
            _isFirst = false;
            Writer.Restart(step);
            Writer.AddText("network", Describe(plan), step);
        }
        else if (step % StepsEvery != 0 && !progress.IsEndOfEpoch)
        {
            return;
        }
        Writer.AddScalars(OfStep(progress), step);
    });

    /// <inheritdoc/>
    public override void OnEpoch(TrainingProgress progress) => Try(plan =>
    {
        Writer.AddScalars(OfEpoch(progress), progress.TotalSteps);
        if (HistogramsEvery is not { } every || progress.Epoch % every != 0) return;
        for (var i = 0; i < plan.Parameters.Count; i++)
        {
            var name = plan.Parameters[i].Name;
            Writer.AddHistogram($"weights/{name}", plan.Parameters[i].ToArray(), progress.TotalSteps);
            if (i < plan.Gradients.Count) Writer.AddHistogram($"gradients/{name}", plan.Gradients[i].ToArray(), progress.TotalSteps);
        }
    });

    /// <summary>Closes the file, unless it is the caller's.</summary>
    public void Dispose()
    {
        if (_isOwner) Writer.Dispose();
    }

    private IEnumerable<KeyValuePair<string, double>> OfStep(TrainingProgress progress)
    {
        yield return new("step/loss", progress.StepLoss);
        if (progress.LearningRate is { } rate) yield return new("step/learning_rate", rate);
        if (progress.Statistics is not { } statistics || statistics.Step == _statistics) yield break;
        _statistics = statistics.Step;
        foreach (var parameter in statistics.Parameters)
        {
            yield return new($"gradient_norm/{parameter.Name}", parameter.GradientNorm);
            yield return new($"weight_norm/{parameter.Name}", parameter.WeightNorm);
            if (parameter.WeightNorm > 0) yield return new($"update_ratio/{parameter.Name}", parameter.UpdateNorm / parameter.WeightNorm);
        }
    }

    private static IEnumerable<KeyValuePair<string, double>> OfEpoch(TrainingProgress progress)
    {
        yield return new("epoch/loss", progress.Loss);
        foreach (var (name, value) in progress.Metrics) yield return new($"epoch/{name}", value);
        foreach (var layer in progress.Activations)
        {
            yield return new($"activation_norm/{layer.Layer}", layer.Norm);
            yield return new($"activation_mean/{layer.Layer}", layer.Mean);
            yield return new($"activation_zeros/{layer.Layer}", layer.Zeros);
        }
        if (progress.ValidationLoss is { } loss) yield return new("epoch/validation_loss", loss);
        if (progress.Validation is { } figure) yield return new("epoch/validation", figure);
        yield return new("epoch/samples_per_second", progress.SamplesPerSecond);
    }

    private static string Describe(TrainingPlan plan)
    {
        var text = new StringBuilder();
        text.Append(Invariant($"**{plan.Network}**: {plan.Parameters.Sum(p => (long)p.Length):N0} parameters, {plan.Samples:N0} samples, batches of {plan.Batch:N0}\n\n"));
        text.Append("| parameter | shape | numbers |\n| --- | --- | ---: |\n");
        foreach (var parameter in plan.Parameters) text.Append(Invariant($"| {parameter.Name.Replace("|", "\\|", StringComparison.Ordinal)} | {string.Join("×", parameter.Shape.ToArray())} | {parameter.Length:N0} |\n"));
        return text.ToString();
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>A training is worth more than its log.</summary>
    private void Try(Action<TrainingPlan> write)
    {
        if (_plan is not { } plan || Failure is not null) return;
        try
        {
            write(plan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = e;
            Warn($"{nameof(TensorBoardCallback)}: {e.Message} The training goes on without it.");
        }
    }
}
