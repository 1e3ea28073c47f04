using Kiln;
using Kiln.Data;
using Kiln.Gpu;
using Kiln.Training;
using Xunit;

namespace Gpu.Tests;

/// <summary>Whole networks on a device through their generated classes: each loss, each weight and each prediction has the bits that it has on the CPU.</summary>
public class TrainingTests
{
    private const int Rows = 21, Steps = 5;

    public static TheoryData<string> Optimizers => new("Adam", "Sgd", "RmsProp", "Lion");

    private static Optimizer Create(string name) => name switch
    {
        "Adam" => new Adam { ClipNorm = 1, AverageDecay = 0.9 },
        "Sgd" => new Sgd(0.05, momentum: 0.9) { Accumulate = 2, ClipValue = 0.1 },
        "RmsProp" => new RmsProp(1e-3) { GradientNoise = new GradientNoise(0.1) },
        _ => new Lion(1e-3) { MaxNorm = 0.5 },
    };

    [DeviceTheory, MemberData(nameof(Optimizers))]
    public void A_stack_learns_to_the_same_bits(string optimizer)
    {
        var expected = Run(null);
        Assert.All(Bench.Devices, device => Assert.Equal(expected, Run(device.Device)));

        int[] Run(Device? device)
        {
            using var network = new Stack(seed: 3, batch: Rows, device: device);
            using var training = network.Train(Create(optimizer), batch: Rows, threads: 1);
            var random = new Random(1);
            var bits = new List<float>();
            for (var step = 0; step < Steps; step++) bits.Add(training.Learn(Floats(random, Rows * 20), Labels(random, 5)));
            bits.Add(training.LearnLoss(Floats(random, 50 * 20), Labels(random, 5, 50)));
            bits.Add(training.EvaluateLearn(Floats(random, 50 * 20), Labels(random, 5, 50)));
            var output = new float[50 * 5];
            network.Predict(Floats(random, 50 * 20), output);
            return Bits([.. bits, .. output, .. Weights(network)]);
        }
    }

    [DeviceTheory, EachDevice]
    public void A_convolutional_network_learns_to_the_same_bits(string name)
    {
        Assert.Equal(Run(null), Run(Bench.Of(name)));

        static int[] Run(Device? device)
        {
            using var network = new SmallLeNet(seed: 3, batch: 4, device: device);
            using var training = network.Train(new AdamW(), batch: Rows, threads: 1);
            var random = new Random(1);
            var bits = new List<float>();
            for (var step = 0; step < Steps; step++) bits.Add(training.Learn(Bytes(random, Rows * 144), Labels(random, 10)));
            var output = new float[Rows * 10];
            network.Predict(Bytes(random, Rows * 144), output);
            return Bits([.. bits, .. output, .. Weights(network)]);
        }
    }

    [DeviceTheory, EachDevice]
    public void A_recurrent_network_learns_to_the_same_bits(string name)
    {
        Assert.Equal(Run(null), Run(Bench.Of(name)));

        static int[] Run(Device? device)
        {
            using var network = new Reader(seed: 3, batch: 6, device: device);
            using var training = network.Train(new Adam(), batch: 6, threads: 1);
            var random = new Random(1);
            var bits = new List<float>();
            foreach (var steps in new[] { 5, 3, 5, 8 })
            {
                var lengths = Enumerable.Range(0, 6).Select(i => i == 2 ? steps : random.Next(1, steps + 1)).ToArray();
                bits.Add(training.Learn(Floats(random, 6 * steps * 7), lengths, Labels(random, 4, 6)));
            }
            var output = new float[6 * 4];
            network.Predict(Floats(random, 6 * 4 * 7), [4, 1, 3, 2, 4, 2], output);
            return Bits([.. bits, .. output, .. Weights(network)]);
        }
    }

    [DeviceTheory, EachDevice]
    public void States_and_assigned_values_are_kept(string name)
    {
        Assert.Equal(Run(null), Run(Bench.Of(name)));

        static int[] Run(Device? device)
        {
            using var network = new Stream(seed: 3, batch: 3, device: device);
            using var training = network.Train(new Sgd(0.1), batch: 3, threads: 1);
            var random = new Random(1);
            var values = new List<float>();
            for (var step = 0; step < Steps; step++)
            {
                values.Add(training.Fit(Floats(random, 9), Floats(random, 6)));
                var output = new float[6];
                network.Next(Floats(random, 9), output);
                values.AddRange(output);
            }
            return Bits([.. values, .. Weights(network)]);
        }
    }

    /// <summary>In TensorFloat32 on the device, in float32 on the CPU.</summary>
    [DeviceTheory, EachDevice]
    public async Task A_network_with_rounded_products_learns_as_well(string name)
    {
        var (train, test) = (Digits.Generate(1000, seed: 1), Digits.Generate(500, seed: 2));
        var (exact, rounded) = (await Run(null), await Run(Bench.Of(name)));
        Assert.InRange(exact.Accuracy, 0.8, 1);
        Assert.InRange(rounded.Accuracy, exact.Accuracy - 0.01, 1);
        Assert.NotEqual(exact.Weights, rounded.Weights);

        async Task<(double Accuracy, int[] Weights)> Run(Device? device)
        {
            using var network = new RoundedDigits(seed: 3, batch: 50, device: device);
            using var training = network.Train(new Adam(1e-2), batch: 50, threads: 1);
            await training.Fit(train, epochs: 3);
            return (network.Accuracy(test), Bits(Weights(network)));
        }
    }

    /// <summary>They search on the host, and ask the device for losses, gradients and curvature.</summary>
    [DeviceTheory, EachDevice]
    public void An_optimizer_over_all_rows_takes_the_same_path(string name)
    {
        Assert.Equal(Run(null), Run(Bench.Of(name)));

        static int[] Run(Device? device)
        {
            using var network = new Curve(seed: 3, batch: Rows, device: device);
            using var training = network.Train(new LBfgs(), batch: Rows, threads: 1);
            var random = new Random(1);
            var (x, y) = (Floats(random, Rows), Floats(random, Rows));
            return Bits([.. Enumerable.Range(0, Steps).Select(_ => training.Learn(x, y)), .. Weights(network)]);
        }
    }

    [DeviceTheory, EachDevice]
    public void Weights_move_between_host_and_device_when_they_are_wanted(string name)
    {
        using var network = new Stack(seed: 3, batch: Rows, device: Bench.Of(name));
        using var same = new Stack(seed: 3, batch: Rows);
        using var training = network.Train(new Adam(), batch: Rows, threads: 1);
        using var expected = same.Train(new Adam(), batch: Rows, threads: 1);
        var random = new Random(1);
        var (x, labels) = (Floats(random, Rows * 20), Labels(random, 5));
        Assert.Equal(expected.Learn(x, labels), training.Learn(x, labels));

        // A weight that the host sets is the device's; a gradient too.
        foreach (var changed in new[] { network, same })
        {
            var bias = changed["dense1.bias"];
            var values = new float[bias.Length];
            bias.CopyTo(values);
            values[1] = 0.5f;
            bias.CopyFrom(values);
        }
        Assert.Equal(expected.LearnGradients(x, labels), training.LearnGradients(x, labels));
        Assert.Equal(Bits(Values(expected.Gradients["dense1.weight"])), Bits(Values(training.Gradients["dense1.weight"])));
        expected.ApplyLearn();
        training.ApplyLearn();
        Assert.Equal(Bits(Weights(same)), Bits(Weights(network)));

        // A checkpoint of the device goes on on the CPU, and the other way round.
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            training.Save(file);
            expected.Learn(Floats(random, Rows * 20), labels);
            expected.Load(file);
            Assert.Equal(training.Learn(x, labels), expected.Learn(x, labels));
            Assert.Equal(Bits(Weights(same)), Bits(Weights(network)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [DeviceTheory, EachDevice]
    public async Task A_fit_runs_on_the_device(string name)
    {
        Assert.Equal(await Run(null), await Run(Bench.Of(name)));

        static async Task<int[]> Run(Device? device)
        {
            using var network = new Stack(seed: 3, batch: Rows, device: device);
            using var training = network.Train(new Adam { AverageDecay = 0.9 }, batch: 16, threads: 1);
            var random = new Random(1);
            var (x, labels) = (Floats(random, 60 * 20), Labels(random, 5, 60));
            var reports = await training.Fit(x, labels, epochs: 2, validation: (x, labels));
            training.SwapAverages();
            return Bits([.. reports.Select(r => (float)r.Loss), .. reports.Select(r => (float)r.ValidationLoss!.Value), .. Weights(network)]);
        }
    }

    [DeviceTheory, EachDevice]
    public void A_step_that_is_not_finite_changes_nothing(string name)
    {
        using var network = new Stack(seed: 3, batch: Rows, device: Bench.Of(name));
        using var training = network.Train(new Adam(), batch: Rows, threads: 1);
        var random = new Random(1);
        var (x, labels) = (Floats(random, Rows * 20), Labels(random, 5));
        training.Learn(x, labels);
        var before = Bits(Weights(network));
        var wrong = x.ToArray();
        wrong[7] = float.NaN;
        Assert.Throws<NonFiniteLossException>(() => training.Learn(wrong, labels));
        Assert.Equal(before, Bits(Weights(network)));
    }

    [DeviceTheory, EachDevice]
    public void A_device_that_was_disposed_of_is_named(string name)
    {
        Device device = name == "PTX" ? FakeCuda.OpenRunning(() => CudaDevice.Open()) : OpenClDevice.Open();
        var network = new Curve(seed: 3, batch: Rows, device: device);
        var training = network.Train(new Adam(), batch: Rows, threads: 1);
        training.Learn(new float[Rows], new float[Rows]);
        device.Dispose();
        var error = Assert.Throws<ObjectDisposedException>(() => training.Learn(new float[Rows], new float[Rows]));
        Assert.Equal(device.Name, error.ObjectName);
        Assert.StartsWith("The device was disposed of", error.Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => new Curve(device: device));
        training.Dispose();
        network.Dispose();
        device.Dispose();
    }

    /// <summary>Two networks on one device, each in a thread of its own.</summary>
    [DeviceTheory, EachDevice]
    public void Networks_share_a_device(string name)
    {
        var expected = Learn(null);
        var results = new int[2][];
        Parallel.For(0, 2, i => results[i] = Learn(Bench.Of(name)));
        Assert.All(results, bits => Assert.Equal(expected, bits));

        static int[] Learn(Device? device)
        {
            using var network = new Curve(seed: 3, batch: Rows, device: device);
            using var training = network.Train(new Adam(), batch: Rows, threads: 1);
            var random = new Random(1);
            return Bits([.. Enumerable.Range(0, 20).Select(_ => training.Learn(Floats(random, Rows), Floats(random, Rows))), .. Weights(network)]);
        }
    }

    private static float[] Weights(INetwork network) => [.. network.AllParameters.SelectMany(Values)];

    private static float[] Values(ParameterView view)
    {
        var values = new float[view.Length];
        view.CopyTo(values);
        return values;
    }

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static int[] Labels(Random random, int classes, int rows = Rows) => [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
}
