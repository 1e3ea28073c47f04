using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// The passes of an optimizer's step over memory of a device: kernels that every device's package brings, a launch for each segment. What changes from step to step is read from device memory.
/// </summary>
internal sealed unsafe class DeviceUpdates : UpdatePasses, IDisposable
{
    private readonly Device _device;
    private readonly Func<ParameterBlock, nint> _addressOf;
    private readonly DeviceModule _module;
    private readonly int[] _kernels;
    private nint _numbers, _partials, _found;
    private float[] _segmentNumbers = [], _partialSums = [];

    /// <param name="device">Holds the memory.</param>
    /// <param name="addressOf">Where a block of an optimizer's state is on the device.</param>
    public DeviceUpdates(Device device, Func<ParameterBlock, nint> addressOf)
    {
        (_device, _addressOf) = (device, addressOf);
        _module = device.Optimizers;
        var numbers = _module.Image.Kernels.Select((kernel, i) => (kernel.Name, i)).ToDictionary(k => k.Name, k => k.i);
        _kernels = [.. Enum.GetNames<UpdateKernel>().Select(name => numbers["Kernel_" + name])];
        _found = device.Allocate(sizeof(int));
    }

    public override void Run(UpdateKernel kernel, ref UpdateArguments arguments)
    {
        var count = arguments.SegmentCount;
        if (count == 0) return;
        Fit(ref _numbers, ref _segmentNumbers, count * UpdateNumbers.Count);
        for (var i = 0; i < count; i++) UpdateNumbers.Write(arguments, arguments.Segments[i], _segmentNumbers.AsSpan(i * UpdateNumbers.Count));
        fixed (float* numbers = _segmentNumbers) _device.Upload(_numbers, numbers, count * UpdateNumbers.Count * (long)sizeof(float));
        for (var i = 0; i < count; i++)
        {
            var (offset, floats) = (arguments.Segments[i].Offset, arguments.Segments[i].Floats);
            // A slot that a formula has not, it does not read.
            var parameters = (nint)(arguments.Parameters + offset);
            nint At(float* block) => block == null ? parameters : (nint)(block + offset);
            Launch(kernel, floats, [parameters, At(arguments.Gradients), At(arguments.Slot0), At(arguments.Slot1), At(arguments.Slot2), _numbers + i * UpdateNumbers.Count * sizeof(float)], [checked((int)floats)]);
        }
    }

    public override float* Place(ParameterBlock block) => (float*)_addressOf(block);

    public override double Norm(float* gradients, float limit, ReadOnlySpan<ParameterRange> ranges)
    {
        var norm = Math.Sqrt(Sum(gradients, limit, 1, ranges));
        return double.IsFinite(norm) ? norm : Math.Sqrt(Sum(gradients, limit, GradientNorm.Downscale, ranges)) / GradientNorm.Downscale;
    }

    /// <summary>The sum of squares: chunks on the device, and their sum in double precision here.</summary>
    private double Sum(float* gradients, float limit, float scale, ReadOnlySpan<ParameterRange> ranges)
    {
        var chunks = 0;
        foreach (var range in ranges) chunks += Chunks(range);
        if (chunks == 0) return 0;
        Fit(ref _partials, ref _partialSums, chunks);
        chunks = 0;
        foreach (var range in ranges)
        {
            Launch(UpdateKernel.Norm, 16L * Chunks(range), [(nint)(gradients + range.Offset), _partials + chunks * sizeof(float)], [checked((int)range.Floats), Bits(limit), Bits(scale)]);
            chunks += Chunks(range);
        }
        fixed (float* partials = _partialSums) _device.Download(partials, _partials, chunks * (long)sizeof(float));
        var sum = 0.0;
        for (var i = 0; i < chunks; i++) sum += _partialSums[i];
        return sum;
    }

    private static int Chunks(ParameterRange range) => checked((int)((range.Floats + GradientNorm.Chunk - 1) / GradientNorm.Chunk));

    public override void AddNoise(GradientNoise noise, float* gradients, float limit, float factor, OptimizerState state, ReadOnlySpan<ParameterRange> ranges)
    {
        for (var p = 0; p < state.Parameters.Length; p++)
        {
            if (!state.Contains(ranges, p)) continue;
            var parameter = state.Parameters[p];
            // The step has been counted.
            var step = state.Steps[p] - 1;
            Launch(UpdateKernel.Noise, (parameter.Length + 3) / 4, [(nint)(gradients + parameter.Offset)],
                [parameter.Length, (int)parameter.Storage, parameter.Depth, parameter.Columns, parameter.KernelPixels, (int)Philox.StreamOf(parameter.Name), (int)noise.Seed, (int)(noise.Seed >> 32), (int)step, (int)(step >> 32), Bits(limit), Bits(factor), Bits((float)noise.DeviationAt(step))]);
        }
    }

    public override void LimitNorms(float* parameters, ParameterInfo[] table, ReadOnlySpan<ParameterRange> ranges, float limit)
    {
        foreach (var range in ranges)
            foreach (var parameter in table)
                if (parameter.Storage != ParameterStorage.Flat && parameter.Offset >= range.Offset && parameter.Offset < range.Offset + range.Floats)
                    Launch(UpdateKernel.LimitNorms, (parameter.Columns + 15) / 16 * 16, [(nint)(parameters + parameter.Offset)], [parameter.Depth, parameter.Columns, Bits(limit)]);
    }

    public override void Clear(float* values, long floats) => _device.Clear((nint)values, floats * sizeof(float));

    /// <summary>Whether every gradient in the ranges is a finite number, and its square. Waits for the device.</summary>
    public bool AreFinite(nint gradients, ReadOnlySpan<ParameterRange> ranges)
    {
        _device.Clear(_found, sizeof(int));
        CheckFinite(gradients, ranges, _found);
        int found;
        _device.Download(&found, _found, sizeof(int));
        return found == 0;
    }

    /// <summary>The same without waiting: the int at an address becomes 1 where one is not.</summary>
    public void CheckFinite(nint gradients, ReadOnlySpan<ParameterRange> ranges, nint flag)
    {
        foreach (var range in ranges) Launch(UpdateKernel.Finite, range.Floats, [gradients + (nint)range.Offset * sizeof(float), flag], [checked((int)range.Floats)]);
    }

    /// <summary>Gives memory back.</summary>
    public void Dispose()
    {
        foreach (var address in new[] { _numbers, _partials, _found })
            if (address != 0) _device.Free(address);
        (_numbers, _partials, _found) = (0, 0, 0);
    }

    private void Launch(UpdateKernel kernel, long threads, ReadOnlySpan<nint> views, ReadOnlySpan<int> numbers)
    {
        var number = _kernels[(int)kernel];
        var group = _module.Image.Kernels[number].Group;
        _device.Launch(_module, number, checked((int)((threads + group - 1) / group)), views, numbers);
    }

    /// <summary>Makes room for so many floats, here and on the device.</summary>
    private void Fit(ref nint address, ref float[] room, int floats)
    {
        if (room.Length >= floats) return;
        if (address != 0) _device.Free(address);
        address = 0;
        room = new float[floats];
        address = _device.Allocate(floats * (long)sizeof(float));
    }

    private static int Bits(float number) => BitConverter.SingleToInt32Bits(number);
}
