namespace Kiln.Gpu;

/// <summary>A second stream, for what is copied to the device beside the work. It has locked memory of its own, and an event by which one stream waits for the other.</summary>
internal sealed unsafe class CudaAhead : IDisposable
{
    private readonly nint _work;
    private readonly nint _copies;
    private readonly nint _reached;
    private readonly CudaStaging _staging;

    /// <param name="work">The stream of the work.</param>
    public CudaAhead(nint work)
    {
        _work = work;
        nint handle;
        Cuda.Check(Cuda.cuStreamCreate(&handle, Cuda.StreamNonBlocking), "cuStreamCreate");
        _copies = handle;
        try
        {
            Cuda.Check(Cuda.cuEventCreate(&handle, Cuda.EventDisableTiming), "cuEventCreate");
            _reached = handle;
            _staging = new CudaStaging(_copies);
        }
        catch
        {
            if (_reached != 0) _ = Cuda.cuEventDestroy(_reached);
            _ = Cuda.cuStreamDestroy(_copies);
            throw;
        }
    }

    /// <summary>Copies to the device beside the work; the source may be changed afterwards.</summary>
    public void Upload(nint target, void* source, long bytes) => _staging.Upload(target, source, bytes);

    /// <summary>Copies from now on come after the work so far.</summary>
    public void AwaitWork() => Await(_copies, _work);

    /// <summary>Work from now on comes after the copies so far.</summary>
    public void AwaitCopies() => Await(_work, _copies);

    public void Dispose()
    {
        _ = Cuda.cuStreamSynchronize(_copies);
        _staging.Dispose();
        _ = Cuda.cuEventDestroy(_reached);
        _ = Cuda.cuStreamDestroy(_copies);
    }

    // A stream that waits for an event waits for what was last recorded: one will do.
    private void Await(nint stream, nint other)
    {
        Cuda.Check(Cuda.cuEventRecord(_reached, other), "cuEventRecord");
        Cuda.Check(Cuda.cuStreamWaitEvent(stream, _reached, 0), "cuStreamWaitEvent");
    }
}
