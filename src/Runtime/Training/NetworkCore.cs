using System.ComponentModel;
using System.Runtime.CompilerServices;
using Kiln.Checkpoints;
using Kiln.Kernels;

namespace Kiln.Training;

/// <summary>What all workspaces and trainings of one network share: its parameters and its constants.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe class NetworkCore : IDisposable
{
    private readonly Arena _constants, _prepared;
    private readonly delegate*<Frame*, Workers, void> _prepare;
    private long _preparedVersion = -1;
    private readonly ConditionalWeakTable<ProgramMemory, object?> _users = [];
    private int _disposed;

    /// <summary>A network with initial weights.</summary>
    /// <param name="name">The class.</param>
    /// <param name="parameters">The table of parameters.</param>
    /// <param name="parameterFloats">Floats of the parameter block.</param>
    /// <param name="constantFloats">Floats of the constants.</param>
    /// <param name="writeConstants">The kernels' method that writes them.</param>
    /// <param name="seed">Chooses the initial weights.</param>
    /// <param name="draw">Whether there are any; false where a checkpoint sets them all.</param>
    /// <param name="preparedFloats">Floats of the parameters in other forms.</param>
    /// <param name="prepare">The kernels' method that computes those; null where there are none.</param>
    /// <param name="device">Where the network is to be; null for the CPU.</param>
    /// <param name="kernels">Opens the resource that the kernels for devices are.</param>
    /// <exception cref="InvalidOperationException">A device was given, and the assembly has no kernels for devices.</exception>
    public NetworkCore(string name, ParameterInfo[] parameters, int parameterFloats, int constantFloats, delegate*<float*, void> writeConstants, ulong seed, bool draw = true, int preparedFloats = 0, delegate*<Frame*, Workers, void> prepare = null, Device? device = null, Func<Stream?>? kernels = null)
    {
        Name = name;
        Seed = seed;
        Parameters = new ParameterBlock(parameters, parameterFloats);
        if (draw) Parameters.Initialize(seed);
        _constants = new Arena(constantFloats);
        writeConstants(_constants.Pointer);
        _prepared = new Arena(preparedFloats);
        _prepare = prepare;
        if (device is null) return;
        try
        {
            OnDevice = new DeviceNetwork(device, this, constantFloats, preparedFloats, kernels!);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The network on its device; null on the CPU.</summary>
    internal DeviceNetwork? OnDevice { get; }

    /// <summary>The class of the network.</summary>
    public string Name { get; }

    /// <summary>The seed of the initial weights.</summary>
    public ulong Seed { get; }

    /// <summary>The weights.</summary>
    public ParameterBlock Parameters { get; }

    /// <summary>The constants, written once.</summary>
    public float* Constants => _constants.Pointer;

    /// <summary>It was disposed of: its memory is gone.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Held by whoever writes weights, and by whoever wants all of them from one moment: a save never mixes two steps.</summary>
    internal object WeightsGate { get; } = new();

    /// <summary>Called before anything reads the weights.</summary>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    public void ThrowIfDisposed()
    {
        if (IsDisposed) throw new ObjectDisposedException(Name);
    }

    /// <inheritdoc cref="INetwork.Save"/>
    public void Save(string path)
    {
        ThrowIfDisposed();
        lock (WeightsGate) Checkpoint.Save(path, CheckpointTensor.Of(Parameters));
    }

    /// <inheritdoc cref="INetwork.LoadWeights"/>
    public void LoadWeights(string path, Func<string, string?>? nameInFile = null)
    {
        ThrowIfDisposed();
        lock (WeightsGate)
            Checkpoint.Load(path, CheckpointTensor.Of(Parameters, nameInFile),
                advice: "LoadMatching takes what fits and leaves the rest; a function of names, given to either, says what a parameter is called in the file.");
    }

    /// <inheritdoc cref="INetwork.LoadMatching"/>
    public IReadOnlyList<string> LoadMatching(string path, Func<string, string?>? nameInFile = null)
    {
        ThrowIfDisposed();
        lock (WeightsGate)
        {
            var tensors = CheckpointTensor.Of(Parameters, nameInFile);
            var set = Checkpoint.LoadMatching(path, tensors).ToHashSet(ReferenceEqualityComparer.Instance);
            return [.. Parameters.Views.Where((_, i) => set.Contains(tensors[i])).Select(view => view.Name)];
        }
    }

    /// <summary>Brings the parameters into the forms that Predict programs want, if they have changed since the last time.</summary>
    /// <param name="memory">Of the call.</param>
    internal void Prepare(ProgramMemory memory)
    {
        if (_prepare == null) return;
        var frame = memory.Memory;
        frame->Prepared = _prepared.Pointer;
        if (Volatile.Read(ref _preparedVersion) == Parameters.Version) return;
        lock (_prepared)
        {
            // Read first: a change meanwhile is for the next call.
            var version = Parameters.Version;
            if (_preparedVersion == version) return;
            if (memory.OnDevice is { } device) device.PrepareParameters(_prepare);
            else _prepare(frame, memory.Workers);
            Volatile.Write(ref _preparedVersion, version);
        }
    }

    /// <summary>Registers one that reads the weights during its calls.</summary>
    internal void Add(ProgramMemory user) => _users.Add(user, null);

    /// <summary>Gives the memory back, after the calls that are under way on other threads.</summary>
    public void Dispose()
    {
        // A full fence: whoever began before sees no flag, but is seen here; whoever begins now sees it.
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        foreach (var (user, _) in _users) user.Await();
        OnDevice?.Dispose();
        Parameters.Dispose();
        _constants.Dispose();
        _prepared.Dispose();
    }
}
