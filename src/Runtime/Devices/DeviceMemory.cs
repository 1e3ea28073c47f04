using Kiln.Kernels;
using Kiln.Training;

namespace Kiln;

/// <summary>
/// The memory of a workspace or a training on a device. It lies as on the host, so that what the host reads of it has the same place in the host's arena.
/// </summary>
internal sealed unsafe class DeviceMemory : IDisposable
{
    /// <summary>Where in the call's numbers the last program says that a gradient is not finite, and how many numbers there are from there on.</summary>
    private const int NotFinite = 6, Results = DeviceRun.FirstScalar + Frame.MaxScalars - NotFinite;

    private readonly DeviceNetwork _network;
    private readonly ProgramMemory _memory;
    private readonly DeviceRun _run;
    private readonly Frame* _frame;
    private readonly Arena _frameMemory;
    private readonly nint _numbers;
    private readonly DevicePrograms _programs;
    private DeviceUpdates? _updates;

    // What is known of the gradients of this version.
    private (long Version, bool AreFinite) _known = (-1, false);
    private DeviceRoom _arena, _states, _trialWeights, _trialGradients;
    private readonly DeviceRoom[] _inputs = new DeviceRoom[Frame.MaxArguments], _outputs = new DeviceRoom[Frame.MaxArguments], _lengths = new DeviceRoom[Frame.MaxAxes];
    private InputsAhead? _ahead;

    public DeviceMemory(DeviceNetwork network, ProgramMemory memory)
    {
        _network = network;
        _memory = memory;
        _run = new DeviceRun(network.Device, network.Module);
        _programs = new DevicePrograms(network.Device);
        _frameMemory = new Arena((sizeof(Frame) + sizeof(float) - 1) / sizeof(float));
        _frame = (Frame*)_frameMemory.Pointer;
        _numbers = network.Device.Allocate((DeviceRun.FirstScalar + Frame.MaxScalars) * sizeof(int));
    }

    private Device Device => _network.Device;

    /// <summary>Gradients of the training; null in a workspace.</summary>
    public DeviceMirror? Gradients { get; private set; }

    /// <summary>While a step of a Fit is under way, its batches; else null.</summary>
    public FitBatches? Batches { get; set; }

    /// <summary>Gives gradients a place on the device.</summary>
    public void Mirror(ParameterBlock gradients)
    {
        Gradients = gradients.Mirror = new DeviceMirror(Device, gradients);
        _updates = new DeviceUpdates(Device, Place);
    }

    /// <summary>Whether all gradients of these ranges, and their squares, are finite.</summary>
    public bool GradientsAreFinite(ReadOnlySpan<ParameterRange> ranges) => _known.Version == Gradients!.Version ? _known.AreFinite : _updates!.AreFinite(Gradients.Upload(), ranges);

    /// <summary>A step of an optimizer on the device's memory.</summary>
    public void Update(Optimizer optimizer, OptimizerState state, ReadOnlySpan<ParameterRange> ranges)
    {
        optimizer.Step(_network.Parameters.Upload(), Gradients!.Upload(), state, ranges, _updates!);
        _network.Parameters.ChangedOnDevice();
        if (optimizer.GradientNoise is not null) Gradients.ChangedOnDevice();
    }

    /// <summary>A parameter takes the value that a program has left in the arena.</summary>
    public void Assign(ParameterInfo parameter, int offset, int floats)
    {
        Device.Copy((nint)((float*)_network.Parameters.Upload() + parameter.Offset), (nint)((float*)_arena.Address + offset), floats * (long)sizeof(float));
        _network.Parameters.ChangedOnDevice();
    }

    /// <summary>Where a block of an optimizer's state is on the device, which is about to write to it.</summary>
    private nint Place(ParameterBlock block)
    {
        var mirror = block.Mirror ??= new DeviceMirror(Device, block);
        mirror.Upload();
        mirror.ChangedOnDevice();
        return mirror.Address;
    }

    /// <summary>Runs a program: inputs go to the device, outputs and results come back.</summary>
    /// <param name="program">The kernels' entry point.</param>
    /// <param name="inputs">The call's inputs: bytes of a row.</param>
    /// <param name="outputs">Its outputs: bytes of a row, or all bytes of one for all rows, as a negative number.</param>
    /// <param name="axes">Its axes of time.</param>
    /// <param name="writesGradients">Whether the program computes gradients.</param>
    /// <param name="trained">Ranges of them that will be asked for by <see cref="GradientsAreFinite"/>: the answer comes back with the results.</param>
    public void Run(delegate*<Frame*, Workers, void> program, ReadOnlySpan<long> inputs, ReadOnlySpan<long> outputs, int axes, bool writesGradients, ReadOnlySpan<ParameterRange> trained)
    {
        var host = _memory.Memory;
        var batches = writesGradients ? Batches : null;
        Prepare(host, inputs, outputs, axes, batches?.TakeAhead() == true);
        _programs.Run(program, _frame, _memory.Workers);
        for (var i = 0; i < outputs.Length; i++) Device.Download((void*)host->Outputs[i], (nint)_frame->Outputs[i], OutputBytes(outputs[i], host->Rows));
        var isTrial = _trialGradients.Address != 0 && _trialGradients.Address == (nint)_frame->Gradients;
        if (writesGradients && !isTrial) Gradients!.ChangedOnDevice();
        var isChecked = writesGradients && !isTrial && trained.Length > 0;
        if (isChecked) _updates!.CheckFinite(Gradients!.Address, trained, _numbers + NotFinite * sizeof(int));
        batches?.GatherNext(_ahead ??= new InputsAhead(Device));
        var results = stackalloc int[Results];
        Device.Download(results, _numbers + NotFinite * sizeof(int), Results * sizeof(int));
        new ReadOnlySpan<float>(results + DeviceRun.FirstScalar - NotFinite, Frame.MaxScalars).CopyTo(new Span<float>(host->Scalars, Frame.MaxScalars));
        _known = isChecked ? (Gradients!.Version, *results == 0) : (-1, false);
        if (writesGradients && isTrial) Device.Download(host->Gradients, _trialGradients.Address, _memory.Core.Parameters.Length * sizeof(float));
    }

    /// <summary>Brings parameters into the forms that Predict programs want.</summary>
    public void PrepareParameters(delegate*<Frame*, Workers, void> prepare)
    {
        Prepare(_memory.Memory, [], [], 0, isAhead: false);
        _programs.Run(prepare, _frame, _memory.Workers);
    }

    /// <summary>Copies a part of the device's arena to its place in the host's.</summary>
    public void Read(float* first, long floats)
    {
        var offset = first - _memory.Memory->Arena;
        Device.Download(first, (nint)((float*)_arena.Address + offset), floats * sizeof(float));
    }

    public void Dispose()
    {
        foreach (var room in _inputs.Concat(_outputs).Concat(_lengths).Append(_arena).Append(_states).Append(_trialWeights).Append(_trialGradients)) room.Free(Device);
        _ahead?.Free();
        Device.Free(_numbers);
        _updates?.Dispose();
        _programs.Dispose();
        _run.Dispose();
        _frameMemory.Dispose();
    }

    /// <summary>The frame as the device sees it. Inputs that were copied ahead are there already.</summary>
    private void Prepare(Frame* host, ReadOnlySpan<long> inputs, ReadOnlySpan<long> outputs, int axes, bool isAhead)
    {
        var core = _memory.Core;
        *_frame = *host;
        // What changes from call to call is read from the device's memory.
        (_frame->Seed, _frame->Step, _frame->FirstSample) = (0, 0, 0);
        new Span<float>(_frame->Scalars, Frame.MaxScalars).Clear();
        _frame->Device = _run.Handle;
        _frame->Constants = _network.Constants;
        _frame->Prepared = _network.Prepared;
        _frame->Arena = (float*)_arena.AtLeast(Device, _memory.ArenaFloats * sizeof(float));
        var parameters = _network.Parameters.Upload();
        _frame->Parameters = host->Parameters == core.Parameters.Address ? (float*)parameters : Upload(ref _trialWeights, host->Parameters, core.Parameters.Length);
        if (host->Gradients != null)
            _frame->Gradients = Gradients is not null && _memory.IsGradients(host->Gradients) ? (float*)Gradients.Upload() : (float*)_trialGradients.AtLeast(Device, core.Parameters.Length * sizeof(float));
        _frame->States = Upload(ref _states, host->States, _memory.States.Floats);
        for (var pool = 1; pool < Frame.MaxPools; pool++)
            if (host->Pools[pool] != 0) _frame->Pools[pool] = (ulong)(_frame->Arena + ((float*)host->Pools[pool] - host->Arena));
        var (inputsAhead, axesAhead) = isAhead ? _ahead!.Exchange(_inputs, _lengths) : default;
        for (var i = 0; i < inputs.Length; i++)
        {
            _frame->Inputs[i] = (ulong)_inputs[i].AtLeast(Device, inputs[i] * host->Rows);
            if (i >= inputsAhead) Device.Upload((nint)_frame->Inputs[i], (void*)host->Inputs[i], inputs[i] * host->Rows);
        }
        for (var i = 0; i < outputs.Length; i++) _frame->Outputs[i] = (ulong)_outputs[i].AtLeast(Device, OutputBytes(outputs[i], host->Rows));
        for (var i = 0; i < axes; i++)
        {
            if (host->Lengths[i] == 0) continue;
            _frame->Lengths[i] = (ulong)_lengths[i].AtLeast(Device, host->Rows * sizeof(int));
            if (i >= axesAhead) Device.Upload((nint)_frame->Lengths[i], (void*)host->Lengths[i], host->Rows * sizeof(int));
        }
        var numbers = stackalloc ulong[] { host->Seed, host->Step, host->FirstSample, 0 };
        Device.Upload(_numbers, numbers, 4 * sizeof(ulong));
        _frame->Numbers = (int*)_numbers;
    }

    private float* Upload(ref DeviceRoom room, float* values, long floats)
    {
        if (floats == 0) return null;
        var address = room.AtLeast(Device, floats * sizeof(float));
        Device.Upload(address, values, floats * sizeof(float));
        return (float*)address;
    }

    private static long OutputBytes(long perRow, int rows) => perRow < 0 ? -perRow : perRow * rows;
}
