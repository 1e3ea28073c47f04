using Kiln.Kernels;

namespace Kiln.Training;

// Who may call what while a Fit runs: the Fit alone makes steps; what only reads takes its turn between two of them.
public sealed unsafe partial class TrainingSession
{
    private readonly object _turns = new();
    private int _waiting;
    private int _fitting;

    // The thread whose step of a Fit is under way; 0 for none.
    private int _stepping;

    /// <summary>Waits for the step of a Fit that is under way; the next one waits until the turn is disposed of.</summary>
    public Turn TakeTurn()
    {
        Interlocked.Increment(ref _waiting);
        Monitor.Enter(_turns);
        Interlocked.Decrement(ref _waiting);
        return new Turn(this);
    }

    /// <summary>A step of the Fit that is under way. Callers who wait for a turn go first: a monitor alone would let the Fit win every time.</summary>
    /// <param name="step">The step.</param>
    /// <param name="batches">The batches of the Fit.</param>
    /// <param name="batch">The step's own.</param>
    /// <param name="meter">Takes its results, before another call overwrites them.</param>
    internal void StepInTurn(TrainingStep step, FitBatches batches, int batch, EpochMeter meter)
    {
        var wait = new SpinWait();
        while (Volatile.Read(ref _waiting) > 0) wait.SpinOnce();
        lock (_turns)
        {
            Volatile.Write(ref _stepping, Environment.CurrentManagedThreadId);
            try
            {
                var samples = batches.Begin(batch);
                if (OnDevice is not null) OnDevice.Batches = batches;
                var loss = step(samples);
                meter.Add(loss, new ReadOnlySpan<float>(Memory->Scalars + 1, Frame.MaxScalars - 1), samples.Length);
            }
            finally
            {
                if (OnDevice is not null) OnDevice.Batches = null;
                Volatile.Write(ref _stepping, 0);
            }
        }
    }

    /// <summary>A Fit holds its training: nobody else makes a step or changes its state.</summary>
    /// <exception cref="InvalidOperationException">A Fit is under way, and this is not its step.</exception>
    private void ThrowIfFitting(string call, string prefix = "")
    {
        if (Volatile.Read(ref _fitting) == 0 || Volatile.Read(ref _stepping) == Environment.CurrentManagedThreadId) return;
        throw new InvalidOperationException($"{prefix}{call}: a Fit of this training is under way, and it alone makes steps. Await it first; Save, LearningRate, Accuracy and losses can be had meanwhile.");
    }

    /// <inheritdoc/>
    internal override void BeginStates(string call, bool reads)
    {
        if (!reads)
        {
            ThrowIfFitting(call);
            Begin();
            // Their states would be written over what is set now.
            _pending = null;
            return;
        }
        TakeTurn();
        try
        {
            Begin(reads: true);
        }
        catch
        {
            Monitor.Exit(_turns);
            throw;
        }
    }

    /// <inheritdoc/>
    internal override void EndStates(bool reads)
    {
        End();
        if (reads) Monitor.Exit(_turns);
    }

    /// <summary>Holds back the next step of a Fit.</summary>
    public readonly ref struct Turn
    {
        private readonly TrainingSession? _session;

        internal Turn(TrainingSession session) => _session = session;

        /// <summary>Lets the Fit go on.</summary>
        public void Dispose()
        {
            if (_session is not null) Monitor.Exit(_session._turns);
        }
    }
}
