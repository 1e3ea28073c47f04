namespace Kiln.Gpu;

/// <summary>
/// Page-locked memory that copies go through, so that the driver copies while the host goes on. What is uploaded fills one part after the other; a part is used again when what
/// was copied from it has arrived.
/// </summary>
internal sealed unsafe class CudaStaging : IDisposable
{
    private const int Parts = 4;

    private readonly nint _stream;
    private readonly byte* _memory;
    private readonly nint[] _left = new nint[Parts];
    private readonly bool[] _isBusy = new bool[Parts];
    private int _part, _used;

    /// <param name="stream">The device's stream.</param>
    /// <param name="partBytes">Bytes of a part, of which there are five: four for uploads and one for downloads.</param>
    public CudaStaging(nint stream, int partBytes = 4 << 20)
    {
        (_stream, PartBytes) = (stream, partBytes);
        void* memory;
        Cuda.Check(Cuda.cuMemHostAlloc(&memory, (nuint)partBytes * (Parts + 1), 0), "cuMemHostAlloc");
        _memory = (byte*)memory;
        for (var i = 0; i < Parts; i++)
        {
            nint left;
            Cuda.Check(Cuda.cuEventCreate(&left, Cuda.EventDisableTiming), "cuEventCreate");
            _left[i] = left;
        }
    }

    public int PartBytes { get; }

    /// <summary>Copies to the device; the source may be changed afterwards.</summary>
    public void Upload(nint target, void* source, long bytes)
    {
        var from = (byte*)source;
        while (bytes > 0)
        {
            if (_used >= PartBytes) NextPart();
            var piece = (int)Math.Min(bytes, PartBytes - _used);
            var staged = _memory + (long)_part * PartBytes + _used;
            Buffer.MemoryCopy(from, staged, piece, piece);
            Cuda.Check(Cuda.cuMemcpyHtoDAsync((ulong)target, staged, (nuint)piece, _stream), "cuMemcpyHtoDAsync");
            // The next piece begins on a line of the cache.
            _used += (piece + 63) & ~63;
            from += piece;
            target += piece;
            bytes -= piece;
        }
    }

    /// <summary>Waits for all work so far, and copies from the device.</summary>
    public void Download(void* target, nint source, long bytes)
    {
        var staged = _memory + (long)Parts * PartBytes;
        for (var to = (byte*)target; bytes > 0;)
        {
            var piece = (int)Math.Min(bytes, PartBytes);
            Cuda.Check(Cuda.cuMemcpyDtoHAsync(staged, (ulong)source, (nuint)piece, _stream), "cuMemcpyDtoHAsync");
            Cuda.Check(Cuda.cuStreamSynchronize(_stream), "cuStreamSynchronize");
            Buffer.MemoryCopy(staged, to, piece, piece);
            to += piece;
            source += piece;
            bytes -= piece;
        }
    }

    private void NextPart()
    {
        Cuda.Check(Cuda.cuEventRecord(_left[_part], _stream), "cuEventRecord");
        _isBusy[_part] = true;
        _part = (_part + 1) % Parts;
        _used = 0;
        if (!_isBusy[_part]) return;
        Cuda.Check(Cuda.cuEventSynchronize(_left[_part]), "cuEventSynchronize");
        _isBusy[_part] = false;
    }

    public void Dispose()
    {
        foreach (var left in _left) _ = Cuda.cuEventDestroy(left);
        _ = Cuda.cuMemFreeHost(_memory);
    }
}
