using Kiln;
using Kiln.Kernels;
using Xunit;

namespace Gpu.Tests;

/// <summary>Every optimizer, with every option, takes the same steps on a device as on the CPU: parameters and all that it remembers have the same bits.</summary>
public unsafe class OptimizerTests
{
    private const int Steps = 20;

    private static readonly ParameterInfo[] Table = Parameters(
        ("flat", [37], ParameterStorage.Flat), ("matrix", [19, 45], ParameterStorage.Panels), ("dense.weight", [50, 23], ParameterStorage.TransposedPanels),
        ("conv.weight", [21, 3, 2, 2], ParameterStorage.ConvolutionPanels), ("large", [9001], ParameterStorage.Flat), ("frozen", [5], ParameterStorage.Flat));

    private static readonly long Length = Table[^1].Offset + Table[^1].Floats;

    /// <summary>All but the last; another parameter comes only in every second step, and so has a count of steps of its own.</summary>
    private static readonly ParameterRange[] All = ParameterRange.Of(Table, [0, 1, 2, 3, 4]), Some = ParameterRange.Of(Table, [0, 1, 3, 4]);

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    private static readonly Dictionary<string, Func<Optimizer>> Optimizers = new()
    {
        ["Sgd"] = () => new Sgd(0.1),
        ["Sgd, clipped"] = () => new Sgd(0.1) { ClipValue = 0.5, ClipNorm = 3 },
        ["Sgd, largest norm"] = () => new Sgd(0.3) { MaxNorm = 0.9 },
        ["Momentum"] = () => new Sgd(0.1, 0.9) { Schedule = Schedule.Cosine(30), MomentumSchedule = Schedule.OneCycleMomentum(30) },
        ["Nesterov"] = () => new Sgd(0.1, 0.9, nesterov: true) { ClipNorm = 1, Accumulate = 3 },
        ["AdaGrad"] = () => new AdaGrad(0.1),
        ["AdaDelta"] = () => new AdaDelta(),
        ["RmsProp"] = () => new RmsProp(0.01),
        ["RmsProp, momentum"] = () => new RmsProp(0.01, momentum: 0.9),
        ["RmsProp, Nesterov"] = () => new RmsProp(0.01, momentum: 0.9, nesterov: true),
        ["RmsProp, centred"] = () => new RmsProp(0.01, centred: true),
        ["RmsProp, centred, momentum"] = () => new RmsProp(0.01, momentum: 0.9, centred: true),
        ["RmsProp, centred, Nesterov"] = () => new RmsProp(0.01, momentum: 0.9, centred: true, nesterov: true) { AverageDecay = 0.99 },
        ["Adam"] = () => new Adam(0.01) { Accumulate = 2, AverageDecay = 0.9 },
        ["AdamW"] = () => new AdamW(0.01, weightDecay: 0.1) { Groups = [new("*.weight") { Decay = 0, Rate = 0.5 }] },
        ["AmsGrad"] = () => new AmsGrad(0.01) { GradientNoise = new(0.3, 0.55, 7), ClipValue = 1 },
        ["NAdam"] = () => new NAdam(0.01),
        ["Adamax"] = () => new Adamax(0.01) { GradientNoise = new(0.1), ClipNorm = 2, Accumulate = 2 },
        ["Rprop"] = () => new Rprop(0.01),
        ["Lion"] = () => new Lion(0.01, weightDecay: 0.1) { MaxNorm = 2, AverageDecay = 0.5 },
    };

    [DeviceTheory]
    [MemberData(nameof(Names))]
    public void Steps_have_the_bits_of_the_CPU(string name) => Assert.All(Bench.Devices, device => CheckSteps(name, device.Device));

    private static void CheckSteps(string name, Device device)
    {
        using var workers = new Workers(2);
        using var block = Block(1);
        var optimizer = Optimizers[name]();
        using var expected = optimizer.CreateState(Table, Length);
        using var state = optimizer.CreateState(Table, Length);
        using var memory = new DeviceMemory(device, state);
        using var updates = new DeviceUpdates(device, memory.AddressOf);
        memory.Upload(memory.Parameters, block);
        for (var step = 0; step < Steps; step++)
        {
            using var gradients = Block(step + 10);
            var ranges = step % 2 == 0 ? All : Some;
            memory.Upload(memory.Gradients, gradients);
            optimizer.Step(block.Pointer, gradients.Pointer, expected, ranges, workers);
            optimizer.Step(memory.Parameters, memory.Gradients, state, ranges, updates);
        }
        Assert.Equal(expected.Steps.ToArray(), state.Steps.ToArray());
        Same.Bits(new ReadOnlySpan<float>(block.Pointer, (int)Length), memory.Download(memory.Parameters), "parameters");
        foreach (var (slot, i) in state.SlotNames.Select((s, i) => (s, i)))
            Same.Bits(new ReadOnlySpan<float>(expected.Slots[i].Pointer, (int)Length), memory.Download(memory.AddressOf(state.Slots[i])), slot);
    }

    [DeviceTheory]
    [InlineData(0, 0f)]
    [InlineData(36, float.NaN)]
    [InlineData(2000, float.NegativeInfinity)]
    [InlineData(40, -1e20f)]
    public void Numbers_that_are_not_finite_are_found(int place, float number) => Assert.All(Bench.Devices, device => CheckFinite(place, number, device.Device));

    private static void CheckFinite(int place, float number, Device device)
    {
        using var workers = new Workers(1);
        using var block = Block(3);
        block.Pointer[place] = number;
        using var state = new Sgd(1).CreateState(Table, Length);
        using var memory = new DeviceMemory(device, state);
        using var updates = new DeviceUpdates(device, memory.AddressOf);
        memory.Upload(memory.Gradients, block);
        foreach (var ranges in new[] { All, ParameterRange.Of(Table, [3, 4]) })
            Assert.Equal(Optimizer.GradientsAreFinite(block.Pointer, ranges, workers), updates.AreFinite(memory.Gradients, ranges));
    }

    [DeviceTheory, EachDevice]
    public void Squares_that_overflow_have_a_norm(string name)
    {
        var device = Bench.Of(name);
        using var workers = new Workers(1);
        using var block = Block(3);
        for (var i = 0; i < 30; i++) block.Pointer[i] = 1e30f * i;
        using var state = new Sgd(1).CreateState(Table, Length);
        using var memory = new DeviceMemory(device, state);
        using var updates = new DeviceUpdates(device, memory.AddressOf);
        memory.Upload(memory.Gradients, block);
        Assert.Equal(GradientNorm.Compute(block.Pointer, float.PositiveInfinity, All, workers), updates.Norm((float*)memory.Gradients, float.PositiveInfinity, All));
    }

    private static ParameterInfo[] Parameters(params (string Name, int[] Shape, ParameterStorage Storage)[] all)
    {
        var (table, offset) = (new List<ParameterInfo>(), 0L);
        foreach (var (name, shape, storage) in all)
        {
            var length = shape.Aggregate(1, (a, b) => a * b);
            var (depth, columns) = storage switch { ParameterStorage.Panels => (shape[0], shape[1]), ParameterStorage.TransposedPanels => (shape[1], shape[0]), ParameterStorage.ConvolutionPanels => (length / shape[0], shape[0]), _ => (1, length) };
            var floats = depth * Same.Round16(columns);
            table.Add(new ParameterInfo(name, "", shape, storage, offset, floats, Initializer.Zeros, 1, 1, 1, true));
            offset += floats;
        }
        return [.. table];
    }

    /// <summary>Numbers in all parameters, zeros in their pads.</summary>
    private static Arena Block(int seed)
    {
        var block = new Arena(Length);
        var numbers = Same.Random((int)Length, seed);
        foreach (var parameter in Table)
            for (var i = 0; i < parameter.Length; i++) block.Pointer[parameter.Offset + parameter.StorageIndex(i)] = numbers[parameter.Offset + i];
        return block;
    }

    /// <summary>Parameters, gradients and an optimizer's state on the device.</summary>
    private sealed class DeviceMemory : IDisposable
    {
        private readonly Device _device;
        private readonly Dictionary<ParameterBlock, nint> _slots = [];

        public DeviceMemory(Device device, OptimizerState state)
        {
            _device = device;
            (Parameters, Gradients) = (device.Allocate(4 * Length), device.Allocate(4 * Length));
            foreach (var slot in state.Slots) _slots.Add(slot, device.Allocate(4 * Length));
        }

        public nint Parameters { get; }

        public nint Gradients { get; }

        public nint AddressOf(ParameterBlock block) => _slots[block];

        public void Upload(nint target, Arena source) => _device.Upload(target, source.Pointer, 4 * Length);

        public float[] Download(nint source)
        {
            var numbers = new float[Length];
            fixed (float* target = numbers) _device.Download(target, source, 4 * Length);
            return numbers;
        }

        public void Dispose()
        {
            foreach (var address in _slots.Values.Append(Parameters).Append(Gradients)) _device.Free(address);
        }
    }
}
