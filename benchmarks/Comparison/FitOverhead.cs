using System.Diagnostics;
using Kiln.Data;

namespace Kiln.Comparison;

/// <summary>What Fit costs beyond its steps: an epoch of the MLP by Fit, with progress, against a bare loop of shuffled gather and Learn, in turns.</summary>
internal static class FitOverhead
{
    private const int Samples = 64 * 100, Batch = 64, Pixels = 784, Rounds = 31;

    public static void Compare()
    {
        Console.WriteLine("# an epoch of 100 steps of 64 samples; medians of 31 rounds, in turns");
        Console.WriteLine("work\tthreads\tFit µs\tbare loop µs\tFit costs");
        foreach (var threads in new[] { 1, 2 })
        {
            var random = new Random(1);
            float[] images = [.. Enumerable.Range(0, Samples * Pixels).Select(_ => random.NextSingle())];
            int[] labels = [.. Enumerable.Range(0, Samples).Select(_ => random.Next(10))];
            using var training = new Mlp(seed: 1).Train(new Sgd(1e-4), Batch, threads);
            var progress = new Quiet();
            var sampler = new BatchSampler(Samples, Batch, seed: 1);
            var (pixels, classes) = (new float[Batch * Pixels], new int[Batch]);
            var (fit, bare) = (new double[Rounds], new double[Rounds]);
            for (var round = -2; round < Rounds; round++)
            {
                var fitTime = Time(() => training.Fit(images, labels, progress: progress).GetAwaiter().GetResult());
                var bareTime = Time(() =>
                {
                    sampler.Start(round + 2);
                    for (var i = 0; i < sampler.Batches; i++)
                    {
                        var samples = sampler[i];
                        for (var n = 0; n < samples.Length; n++)
                        {
                            images.AsSpan(samples[n] * Pixels, Pixels).CopyTo(pixels.AsSpan(n * Pixels));
                            classes[n] = labels[samples[n]];
                        }
                        training.Learn(pixels, classes);
                    }
                });
                if (round < 0) continue;
                (fit[round], bare[round]) = (fitTime, bareTime);
            }
            var (with, without) = (Timing.Median(fit), Timing.Median(bare));
            Console.WriteLine($"fit-overhead\t{threads}\t{with:F0}\t{without:F0}\t{with / without - 1:P1}");
        }
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private sealed class Quiet : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
        }
    }
}
