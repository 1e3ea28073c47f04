using Kiln.Data;

namespace Kiln.Training;

/// <summary>
/// The batches of a Fit, one after the other, in arrays that each of them overwrites. On a device the next one is gathered and copied while a step is computed there: what the step needs
/// of the arrays is on the device by then. A batch that was gathered in advance and is not wanted has changed nothing: what is drawn for it depends on its epoch and samples alone.
/// </summary>
/// <param name="samples">The samples of each batch.</param>
/// <param name="gather">Fills the arrays.</param>
internal sealed class FitBatches(BatchSampler samples, BatchGather gather)
{
    private int _batch;

    // The inputs of the batch that has begun are on the device.
    private bool _isAhead;

    // The batch that was gathered in advance; −1 for none.
    private int _next = -1;

    /// <summary>Batches of an epoch.</summary>
    public int Count => samples.Batches;

    /// <summary>Samples of every batch but perhaps the last.</summary>
    public int Size => samples.BatchSize;

    /// <summary>Begins an epoch.</summary>
    public void Start(int epoch)
    {
        samples.Start(epoch);
        _next = -1;
    }

    /// <summary>The rows of a batch are in the arrays afterwards.</summary>
    /// <returns>Its samples.</returns>
    public ReadOnlySpan<int> Begin(int batch)
    {
        (_batch, _isAhead, _next) = (batch, _next == batch, -1);
        if (!_isAhead) gather(samples[batch], null);
        return samples[batch];
    }

    /// <summary>Gathers the batch after the one that has begun, if there is one in this epoch.</summary>
    public void GatherNext(InputsAhead ahead)
    {
        if (_batch + 1 >= Count) return;
        try
        {
            ahead.Begin();
            gather(samples[_batch + 1], ahead);
            _next = _batch + 1;
        }
        catch (Exception)
        {
            // The step that is computed has no part in it. The next one gathers its rows itself, and what is wrong is found in its turn.
        }
    }

    /// <summary>Whether the inputs of the batch that has begun are on the device. Asked once, by the program that takes them.</summary>
    public bool TakeAhead()
    {
        var isAhead = _isAhead;
        _isAhead = false;
        return isAhead;
    }
}
