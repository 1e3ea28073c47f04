using Kiln;
using Kiln.Training;
using Xunit;

namespace Gpu.Tests;

/// <summary>Trainings through CUDA's driver as a program begins them, by <see cref="Device"/>.Cuda and Fit: kernels run as PTX, steps as graphs, and all has the bits of the CPU.</summary>
public class CudaTrainingTests
{
    private const int Samples = 53, Batch = 16;

    [FakeCudaFact]
    public async Task A_perceptron_learns_and_goes_on_from_its_checkpoint()
    {
        using var cuda = FakeCuda.OpenRunning(() => Device.Cuda());
        Assert.Equal(await Run(null), await Run(cuda));

        static async Task<int[]> Run(Device? device)
        {
            var random = new Random(2);
            var x = Floats(random, Samples * 20);
            var labels = Labels(random, 5);
            using var file = new TemporaryCheckpoint();
            float[] first;
            using (var network = new Stack(seed: 4, batch: Batch, device: device))
            using (var training = network.Train(new Adam(), batch: Batch, threads: 1))
            {
                first = [.. (await training.Fit(x, labels, epochs: 2)).Select(report => (float)report.Loss)];
                training.Save(file.Path);
            }
            using var other = new Stack(seed: 5, batch: Batch, device: device);
            using var more = other.Train(new Adam(), batch: Batch, threads: 1);
            more.Load(file.Path);
            var reports = await more.Fit(x, labels, epochs: 3);
            return Bits([.. first, .. reports.Select(report => (float)report.Loss), .. Weights(other)]);
        }
    }

    [FakeCudaFact]
    public async Task A_convolutional_network_learns_and_goes_on_from_its_checkpoint()
    {
        using var cuda = FakeCuda.OpenRunning(() => Device.Cuda());
        Assert.Equal(await Run(null), await Run(cuda));

        static async Task<int[]> Run(Device? device)
        {
            var random = new Random(2);
            var x = new byte[Samples * 144];
            random.NextBytes(x);
            var labels = Labels(random, 10);
            using var file = new TemporaryCheckpoint();
            float[] first;
            using (var network = new SmallLeNet(seed: 4, batch: Batch, device: device))
            using (var training = network.Train(new Sgd(0.05, momentum: 0.9), batch: Batch, threads: 1))
            {
                first = [.. (await training.Fit(x, labels, epochs: 1)).Select(report => (float)report.Loss)];
                training.Save(file.Path);
            }
            using var other = new SmallLeNet(seed: 5, batch: Batch, device: device);
            using var more = other.Train(new Sgd(0.05, momentum: 0.9), batch: Batch, threads: 1);
            more.Load(file.Path);
            var reports = await more.Fit(x, labels, epochs: 2);
            var output = new float[Samples * 10];
            other.Predict(x, output);
            return Bits([.. first, .. reports.Select(report => (float)report.Loss), .. output, .. Weights(other)]);
        }
    }

    [FakeCudaFact]
    public void From_the_second_step_on_a_step_is_a_graph()
    {
        using var cuda = FakeCuda.OpenRunning(() => Device.Cuda());
        using var network = new Stack(seed: 4, batch: Batch, device: cuda);
        using var training = network.Train(new Sgd(0.1), batch: Batch, threads: 1);
        using var same = new Stack(seed: 4, batch: Batch);
        using var expected = same.Train(new Sgd(0.1), batch: Batch, threads: 1);
        var random = new Random(2);
        var calls = new List<string[]>();
        for (var step = 0; step < 4; step++)
        {
            var (x, labels) = (Floats(random, Batch * 20), Labels(random, 5, Batch));
            _ = FakeCuda.Calls();
            Assert.Equal(expected.Learn(x, labels), training.Learn(x, labels));
            calls.Add(FakeCuda.Calls());
        }
        Assert.DoesNotContain("graph {", calls[0]);
        Assert.Contains(calls[1], call => call.StartsWith("instantiate", StringComparison.Ordinal));
        Assert.All(calls[1..], step => Assert.Contains("graph {", step));
        Assert.DoesNotContain(calls[3], call => call.StartsWith("instantiate", StringComparison.Ordinal));
        Assert.Equal(Bits(Weights(same)), Bits(Weights(network)));
    }

    private sealed class TemporaryCheckpoint : IDisposable
    {
        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());

        public void Dispose() => File.Delete(Path);
    }

    private static float[] Weights(INetwork network) => [.. network.AllParameters.SelectMany(view =>
    {
        var values = new float[view.Length];
        view.CopyTo(values);
        return values;
    })];

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];

    private static int[] Labels(Random random, int classes, int rows = Samples) => [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
}
