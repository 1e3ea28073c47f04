using Kiln.Data;

namespace Kiln.Seeing.Tests;

/// <summary>A network that learns in no time: images of 4×4 pixels, whose brighter half is their class.</summary>
[Network(Activations = true), Input(1, 4, 4, Bytes = true)]
[Flatten, Dense(6), Tanh, Dense(2)]
[CrossEntropy]
public sealed partial class Small
{
    public const int Count = 40, Batch = 8, Steps = Count / Batch;

    public static ImageSet Images { get; } = Make();

    private static ImageSet Make()
    {
        var (pixels, labels) = (new byte[Count * 16], new int[Count]);
        for (var i = 0; i < Count; i++)
        {
            labels[i] = i % 2;
            for (var p = 0; p < 16; p++) pixels[i * 16 + p] = (byte)((p / 8 == labels[i] ? 200 : 40) + (i * 7 + p * 3) % 40);
        }
        return new ImageSet(pixels, labels, channels: 1, height: 4, width: 4, classes: 2);
    }
}

/// <summary>States of a made-up run, for what is shown of it.</summary>
internal static class Made
{
    public static TrainingPlan Plan(int epochs = 3, string network = "Made") => new(network, [], 100, 10, 1, epochs, 10);

    public static TrainingProgress At(int epoch, int step, double loss, int epochs = 3) => new(epoch, epochs, step, 10, loss, 1234.5, null, null)
    {
        StepLoss = loss,
        TotalSteps = (epoch - 1) * 10 + step,
        LearningRate = 0.002,
    };

    /// <summary>Calls what a Fit calls.</summary>
    public static void Run(TrainingCallback callback, int epochs, Func<int, TrainingProgress, TrainingProgress> change, TrainingPlan? plan = null)
    {
        callback.OnBegin(plan ?? Plan(epochs));
        var ends = new List<TrainingProgress>();
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            for (var step = 1; step <= 10; step++) callback.OnStep(change(epoch, At(epoch, step, 1.0 / epoch, epochs)));
            ends.Add(change(epoch, At(epoch, 10, 1.0 / epoch, epochs)));
            callback.OnEpoch(ends[^1]);
        }
        callback.OnEnd(ends);
    }
}

/// <summary>Time that passes where the test says so.</summary>
internal sealed class Clock : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + _now);

    public void Pass(double seconds) => _now += (long)(1000 * seconds);
}
