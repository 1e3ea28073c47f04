using Kiln.Seeing;
using Spectre.Console;

namespace Kiln;

/// <summary>
/// Shows a Fit on a console: a table of the epochs that grows, and below it a bar, the loss and what else is measured, samples per second, and the time left. Where
/// the console is no terminal, or <see cref="Quiet"/> asks for it, each epoch is one plain line without escape codes.
/// </summary>
/// <remarks>A console that fails, as a closed pipe does, ends the display and never the training. Numbers are written in the invariant culture.</remarks>
public sealed class ConsoleProgress : TrainingCallback
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(0.1);

    private readonly IAnsiConsole _console;
    private readonly TimeProvider _time;
    private readonly List<TrainingProgress> _epochs = [];

    // Null before a run, after it, and once the console has failed.
    private TrainingPlan? _plan;
    private LiveRegion? _live;
    private TrainingProgress? _last;
    private long _steps, _began, _refreshed;

    /// <summary>A display that is to be one of <see cref="FitOptions.Callbacks"/>.</summary>
    /// <param name="console">Where it is shown; null for <see cref="AnsiConsole.Console"/>.</param>
    /// <param name="time">Measures what is left; null for the system's.</param>
    public ConsoleProgress(IAnsiConsole? console = null, TimeProvider? time = null)
    {
        _console = console ?? AnsiConsole.Console;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>One plain line for each epoch on a terminal too. Default: false.</summary>
    public bool Quiet { get; init; }

    /// <summary>What the figure of the validation is called. Default: validation.</summary>
    /// <exception cref="ArgumentException">It is null or empty.</exception>
    public string ValidationName { get; init { ArgumentException.ThrowIfNullOrEmpty(value, nameof(ValidationName)); field = value; } } = "validation";

    private bool IsLive => !Quiet && _console.Profile is { Out.IsTerminal: true, Capabilities: { Ansi: true, Interactive: true } };

    private Texts Texts => new(ValidationName, _console.Profile.Capabilities.Unicode);

    /// <inheritdoc/>
    public override void OnBegin(TrainingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _epochs.Clear();
        (_plan, _last, _steps) = (plan, null, 0);
        _began = _refreshed = _time.GetTimestamp();
        Try(() => _live = IsLive ? LiveRegion.Start(_console, Texts.Begin(plan)) : null);
    }

    /// <inheritdoc/>
    public override void OnStep(TrainingProgress progress)
    {
        (_last, _steps) = (progress, _steps + 1);
        if (_live is null || _time.GetElapsedTime(_refreshed) < RefreshInterval) return;
        _refreshed = _time.GetTimestamp();
        Try(() => Show(progress));
    }

    /// <inheritdoc/>
    public override void OnEpoch(TrainingProgress progress)
    {
        _epochs.Add(progress);
        _last = progress;
        Try(() =>
        {
            if (_live is null) WriteLine(Texts.Line(progress));
            else Show(progress);
        });
    }

    /// <inheritdoc/>
    public override void OnEnd(IReadOnlyList<TrainingProgress> epochs) => Close(ended: null);

    /// <inheritdoc/>
    public override void OnFailure(Exception exception) => Close(exception is OperationCanceledException ? "cancelled" : exception?.Message ?? "");

    private void Show(TrainingProgress progress)
    {
        var elapsed = _time.GetElapsedTime(_began);
        var left = elapsed / Math.Max(_steps, 1) * ((long)(progress.Epochs - progress.Epoch + 1) * progress.Steps - progress.Step);
        // The table's frame, the heading and the lines below it take nine lines.
        var rows = Math.Max(_console.Profile.Height - 9, 1);
        _live!.Show(Texts.Display(_plan!, _epochs, rows, progress, left, _console.Profile.Width));
    }

    /// <summary>An epoch that was cut short is reported too.</summary>
    /// <param name="ended">What ended the run before its time; null for nothing.</param>
    private void Close(string? ended)
    {
        if (_last is { IsEndOfEpoch: false } partial)
        {
            if (_live is null) Try(() => WriteLine(Texts.Line(partial)));
            else _epochs.Add(partial);
        }
        if (_live is { } live) Try(() => live.End(Texts.Result(_plan!, _epochs, _steps, _time.GetElapsedTime(_began), ended)));
        (_plan, _live, _last) = (null, null, null);
    }

    // Not by the console's own methods: they wrap lines at its width.
    private void WriteLine(string line)
    {
        _console.Profile.Out.Writer.WriteLine(line);
        _console.Profile.Out.Writer.Flush();
    }

    private void Try(Action show)
    {
        if (_plan is null) return;
        try
        {
            show();
        }
        catch (Exception)
        {
            // Whatever a console does, the training goes on: without a display until the next run.
            var live = _live;
            (_plan, _live) = (null, null);
            live?.Abandon();
        }
    }
}
