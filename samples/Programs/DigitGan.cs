namespace Kiln.Samples.Programs;

/// <summary>Goodfellow et al. 2014: a generator paints digits from noise, a critic tells them from real ones; each learns from the other.</summary>
[Network]
public sealed partial class DigitGan
{
    static readonly Sequential Generator = new(new Dense(256), new Relu(), new Dense(784), new Sigmoid());
    static readonly Sequential Critic = new(new Dense(256), new LeakyRelu(0.2), new Dense(1));

    [Predict]
    static Tensor Paint([Shape(64)] Tensor noise) => Generator.Apply(noise);

    [Learn(nameof(Critic))]
    static Loss Judge([Shape(784)] Tensor real, [Shape(64)] Tensor noise) =>
        (Critic.Apply(real).BinaryCrossEntropyWithLogits(1) + Critic.Apply(Paint(noise)).BinaryCrossEntropyWithLogits(0)).Sum();

    [Learn(nameof(Generator))]
    static Loss Fool([Shape(64)] Tensor noise) => Critic.Apply(Paint(noise)).BinaryCrossEntropyWithLogits(1).Sum();

    internal static void Run(Sample sample)
    {
        using var net = new DigitGan(seed: 1, Sample.Batch);
        using var training = net.Train(Sample.Batch, judge: new Adam(2e-4, 0.5), fool: new Adam(2e-4, 0.5));
        var random = new Random(1);
        var noise = new float[Sample.Batch * 64];
        sample.Learn(6000, "generator's loss", () =>
        {
            Draw(random, noise);
            training.Judge(sample.Images, noise);
            Draw(random, noise);
            return training.Fool(noise);
        });

        var pictures = new float[Sample.Batch * Sample.Pixels];
        net.Paint(noise, pictures);
        sample.Write(pictures);
    }

    private static void Draw(Random random, float[] noise)
    {
        for (var i = 0; i < noise.Length; i++)
            noise[i] = 2 * random.NextSingle() - 1;
    }
}
