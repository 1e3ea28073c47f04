namespace Kiln.Data;

/// <summary>
/// Says which samples form each batch of each epoch. The order is a pure function of (seed, epoch): training can be resumed in any
/// epoch, on any machine, with the same batches. Nothing is allocated after construction.
/// </summary>
public sealed class BatchSampler
{
    private readonly int[] _order;
    private readonly ulong _seed;
    private readonly bool _isInOrder;

    /// <summary>A sampler that starts in epoch 0.</summary>
    /// <param name="count">Samples in the set, at least 1.</param>
    /// <param name="batch">Samples in a batch, at least 1. The last batch of an epoch may be smaller.</param>
    /// <param name="seed">Chooses the orders.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> or <paramref name="batch"/> is not positive.</exception>
    public BatchSampler(int count, int batch, Seed seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        BatchSize = batch;
        _order = new int[count];
        _seed = seed.Value;
        Start(0);
    }

    private BatchSampler(int count, int batch)
    {
        BatchSize = batch;
        _isInOrder = true;
        _order = new int[count];
        for (var i = 0; i < count; i++) _order[i] = i;
    }

    /// <summary>One whose epochs all have the samples in their own order.</summary>
    internal static BatchSampler InOrder(int count, int batch) => new(count, batch);

    /// <summary>Samples in the set.</summary>
    public int Count => _order.Length;

    /// <summary>Samples in every batch but perhaps the last.</summary>
    public int BatchSize { get; }

    /// <summary>Batches of an epoch, the last and perhaps smaller one included.</summary>
    public int Batches => (int)(((long)Count + BatchSize - 1) / BatchSize);

    /// <summary>The epoch whose batches <see cref="this[int]"/> gives.</summary>
    public int Epoch { get; private set; }

    /// <summary>Shuffles all samples for an epoch.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epoch"/> is negative.</exception>
    public void Start(int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        Epoch = epoch;
        if (_isInOrder) return;
        var random = new CounterRandom(_seed, (ulong)epoch);
        for (var i = 0; i < _order.Length; i++)
        {
            // Fisher and Yates, from the inside out: the order of the epoch before leaves no trace.
            var j = random.Below(i + 1);
            _order[i] = _order[j];
            _order[j] = i;
        }
    }

    /// <summary>The samples of a batch of this epoch, as indices into the set.</summary>
    /// <param name="batch">The batch, in [0, <see cref="Batches"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batch"/> is outside that range.</exception>
    public ReadOnlySpan<int> this[int batch]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(batch);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(batch, Batches);
            var start = batch * BatchSize;
            return _order.AsSpan(start, Math.Min(BatchSize, Count - start));
        }
    }
}
