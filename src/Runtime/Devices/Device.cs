namespace Kiln;

/// <summary>
/// A processor with memory of its own that networks can be given to: <c>new LeNet5(seed: 1, device: …)</c>. The package Kiln.Gpu opens them. A network without a device runs on the CPU, and
/// nothing of a GPU is touched.
/// </summary>
public abstract unsafe class Device : IDisposable
{
    /// <summary>The resource of the device's assembly that holds the kernels of optimizers.</summary>
    private const string OptimizersResource = "Kiln.Gpu.Optimizers";

    private readonly Lazy<DeviceModule> _optimizers;

    internal Device(string name)
    {
        Name = name;
        _optimizers = new Lazy<DeviceModule>(() =>
        {
            using var stream = GetType().Assembly.GetManifestResourceStream(OptimizersResource) ?? throw new InvalidOperationException($"{GetType().Assembly.GetName().Name} has no kernels of optimizers.");
            return Load(KernelImage.Read(stream));
        });
    }

    /// <summary>The kernels of optimizers, compiled when they are first wanted.</summary>
    internal DeviceModule Optimizers => _optimizers.Value;

    /// <summary>What the device calls itself.</summary>
    public string Name { get; }

    /// <summary>Takes memory, which is zero.</summary>
    /// <exception cref="OutOfMemoryException">The device has not that much.</exception>
    internal abstract nint Allocate(long bytes);

    /// <summary>Gives memory back, when the work so far is done with it. Nothing where the device was disposed of.</summary>
    internal abstract void Free(nint address);

    /// <summary>Copies to the device; the source may be changed afterwards.</summary>
    internal abstract void Upload(nint target, void* source, long bytes);

    /// <summary>Copies to the device beside the work so far, which does not touch that memory; the source may be changed afterwards. Work that reads it comes after <see cref="AwaitAhead"/>.</summary>
    internal abstract void UploadAhead(nint target, void* source, long bytes);

    /// <summary>Work from now on begins when all that was copied beside it has arrived.</summary>
    internal virtual void AwaitAhead()
    {
    }

    /// <summary>Work so far begins, where the driver would wait for more of it.</summary>
    internal virtual void Flush()
    {
    }

    /// <summary>Waits for all work so far, and copies from the device.</summary>
    internal abstract void Download(void* target, nint source, long bytes);

    /// <summary>Copies within the device, after all work so far.</summary>
    internal abstract void Copy(nint target, nint source, long bytes);

    /// <summary>Sets memory to zero, after all work so far.</summary>
    internal abstract void Clear(nint target, long bytes);

    /// <summary>Compiles kernels for the device.</summary>
    internal abstract DeviceModule Load(KernelImage image);

    /// <summary>Starts a kernel after all work so far.</summary>
    /// <param name="module">What holds it.</param>
    /// <param name="kernel">Its number.</param>
    /// <param name="groups">Groups of threads, at least 1.</param>
    /// <param name="views">Addresses of memory: the kernel's first parameters.</param>
    /// <param name="numbers">The others.</param>
    internal abstract void Launch(DeviceModule module, int kernel, int groups, ReadOnlySpan<nint> views, ReadOnlySpan<int> numbers);

    /// <summary>Waits for all work so far.</summary>
    internal abstract void Synchronize();

    /// <summary>From now on work is written down instead of done: launches, copies and clearing within the device, and nothing else. False where the device cannot.</summary>
    internal virtual bool BeginCapture() => false;

    /// <summary>What was written down since <see cref="BeginCapture"/>.</summary>
    internal virtual DeviceGraph EndCapture() => throw new NotSupportedException();

    /// <summary>Does it, after all work so far.</summary>
    internal virtual void Replay(DeviceGraph graph) => throw new NotSupportedException();

    /// <summary>Gives the device back. Networks on it are to be disposed of before.</summary>
    public abstract void Dispose();

    /// <summary>What a call of a device that was given back throws.</summary>
    private protected ObjectDisposedException Disposed() => new(Name, "The device was disposed of, and its networks can no longer be used: dispose of them before their device.");

    /// <summary>The first thing that a device does when it is given back.</summary>
    private protected void UnloadOptimizers()
    {
        if (_optimizers.IsValueCreated) _optimizers.Value.Dispose();
    }
}

/// <summary>Kernels that a device has compiled.</summary>
internal abstract class DeviceModule(KernelImage image) : IDisposable
{
    /// <summary>What they were made from.</summary>
    public KernelImage Image { get; } = image;

    public abstract void Dispose();
}

/// <summary>Work that a device has written down, to be done at once as often as it is wanted.</summary>
internal abstract class DeviceGraph : IDisposable
{
    public abstract void Dispose();
}
