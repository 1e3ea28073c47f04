using Kiln.Kernels;

namespace Kiln;

// An optimizer's steps over the weights and gradients that are on the device.
internal sealed unsafe partial class DeviceMemory
{
    private readonly List<DeviceMirror> _slots = [];
    private DeviceUpdates? _updates;

    private DeviceUpdates Updates => _updates ??= new DeviceUpdates(Device, _network.Optimizers, block => block.Mirror!.Address);

    /// <summary>Whether every gradient in the ranges is a finite number, and its square.</summary>
    public bool GradientsAreFinite(ReadOnlySpan<ParameterRange> ranges) => Updates.AreFinite(Gradients!.Upload(), ranges);

    /// <summary>One step of an optimizer.</summary>
    /// <param name="optimizer">Moves the weights.</param>
    /// <param name="state">What it remembers: on the device from now on, and on the host where that asks for it.</param>
    /// <param name="ranges">Which weights.</param>
    public void Step(Optimizer optimizer, OptimizerState state, ReadOnlySpan<ParameterRange> ranges)
    {
        foreach (var slot in state.Slots)
        {
            if (slot.Mirror is null) _slots.Add(slot.Mirror = new DeviceMirror(Device, slot));
            slot.Mirror.Upload();
        }
        optimizer.Step(_network.Parameters.Upload(), Gradients!.Upload(), state, ranges, Updates);
        _network.Parameters.ChangedOnDevice();
        if (optimizer.GradientNoise is not null) Gradients.ChangedOnDevice();
        foreach (var slot in state.Slots) slot.Mirror!.ChangedOnDevice();
    }

    private void DisposeUpdates()
    {
        foreach (var slot in _slots) slot.Dispose();
        _updates?.Dispose();
    }
}
