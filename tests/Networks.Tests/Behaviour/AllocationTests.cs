using Kiln;
using Kiln.Tests;

namespace Networks.Tests.Behaviour;

/// <summary>No program allocates on the managed heap after its first call.</summary>
public sealed class AllocationTests
{
    [Theory, InlineData(1), InlineData(2)]
    public void A_stack(int threads)
    {
        using var net = new LeNet5(seed: 1, batch: 4, threads);
        using var training = net.Train(new Adam(1e-3), batch: 5, threads);
        using var workspace = net.CreateWorkspace(2, threads);
        var (images, labels, logits) = (Some.Numbers(5 * 784), Some.Classes(5, 10), new float[50]);
        Allocates_nothing(() =>
        {
            net.Predict(images, logits);
            workspace.Predict(images, logits);
            training.Learn(images, labels);
            training.LearnLoss(images, labels);
            training.LearnGradients(images, labels);
            training.ApplyLearn();
        });
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Winograds_algorithm(int threads)
    {
        using var net = new Tiled(seed: 1, batch: 4, threads);
        using var training = net.Train(new Adam(1e-3), batch: 5, threads);
        var (images, labels, logits) = (Some.Numbers(5 * 32 * 16 * 16), Some.Classes(5, 4), new float[20]);
        Allocates_nothing(() =>
        {
            net.Predict(images, logits);
            training.Learn(images, labels);
        });
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Every_word_with_windows(int threads)
    {
        using var net = new EveryWindow(seed: 1, batch: 4, threads);
        using var training = net.Train(new Adam(1e-3), batch: 5, threads);
        var (images, labels, logits) = (Some.Numbers(5 * 2 * 11 * 9), Some.Classes(5, 7), new float[35]);
        Allocates_nothing(() =>
        {
            net.Logits(images, logits);
            training.Learn(images, labels);
        });
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Parts_optimizers_and_clipping(int threads)
    {
        using var net = new Gan(1, 8, threads);
        using var training = net.Train(8, judge: new Adam(2e-4, 0.5) { ClipNorm = 1 }, fool: new Sgd(0.1, momentum: 0.9) { ClipValue = 0.5 }, threads: threads);
        var (real, noise, painted) = (Some.Numbers(8 * 12), Some.Numbers(8 * 5), new float[8 * 12]);
        Allocates_nothing(() =>
        {
            net.Paint(noise, painted);
            training.Judge(real, noise);
            training.Fool(noise);
            training.JudgeLoss(real, noise);
            training.FoolGradients(noise);
            training.ApplyFool();
        });
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Running_statistics(int threads)
    {
        using var net = new NormalisedStack(seed: 1, batch: 5, threads);
        using var training = net.Train(new Sgd(0.1), batch: 5, threads);
        var (x, labels, scores) = (Some.Numbers(5 * 70), Some.Classes(5, 4), new float[20]);
        Allocates_nothing(() =>
        {
            net.Predict(x, scores);
            training.Learn(x, labels);
            training.LearnLoss(x, labels);
            training.LearnGradients(x, labels);
            training.ApplyLearn();
        });
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Assignments_trained_inputs_bytes_shapes_and_draws(int threads)
    {
        using var centred = new Centred(1, 8, threads);
        using var learning = centred.Train(new Sgd(0.1), 8, threads);
        using var dreamer = new Dreamer(1, 8, threads);
        using var dreaming = dreamer.Train(8, classify: new Adam(), dream: new RmsProp(), threads: threads);
        using var pixels = new Pixels(1, 2, threads);
        using var reader = new Reader(1, 8, threads);
        using var reading = reader.Train(new AdaGrad(), 8, threads);
        using var sizes = new Sizes(1, 8, threads);
        using var sizing = sizes.Train(new AdaDelta(), 8, threads);
        using var noise = new Noise(1, 8, threads);
        using var shrinking = noise.Train(new Sgd(0.1), 8, threads);
        var (numbers, picture, labels, bytes) = (Some.Numbers(8 * 48), Some.Numbers(8 * 8), Some.Classes(8, 3), Some.Bytes(8 * 15));
        var (floats, classes) = (new float[8 * 20], new int[8]);
        Allocates_nothing(() =>
        {
            learning.Learn(numbers.AsSpan(0, 48), labels);
            learning.Measure(numbers.AsSpan(0, 48));
            dreaming.Classify(numbers.AsSpan(0, 64), labels);
            dreaming.Dream(picture, labels);
            pixels.Classify(bytes, floats.AsSpan(0, 32), classes, floats.AsSpan(32, 4));
            pixels.Answer(bytes, classes);
            reader.Letters(numbers.AsSpan(0, 56), floats);
            reading.Learn(numbers.AsSpan(0, 56), Twenties);
            sizes.Logits(numbers.AsSpan(0, 8 * 36), 6, floats.AsSpan(0, 24));
            sizes.Logits(numbers, 8, floats.AsSpan(0, 24));
            sizing.Learn(numbers.AsSpan(0, 8 * 36), 6, labels);
            sizing.Learn(numbers, 8, labels);
            noise.Sample(8, floats.AsSpan(0, 24));
            shrinking.Shrink(8);
        });
    }

    private static readonly int[] Twenties = Some.Classes(40, 4);

    private static void Allocates_nothing(Action round) => Assert.Equal(0, Allocations.OfEveryCall(round));
}
