using Kiln;

namespace Networks.Tests;

/// <summary>What a training comes to.</summary>
/// <param name="Losses">Of every step.</param>
/// <param name="Logits">Predicted afterwards.</param>
/// <param name="Weights">All of them.</param>
internal sealed record Figures(float[] Losses, float[] Logits, float[] Weights)
{
    public float[][] All => [Losses, Logits, Weights];
}

/// <summary>A hundred steps each of some networks.</summary>
internal static class Trainings
{
    private const int Steps = 100;

    public static Figures ByName(string network, int threads = 1) => network switch
    {
        nameof(Mlp) => Mlp(threads),
        nameof(LeNet5) => LeNet5(threads),
        nameof(Everything) => Everything(threads),
        nameof(EveryWindow) => EveryWindow(threads),
        _ => throw new ArgumentOutOfRangeException(nameof(network), network, "no such network"),
    };

    public static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    private static Figures Mlp(int threads)
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05, momentum: 0.9), batch: 61, threads: threads);
        var (images, labels, logits) = (Numbers(61 * 784, 1), Classes(61, 10), new float[610]);
        return Of(net, logits, () => training.Learn(images, labels), () => net.Predict(images, logits));
    }

    private static Figures LeNet5(int threads)
    {
        using var net = new LeNet5(seed: 1);
        using var training = net.Train(new Adam(1e-3), batch: 37, threads: threads);
        var (images, labels, logits) = (Numbers(37 * 784, 1), Classes(37, 10), new float[370]);
        return Of(net, logits, () => training.Learn(images, labels), () => net.Predict(images, logits));
    }

    private static Figures Everything(int threads)
    {
        using var net = new Everything(seed: 1);
        using var training = net.Train(new Adam(1e-3), batch: 21, threads: threads);
        var (images, labels, logits) = (Numbers(21 * 2 * 11 * 9, 1), Classes(21, 7), new float[147]);
        return Of(net, logits, () => training.Learn(images, labels).Total, () => net.Logits(images, logits));
    }

    private static Figures EveryWindow(int threads)
    {
        using var net = new EveryWindow(seed: 1);
        using var training = net.Train(new Adam(1e-3), batch: 21, threads: threads);
        var (images, labels, logits) = (Numbers(21 * 2 * 11 * 9, 1), Classes(21, 7), new float[147]);
        return Of(net, logits, () => training.Learn(images, labels), () => net.Logits(images, logits));
    }

    private static Figures Of(INetwork net, float[] logits, Func<float> learn, Action predict)
    {
        var losses = Enumerable.Range(0, Steps).Select(_ => learn()).ToArray();
        predict();
        return new Figures(losses, logits, [.. net.AllParameters.SelectMany(p => p.ToArray())]);
    }

    private static int[] Classes(int count, int classes) => [.. Enumerable.Range(0, count).Select(i => i * 7 % classes)];
}
