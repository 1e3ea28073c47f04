using System.Runtime.InteropServices;
using Kiln.Data;
using Kiln.Samples.Mnist;

namespace Kiln.Samples.Deploy;

/// <summary>
/// Trains a hundred steps on digits drawn here and prints a fingerprint of every bit of the weights and of the logits. `dotnet run` and the
/// native executable print the same lines, on all processors with fused multiply-add and for all numbers of threads.
/// </summary>
internal static class SelfCheck
{
    private const int Batch = 64, Steps = 100;

    public static void Run()
    {
        var digits = Digits.Generate(Batch * Steps, seed: 1);
        using var net = new LeNet5(seed: 1, batch: Batch);
        using var training = net.Train(new Adam(), Batch);
        for (var step = 0; step < Steps; step++)
            training.Learn(digits.Images.Slice(step * Batch * 784, Batch * 784), digits.Labels.Slice(step * Batch, Batch));
        var logits = new float[digits.Count * 10];
        net.Predict(digits.Images, logits);

        var weights = net.AllParameters.SelectMany(parameter => parameter.ToArray()).ToArray();
        Console.WriteLine($"weights {Fingerprint(weights):x16}");
        Console.WriteLine($"logits  {Fingerprint(logits):x16}");
    }

    /// <summary>FNV-1a over the bytes.</summary>
    private static ulong Fingerprint(ReadOnlySpan<float> values)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var value in MemoryMarshal.AsBytes(values))
            hash = (hash ^ value) * 0x100000001b3;
        return hash;
    }
}
