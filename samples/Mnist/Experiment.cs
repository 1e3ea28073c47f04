using Kiln.Data;

namespace Kiln.Samples.Mnist;

/// <summary>Trains one of the networks, measures it, keeps what was asked for.</summary>
internal static class Experiment
{
    /// <summary>What may happen to a digit without its becoming another. Elastic: Simard, Steinkraus and Platt 2003, half as strong.</summary>
    private static readonly Augmentation Augmentation = new Augmentation().Elastic(17, 4).Scale(0.9, 1.1).Rotate(10).Shift(1.5);

    /// <returns>Whether it went to the end; false where the training was cancelled, and what it had reached was measured and kept.</returns>
    public static async Task<bool> Run(Settings settings, CancellationToken cancellation)
    {
        var (train, test) = DigitSets.Load(settings.Data);
        if (settings.Batch > train.Count)
            throw new InvalidDataException($"--batch {settings.Batch} is more than there are training images: {train.Count}");
        cancellation.ThrowIfCancellationRequested();
        Console.WriteLine($"{train.Count:N0} training images, {test.Count:N0} test images{(settings.Data is null ? ", made here" : "")}");

        var augmentation = settings.Augment ? Augmentation : null;
        using var device = Open(settings.Device);
        if (device is not null) Console.WriteLine($"on {device.Name}");
        using var display = new Display(settings);
        if (settings.Network == "mlp")
        {
            const double rate = 2e-3;
            using var net = new Mlp(settings.Seed, batch: 256, settings.Threads, device: device);
            using var training = net.Train(new Adam(), settings.Batch ?? 64, settings.Threads);
            var options = display.Options(new LinearDecay(share => training.LearningRate = rate * share));
            return await Run(settings, net, display, () => training.Fit(train, settings.Epochs, validation: test, augmentation: augmentation, options: options, cancellation: cancellation), net.Predict, test);
        }
        else
        {
            const double rate = 0.02;
            using var net = new LeNet5(settings.Seed, batch: 256, settings.Threads, device: device);
            using var training = net.Train(new Sgd(rate, momentum: 0.9, nesterov: true), settings.Batch ?? 16, settings.Threads);
            var options = display.Options(new LinearDecay(share => training.LearningRate = rate * share));
            return await Run(settings, net, display, () => training.Fit(train, settings.Epochs, validation: test, augmentation: augmentation, options: options, cancellation: cancellation), net.Predict, test);
        }
    }

    /// <summary>The first device of that kind; null for the CPU.</summary>
    private static Device? Open(string kind) => kind switch { "cuda" => Device.Cuda(0), "opencl" => Device.OpenCl(0), _ => null };

    private delegate void Predict(ReadOnlySpan<byte> images, Span<float> logits);

    private static async Task<bool> Run(Settings settings, INetwork net, Display display, Func<Task> fit, Predict predict, ImageSet test)
    {
        var whole = true;
        try
        {
            await fit();
        }
        catch (OperationCanceledException)
        {
            whole = false;
            Console.Error.WriteLine("cancelled");
        }

        var logits = Logits(predict, test);
        Keep(settings, net, display, Classes(logits, test), logits, test);
        if (settings.Changed)
            ChangedDigits.Show(test, images => Share(Classes(Logits(predict, images), images), images.Labels));
        return whole;
    }

    /// <summary>Writes what was asked for and the accuracy. What cannot be written takes nothing else with it.</summary>
    private static void Keep(Settings settings, INetwork net, Display display, int[] classes, float[] logits, ImageSet test)
    {
        try
        {
            if (settings.Predictions is not null)
                File.WriteAllLines(settings.Predictions, classes.Select(c => c.ToString()));
        }
        finally
        {
            try
            {
                if (settings.Save is not null)
                    net.Save(settings.Save);
            }
            finally
            {
                try
                {
                    display.Save(test, logits, classes);
                }
                finally
                {
                    Console.WriteLine($"test accuracy {100 * Share(classes, test.Labels):F2}%");
                }
            }
        }
    }

    /// <summary>The share of right classes.</summary>
    private static double Share(int[] classes, ReadOnlySpan<int> labels)
    {
        var right = 0;
        for (var i = 0; i < classes.Length; i++)
            right += classes[i] == labels[i] ? 1 : 0;
        return (double)right / classes.Length;
    }

    private static float[] Logits(Predict predict, ImageSet set)
    {
        var logits = new float[set.Count * set.Classes];
        predict(set.Images, logits);
        return logits;
    }

    /// <summary>The class of every image: where its logits are largest.</summary>
    private static int[] Classes(float[] logits, ImageSet set)
    {
        var classes = new int[set.Count];
        for (var i = 0; i < classes.Length; i++)
        {
            var row = logits.AsSpan(i * set.Classes, set.Classes);
            for (var c = 1; c < row.Length; c++)
            {
                if (row[c] > row[classes[i]])
                    classes[i] = c;
            }
        }
        return classes;
    }
}
