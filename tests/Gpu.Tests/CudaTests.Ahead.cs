using Kiln;
using Kiln.Gpu;
using Xunit;

namespace Gpu.Tests;

// What is copied beside the work, on a stream of its own.
public sealed partial class CudaTests
{
    [FakeCudaFact]
    public void What_is_copied_ahead_has_a_stream_of_its_own_and_the_work_waits_for_it_when_it_is_wanted()
    {
        using var device = CudaDevice.Open();
        var memory = Memory(device, 1, 2, 3);
        _ = FakeCuda.Calls();
        // New memory is cleared by the stream of the work.
        Ahead(device, memory, 4, 5, 6);
        Assert.Equal(["stream 1 beside", $"lock {5 * (4 << 20)} 0", "record", "await event beside", "up 12 beside"], FakeCuda.Calls());
        device.AwaitAhead();
        Assert.Equal(["record beside", "await event"], FakeCuda.Calls());
        Ahead(device, memory, 7, 8, 9);
        Assert.Equal(["up 12 beside"], FakeCuda.Calls());
        Assert.Equal([7, 8, 9], Numbers(device, memory, 3));
    }

    /// <summary>
    /// In each step but an epoch's first the inputs are there: the rows of the next step are copied between the launch and the wait for the loss, and the next launch waits for them.
    /// Two sets of inputs take turns, so that there are two graphs.
    /// </summary>
    [FakeCudaFact]
    public async Task The_next_batch_of_a_fit_is_copied_between_the_launch_and_the_wait()
    {
        using var device = Device.Cuda();
        using var network = new Curve(seed: 1, device: device);
        using var training = network.Train(new Sgd(0.1), batch: 4, threads: 1);
        var (x, y) = (new float[22], new float[22]);
        // Each set of inputs has had a whole batch and a short one twice, and so has its graphs.
        await training.Fit(x, y, epochs: 4);
        var seen = new Seen();
        await training.Fit(x, y, epochs: 1, options: new() { Callbacks = [seen] });

        // Of a step: inputs and numbers (32 bytes), the graph, what follows it.
        string[] start = ["up 16", "up 16", "up 32"], found = ["record beside", "await event", "up 32"], next = ["up 16 beside", "up 16 beside"], last = ["up 8 beside", "up 8 beside"];
        var steps = seen.Steps;
        Assert.Equal(6, steps.Count);
        Assert.Equal(start, steps[0].Before);
        Assert.All(steps.Skip(1), step => Assert.Equal(found, step.Before));
        Assert.All(steps.Take(4), step => Assert.Equal(next, step.Meanwhile));
        Assert.Equal(last, steps[4].Meanwhile);
        Assert.Empty(steps[5].Meanwhile);
    }
    /// <summary>Of each step the copies before the launch of its graph, and those between the launch and what waits for it.</summary>
    private sealed class Seen : TrainingCallback
    {
        public List<(string[] Before, string[] Meanwhile)> Steps { get; } = [];

        public override void OnBegin(TrainingPlan plan) => _ = FakeCuda.Calls();

        public override void OnStep(TrainingProgress progress)
        {
            var calls = FakeCuda.Calls();
            var (launch, end) = (Array.IndexOf(calls, "graph {"), Array.IndexOf(calls, "}"));
            Steps.Add((calls[..launch], [.. calls[(end + 1)..].TakeWhile(call => !call.StartsWith("down", StringComparison.Ordinal)).Where(call => !call.StartsWith("Kernel_", StringComparison.Ordinal))]));
        }
    }

    private static unsafe void Ahead(CudaDevice device, nint target, params float[] values)
    {
        fixed (float* first = values) device.UploadAhead(target, first, values.Length * sizeof(float));
    }

    private static unsafe float[] Numbers(CudaDevice device, nint source, int count)
    {
        var numbers = new float[count];
        fixed (float* first = numbers) device.Download(first, source, count * sizeof(float));
        return numbers;
    }
}
