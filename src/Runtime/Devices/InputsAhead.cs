using System.ComponentModel;
using Kiln.Kernels;

namespace Kiln.Training;

/// <summary>
/// The inputs of a Fit's next step on a device: they are copied there while the step before is computed, into memory of their own. The next step exchanges that memory with its own.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe class InputsAhead
{
    private readonly Device _device;
    private readonly DeviceRoom[] _inputs = new DeviceRoom[Frame.MaxArguments], _lengths = new DeviceRoom[Frame.MaxAxes];
    private int _inputCount, _axes;

    internal InputsAhead(Device device) => _device = device;

    /// <summary>The program's next input, in the order of its arguments.</summary>
    /// <typeparam name="T">float, int or byte.</typeparam>
    /// <param name="values">All rows. They may be changed afterwards.</param>
    public void Input<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        fixed (T* first = values) Copy(ref _inputs[_inputCount++], first, values.Length * (long)sizeof(T));
    }

    /// <summary>The program's next axis of time.</summary>
    /// <param name="lengths">The live steps of each row. They may be changed afterwards.</param>
    public void Time(ReadOnlySpan<int> lengths)
    {
        fixed (int* first = lengths) Copy(ref _lengths[_axes++], first, lengths.Length * (long)sizeof(int));
    }

    /// <summary>Inputs are about to be given; those given before are forgotten.</summary>
    internal void Begin()
    {
        (_inputCount, _axes) = (0, 0);
        // The device works while the host gathers.
        _device.Flush();
    }

    /// <summary>The memory of the inputs that were given takes the place of a call's, and that of the call's is free for the next ones.</summary>
    /// <returns>How many inputs and axes there are.</returns>
    internal (int Inputs, int Axes) Exchange(DeviceRoom[] inputs, DeviceRoom[] lengths)
    {
        _device.AwaitAhead();
        for (var i = 0; i < _inputCount; i++) (inputs[i], _inputs[i]) = (_inputs[i], inputs[i]);
        for (var i = 0; i < _axes; i++) (lengths[i], _lengths[i]) = (_lengths[i], lengths[i]);
        return (_inputCount, _axes);
    }

    /// <summary>Gives the memory back.</summary>
    internal void Free()
    {
        foreach (var room in _inputs) room.Free(_device);
        foreach (var room in _lengths) room.Free(_device);
    }

    private void Copy(ref DeviceRoom room, void* first, long bytes) => _device.UploadAhead(room.AtLeast(_device, bytes), first, bytes);
}
