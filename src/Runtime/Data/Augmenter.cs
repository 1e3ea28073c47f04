using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Data.Augmentations;
using Kiln.Kernels;

namespace Kiln.Data;

/// <summary>
/// Puts the images of a batch side by side, each changed by an <see cref="Augmentation"/>: what <see cref="ImageSet.Gather(ReadOnlySpan{int}, Span{byte}, Span{int})"/> does,
/// with augmentation. Nothing is allocated after construction. One call at a time.
/// </summary>
public sealed unsafe class Augmenter : IDisposable
{
    private readonly Augmentation _augmentation;
    private readonly ImageSet _images;
    private readonly Workers _workers;
    private readonly bool _ownsWorkers;
    private readonly Canvas[] _canvases;
    private GCHandle _self;
    private int _taken;

    /// <summary>Takes memory for one image in each thread, and starts the threads.</summary>
    /// <param name="augmentation">What to change.</param>
    /// <param name="images">The images.</param>
    /// <param name="threads">Threads that share a batch, 0 for one per processor. Results do not depend on it.</param>
    /// <exception cref="ArgumentNullException">There is no augmentation, or no images.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is negative or above 1024.</exception>
    public Augmenter(Augmentation augmentation, ImageSet images, int threads = 0)
        : this(augmentation, images, new Workers(threads == 0 ? Math.Min(Environment.ProcessorCount, 1024) : threads)) => _ownsWorkers = true;

    internal Augmenter(Augmentation augmentation, ImageSet images, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(augmentation);
        ArgumentNullException.ThrowIfNull(images);
        (_augmentation, _images, _workers) = (augmentation, images, workers);
        _canvases = new Canvas[workers.Threads];
        for (var i = 0; i < _canvases.Length; i++) _canvases[i] = augmentation.CreateCanvas(images);
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
    }

    /// <summary>Where <see cref="Dispose"/> was forgotten.</summary>
    ~Augmenter() => Free();

    /// <summary>Changed images and their labels, as bytes.</summary>
    /// <param name="rows">Which images, in the order wanted, as from <see cref="BatchSampler"/>.</param>
    /// <param name="images">Receives rows × <see cref="ImageSet.ImageLength"/> pixels, 0 to 255.</param>
    /// <param name="labels">Receives one label per row.</param>
    /// <param name="seed">Chooses what is drawn.</param>
    /// <param name="epoch">Another epoch of the same seed changes the images in another way. At least 0.</param>
    /// <exception cref="ArgumentException">A span is not as long as that.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image, or <paramref name="epoch"/> is negative.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public void Gather(ReadOnlySpan<int> rows, Span<byte> images, Span<int> labels, Seed seed, long epoch)
    {
        _images.GatherLabels(rows, images.Length, labels);
        fixed (byte* target = images) Run(rows, new() { Bytes = target, Seed = seed.Value }, epoch);
    }

    /// <summary>Changed images and their labels, pixels scaled to [0, 1].</summary>
    /// <param name="rows">Which images, in the order wanted, as from <see cref="BatchSampler"/>.</param>
    /// <param name="images">Receives rows × <see cref="ImageSet.ImageLength"/> pixels, 0 to 1.</param>
    /// <param name="labels">Receives one label per row.</param>
    /// <param name="seed">Chooses what is drawn.</param>
    /// <param name="epoch">Another epoch of the same seed changes the images in another way. At least 0.</param>
    /// <exception cref="ArgumentException">A span is not as long as that.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image, or <paramref name="epoch"/> is negative.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public void Gather(ReadOnlySpan<int> rows, Span<float> images, Span<int> labels, Seed seed, long epoch)
    {
        _images.GatherLabels(rows, images.Length, labels);
        fixed (float* target = images) Run(rows, new() { Floats = target, Seed = seed.Value }, epoch);
    }

    /// <summary>Gives memory and threads back.</summary>
    public void Dispose()
    {
        if (_ownsWorkers) _workers.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_self.IsAllocated) _self.Free();
    }

    private void Run(ReadOnlySpan<int> rows, Batch batch, long epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ObjectDisposedException.ThrowIf(!_self.IsAllocated, this);
        fixed (int* samples = rows)
        {
            (batch.Self, batch.Epoch) = (GCHandle.ToIntPtr(_self), (ulong)epoch);
            batch.Rows = samples;
            _taken = 0;
            _workers.Run(&Change, &batch, rows.Length);
        }
        GC.KeepAlive(this);
    }

    private static void Change(void* arguments, int first, int end)
    {
        var batch = (Batch*)arguments;
        var self = Unsafe.As<Augmenter>(GCHandle.FromIntPtr(batch->Self).Target!);
        // Every range is one thread's, and takes a canvas of its own.
        var canvas = self._canvases[Interlocked.Increment(ref self._taken) - 1];
        var length = self._images.ImageLength;
        for (var i = first; i < end; i++)
        {
            var sample = batch->Rows[i];
            ImageSet.Scale(self._images[sample], canvas.Pixels);
            self._augmentation.Apply(canvas, batch->Seed, batch->Epoch, (ulong)sample);
            if (batch->Floats != null) canvas.WriteTo(new Span<float>(batch->Floats + (long)i * length, length));
            else canvas.WriteTo(new Span<byte>(batch->Bytes + (long)i * length, length));
        }
    }

    private struct Batch
    {
        public nint Self;
        public int* Rows;
        public float* Floats;
        public byte* Bytes;
        public ulong Seed, Epoch;
    }
}
