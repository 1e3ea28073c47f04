using Kiln.Kernels;
using Kiln.Training;

namespace Kiln;

/// <summary>What all workspaces and trainings of one network share on a device: its kernels, its weights, its constants.</summary>
internal sealed unsafe class DeviceNetwork : IDisposable
{
    private readonly nint _constants, _prepared;
    private readonly long _preparedFloats;

    /// <param name="device">Where it is to be.</param>
    /// <param name="core">The network.</param>
    /// <param name="constantFloats">Floats of its constants.</param>
    /// <param name="preparedFloats">Floats of its parameters in other forms.</param>
    /// <param name="kernels">Opens the resource that its kernels are.</param>
    /// <exception cref="InvalidOperationException">There is none: the assembly was built without kernels for devices.</exception>
    public DeviceNetwork(Device device, NetworkCore core, int constantFloats, int preparedFloats, Func<Stream?> kernels)
    {
        Device = device;
        using (var stream = kernels())
        {
            if (stream is null)
                throw new InvalidOperationException($"{core.Name}: its kernels for devices are not in its assembly: the project needs the package Kiln.Gpu, which puts them there.");
            Module = device.Load(KernelImage.Read(stream));
        }
        Parameters = core.Parameters.Mirror = new DeviceMirror(device, core.Parameters);
        _constants = device.Allocate(Math.Max(constantFloats, 1) * (long)sizeof(float));
        device.Upload(_constants, core.Constants, constantFloats * (long)sizeof(float));
        _preparedFloats = preparedFloats;
        _prepared = device.Allocate(Math.Max(preparedFloats, 1) * (long)sizeof(float));
    }

    public Device Device { get; }

    public DeviceModule Module { get; }

    public DeviceMirror Parameters { get; }

    public float* Constants => (float*)_constants;

    /// <summary>Parameters in other forms; null where there are none.</summary>
    public float* Prepared => _preparedFloats == 0 ? null : (float*)_prepared;

    public void Dispose()
    {
        Module.Dispose();
        Device.Free(_constants);
        Device.Free(_prepared);
    }
}
