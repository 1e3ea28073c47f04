using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>Two programs that train two parts against each other.</summary>
[Network]
public sealed partial class Gan
{
    static readonly Sequential Generator = new(new Dense(9), new Relu(), new Dense(12), new Sigmoid());
    static readonly Sequential Critic = new(new Dense(7), new LeakyRelu(0.2), new Dropout(0.25), new Dense(1));

    [Predict] static Tensor Paint([Shape(5)] Tensor noise) => Generator.Apply(noise);

    [Learn(nameof(Critic))]
    static Loss Judge([Shape(12)] Tensor real, [Shape(5)] Tensor noise) =>
        (Critic.Apply(real).BinaryCrossEntropyWithLogits(1) + Critic.Apply(Paint(noise)).BinaryCrossEntropyWithLogits(0)).Sum();

    [Learn(nameof(Generator))]
    static Loss Fool([Shape(5)] Tensor noise) => Critic.Apply(Paint(noise)).BinaryCrossEntropyWithLogits(1).Sum();
}

/// <summary>A running mean that a program assigns beside its loss, and one that another only assigns.</summary>
[Network]
public sealed partial class Centred
{
    static readonly Parameter Mean = new(6) { Trainable = false }, Largest = new() { Trainable = false };
    static readonly Dense Head = new(3);

    [Predict] static Tensor Logits([Shape(6)] Tensor x) => Head.Apply(x - Mean);

    [Learn]
    static (Loss Loss, Tensor Confidence) Learn([Shape(6)] Tensor x, [Classes(3)] Labels label)
    {
        Mean.Assign(0.9 * Mean + 0.1 * x.BatchMean());
        var logits = Logits(x);
        return (logits.CrossEntropy(label), logits.Softmax().Max());
    }

    [Learn] static void Measure([Shape(6)] Tensor x) => Largest.Assign(Largest + x.Sum().BatchMean());
}

/// <summary>A loss, and a value assigned beside it that is no number where the input is zero.</summary>
[Network]
public sealed partial class Scaled
{
    static readonly Dense Head = new(3);
    static readonly Parameter Direction = new(4) { Trainable = false };

    [Predict] static Tensor Scores([Shape(4)] Tensor x) => Head.Apply(x) + Direction.Sum();

    [Learn]
    static Loss Learn([Shape(4)] Tensor x)
    {
        var mean = x.BatchMean();
        Direction.Assign(mean / mean.Abs().Sum());
        return Scores(x).Square().Sum();
    }
}

/// <summary>A stack with dropout.</summary>
[Network, Input(6)]
[Dense(16), Relu, Dropout(0.5), Dense(3), CrossEntropy]
public sealed partial class Forgetful;

/// <summary>An input that is trained.</summary>
[Network]
public sealed partial class Dreamer
{
    [Predict] static Tensor Logits([Shape(8)] Tensor x) => x.Dense(5).Softplus().Dense(3);
    [Learn] static Loss Classify([Shape(8)] Tensor x, [Classes(3)] Labels label) => Logits(x).CrossEntropy(label);
    [Learn] static Loss Dream([Optimized, Shape(8)] Tensor picture, [Classes(3)] Labels label) => Logits(picture).CrossEntropy(label) + 0.01 * picture.Square().Sum();
}

/// <summary>Bytes in, a tuple and classes out.</summary>
[Network]
public sealed partial class Pixels
{
    static readonly Dense Head = new(4);
    static readonly Parameter Shift = new(4);

    [Predict]
    static (Tensor Scores, Labels Best, Tensor Bias) Classify([Bytes, Shape(1, 3, 5)] Tensor image)
    {
        var scores = Head.Apply(image.Flatten());
        return (scores + Shift, scores.ArgMax(), Shift);
    }

    [Predict] static Labels Answer([Bytes, Shape(1, 3, 5)] Tensor image) => Head.Apply(image.Flatten()).ArgMax();
    [Learn] static Loss Learn([Bytes, Shape(1, 3, 5)] Tensor image, [Classes(4)] Labels label) => (Head.Apply(image.Flatten()) + Shift).CrossEntropy(label);
}

/// <summary>Five labels per sample.</summary>
[Network]
public sealed partial class Reader
{
    [Predict] static Tensor Letters([Shape(7)] Tensor x) => x.Dense(20).Reshape(5, 4);
    [Learn] static Loss Learn([Shape(7)] Tensor x, [Shape(5), Classes(4)] Labels text) => Letters(x).CrossEntropy(text).Mean();
}

/// <summary>One set of weights for images of two sizes.</summary>
[Network]
public sealed partial class Sizes
{
    [Predict] static Tensor Logits([Shape(1, 6, 6), Shape(1, 8, 6)] Tensor image) => image.Conv2D(4, kernel: 3).Relu().GlobalAveragePool().Dense(3);
    [Learn] static Loss Learn([Shape(1, 6, 6), Shape(1, 8, 6)] Tensor image, [Classes(3), Shape, Shape] Labels label) => Logits(image).CrossEntropy(label);
}

/// <summary>A program without input: the caller says how many rows.</summary>
[Network]
public sealed partial class Noise
{
    static readonly Dense Layer = new(3);
    [Predict] static Tensor Sample() => Layer.Apply(Tensor.Normal(4));
    [Learn] static Loss Shrink() => Layer.Apply(Tensor.Normal(4)).Square().Sum();
}

/// <summary>Predictions with dropout: as many opinions as calls.</summary>
[Network]
public sealed partial class MonteCarlo
{
    [Predict] static Tensor Scores([Shape(16)] Tensor x) => x.Dropout(0.5);
    [Predict] static Tensor Opinion([Shape(16)] Tensor x) => Mode.Training(() => Scores(x));
}

/// <summary>A loss whose gradient is not a number where the loss is zero.</summary>
[Network]
public sealed partial class Root
{
    static readonly Parameter Weight = new(4) { Initializer = Initializer.Ones };
    [Predict] static Tensor Length([Shape(4)] Tensor x) => (x * Weight).Square().Sum().Sqrt();
    [Learn] static Loss Learn([Shape(4)] Tensor x) => Length(x);
    [Learn] static Loss Move([Optimized, Shape(4)] Tensor x) => Length(x);
}

/// <summary>What the tests feed them, and what they look at.</summary>
internal static class Some
{
    public static float[] Numbers(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }

    public static int[] Classes(int count, int classes) => [.. Enumerable.Range(0, count).Select(i => i * 7 % classes)];

    public static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 37))];

    /// <summary>All weights, bit for bit.</summary>
    public static int[] Bits(this INetwork network) => [.. network.AllParameters.SelectMany(p => p.ToArray()).Select(BitConverter.SingleToInt32Bits)];
}
