using System.Buffers;
using Kiln;
using Kiln.Data;
using Kiln.Gpu;
using Xunit;

namespace Gpu.Tests;

/// <summary>Fit on a device: the rows of the next step are gathered and copied while a step is computed, and nothing is to be seen of that but the time.</summary>
public sealed class FitTests
{
    private const int Epochs = 3;

    /// <summary>For what is the same on all devices.</summary>
    private static Device OneDevice => Bench.Devices[0].Device;

    public static TheoryData<string> Data => new("rows", "images", "augmented images", "sequences", "rows over time", "streams");

    /// <summary>Several epochs, whose last batch is short, with a validation between them.</summary>
    [DeviceTheory, MemberData(nameof(Data))]
    public async Task Epochs_have_the_bits_of_the_CPU(string data)
    {
        var expected = await Run(null);
        foreach (var (_, device) in Bench.Devices) Assert.Equal(expected, await Run(device));

        async Task<int[]> Run(Device? device)
        {
            using var learner = Learner.Of(data, device);
            await learner.Fit(Epochs);
            return learner.Bits();
        }
    }

    /// <summary>A GPU may do the work, the copies beside it, or both long after they were submitted: what needs them must wait for them, and what overwrites what they need, too.</summary>
    [FakeCudaTheory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Work_that_is_done_as_late_as_can_be_has_the_bits_of_the_CPU(int late)
    {
        using var device = FakeCuda.OpenRunning(() => CudaDevice.Open(), late);
        foreach (var data in (string[])["rows", "augmented images", "streams"]) Assert.Equal(await Run(data, null), await Run(data, device));

        static async Task<int[]> Run(string data, Device? device)
        {
            using var learner = Learner.Of(data, device);
            await learner.Fit(Epochs);
            return learner.Bits();
        }
    }

    /// <summary>What was gathered for the step that no longer came is forgotten.</summary>
    [DeviceTheory, MemberData(nameof(Data))]
    public async Task A_fit_that_was_cancelled_or_cut_short_goes_on_with_the_same_bits(string data)
    {
        var expected = await Run(null);
        foreach (var (_, device) in Bench.Devices) Assert.Equal(expected, await Run(device));

        async Task<int[]> Run(Device? device)
        {
            using var learner = Learner.Of(data, device);
            using var cancelled = new CancellationTokenSource();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => learner.Fit(1, new() { Callbacks = [new AtStep(2, cancelled.Cancel)] }, cancelled.Token));
            await Assert.ThrowsAsync<IOException>(() => learner.Fit(1, new() { Callbacks = [new AtStep(1, () => throw new IOException())] }));
            await learner.Fit(1, new() { MaxSteps = 2 });
            var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            try
            {
                learner.Training.Save(path);
                using var resumed = Learner.Of(data, device);
                resumed.Training.Load(path);
                await learner.Fit(2);
                await resumed.Fit(2);
                Assert.Equal(learner.Bits(losses: false), resumed.Bits(losses: false));
                return learner.Bits();
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Other rows in the training's memory, between a batch's copy and its step.</summary>
    [DeviceFact]
    public async Task Losses_that_are_asked_for_between_the_steps_leave_the_next_batch_alone()
    {
        Assert.Equal(await Run(null), await Run(OneDevice));

        static async Task<int[]> Run(Device? device)
        {
            using var network = new Stack(seed: 3, device: device);
            using var training = network.Train(new Adam(), batch: 16, threads: 1);
            var (x, labels) = Rows(40);
            var losses = new List<float>();
            await training.Fit(x, labels, Epochs, options: new() { Callbacks = [new AtStep(0, () => losses.Add(training.LearnLoss(x.AsSpan(0, 19 * 20), labels.AsSpan(0, 19))))] });
            return [.. losses.Concat(Weights(network)).Select(BitConverter.SingleToInt32Bits)];
        }
    }

    /// <summary>A loss that is not finite ends the run in its own step, whatever was gathered after it; the next run begins the epoch again.</summary>
    [DeviceFact]
    public async Task A_step_that_fails_leaves_all_as_the_step_before_it()
    {
        Assert.Equal(await Run(null), await Run(OneDevice));

        static async Task<int[]> Run(Device? device)
        {
            using var network = new Stack(seed: 3, device: device);
            using var training = network.Train(new Adam(), batch: 16, threads: 1);
            var (x, labels) = Rows(60);
            var right = x[0];
            x[0] = float.NaN;
            await Assert.ThrowsAsync<NonFiniteLossException>(() => training.Fit(x, labels, Epochs));
            var bits = new List<float>([training.Step, training.Epoch, .. Weights(network)]);
            x[0] = right;
            await training.Fit(x, labels, Epochs);
            return [.. bits.Concat(Weights(network)).Select(BitConverter.SingleToInt32Bits)];
        }
    }

    /// <summary>The rows of step n + 1 are read before the update of step n, but for the first of an epoch.</summary>
    [DeviceFact]
    public async Task Rows_are_gathered_a_step_ahead()
    {
        var (onDevice, onCpu) = (await Run(OneDevice), await Run(null));
        Assert.Equal([0, 0, 1, 2, 4, 4, 5, 6], onDevice);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], onCpu);

        static async Task<long[]> Run(Device? device)
        {
            using var network = new Stack(seed: 3, device: device);
            using var training = network.Train(new Adam(), batch: 16, threads: 1);
            var (x, labels) = Rows(50);
            var steps = new List<long>();
            await training.Fit(new Watched(x, () => steps.Add(training.Step)).Memory, labels, epochs: 2, options: new() { MaxSteps = 7 });
            return [.. steps];
        }
    }

    /// <summary>Rows that cannot be read are a matter of the step that wants them.</summary>
    [DeviceFact]
    public async Task A_batch_that_cannot_be_gathered_fails_in_its_own_step()
    {
        Assert.Equal(await Run(null), await Run(OneDevice));

        static async Task<int[]> Run(Device? device)
        {
            using var network = new Stack(seed: 3, device: device);
            using var training = network.Train(new Adam(), batch: 16, threads: 1);
            var (x, labels) = Rows(60);
            var reads = 0;
            // A batch is read once; the third, which fails, as often as it is tried.
            var watched = new Watched(x, () => { if (++reads > 2) throw new IOException(); });
            await Assert.ThrowsAsync<IOException>(() => training.Fit(watched.Memory, labels));
            Assert.Equal(2, training.Step);
            return [.. Weights(network).Select(BitConverter.SingleToInt32Bits)];
        }
    }

    [DeviceFact]
    public async Task A_step_allocates_nothing()
    {
        using var network = new Stack(seed: 3, device: OneDevice);
        using var training = network.Train(new Adam(), batch: 16, threads: 1);
        var (x, labels) = Rows(160);
        var allocated = new List<long>(1000);
        await training.Fit(new Watched(x, () => allocated.Add(GC.GetAllocatedBytesForCurrentThread())).Memory, labels, epochs: 4);
        // From one batch of the last epoch to the next; the runtime itself now and then allocates a little.
        var last = allocated.TakeLast(9).ToArray();
        Assert.Equal(0, last.Zip(last.Skip(1), (before, after) => after - before).Min());
        Assert.InRange(last[^1] - last[0], 0, 1000);
    }

    private static (float[] X, int[] Labels) Rows(int count) => (Same.Random(count * 20), Numbers(count, 5));

    private static int[] Numbers(int count, int below)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(below))];
    }

    private static float[] Weights(INetwork network) => [.. network.AllParameters.SelectMany(p => p.ToArray())];

    /// <summary>A network that learns from data of some kind.</summary>
    private sealed class Learner(INetwork network, NetworkTraining training, Func<int, FitOptions?, CancellationToken, Task<IReadOnlyList<TrainingProgress>>> fit) : IDisposable
    {
        private readonly List<float> _losses = [];

        public NetworkTraining Training => training;

        public static Learner Of(string data, Device? device)
        {
            if (data.Contains("images", StringComparison.Ordinal))
            {
                var network = new SmallLeNet(seed: 3, device: device);
                var training = network.Train(new Adam(), batch: 8, threads: 2);
                var pixels = new byte[30 * 144];
                new Random(1).NextBytes(pixels);
                var images = new ImageSet(pixels, Numbers(30, 10), 1, 12, 12, 10);
                var changes = data == "images" ? null : new Augmentation().Shift(2).Noise(0.1).FlipHorizontally();
                return new(network, training, (epochs, options, token) => training.Fit(images, epochs, null, images, changes, options, token));
            }
            if (data is "sequences" or "rows over time")
            {
                var network = new Reader(seed: 3, device: device);
                var training = network.Train(new Adam(), batch: 4, threads: 1);
                int[] lengths = [3, 1, 5, 2, 2, 4, 1, 6, 3, 2, 1, 5, 4, 2];
                var labels = Numbers(lengths.Length, 4);
                if (data == "sequences")
                {
                    var set = SequenceSet.OfFrames(Same.Random(7 * lengths.Sum()), lengths, 7).WithLabels(labels, 4);
                    return new(network, training, (epochs, options, token) => training.Fit(set, epochs, null, set, options, token));
                }
                var rows = Same.Random(7 * 6 * lengths.Length);
                return new(network, training, (epochs, options, token) => training.Fit(rows, lengths, labels, epochs, options: options, cancellation: token));
            }
            if (data == "streams")
            {
                var network = new Letters(seed: 3, device: device);
                var training = network.Train(new Adam(), batch: 3, threads: 1);
                var streams = new TokenStreams(Numbers(80, 5), batch: 3, time: 5, vocabulary: 5);
                return new(network, training, (epochs, options, token) => training.Fit(streams, epochs, null, () => streams.Position, options, token));
            }
            else
            {
                var network = new Stack(seed: 3, device: device);
                var training = network.Train(new Adam { AverageDecay = 0.9 }, batch: 16, threads: 1);
                var (x, labels) = Rows(60);
                return new(network, training, (epochs, options, token) => training.Fit(x, labels, epochs, null, (x, labels), options, token));
            }
        }

        public async Task Fit(int epochs, FitOptions? options = null, CancellationToken token = default)
        {
            foreach (var end in await fit(epochs, options, token)) _losses.AddRange([(float)end.Loss, (float)(end.ValidationLoss ?? end.Validation ?? 0)]);
        }

        /// <summary>All that can be seen of it.</summary>
        public int[] Bits(bool losses = true) => [.. (losses ? _losses : []).Append(training.Step).Append(training.Epoch).Concat(Weights(network)).Select(BitConverter.SingleToInt32Bits)];

        public void Dispose()
        {
            training.Dispose();
            network.Dispose();
        }
    }

    /// <summary>Acts after some step of a run, or after all with 0.</summary>
    private sealed class AtStep(int step, Action action) : TrainingCallback
    {
        private int _steps;

        public override void OnStep(TrainingProgress progress)
        {
            if (++_steps == step || step == 0) action();
        }
    }

    /// <summary>Memory that says when it is read.</summary>
    private sealed class Watched(float[] values, Action read) : MemoryManager<float>
    {
        public override Memory<float> Memory => CreateMemory(values.Length);

        public override Span<float> GetSpan()
        {
            read();
            return values;
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
