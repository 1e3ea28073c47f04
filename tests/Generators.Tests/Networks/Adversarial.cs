using Kiln;
namespace Networks.Adversarial;

[Network]
public sealed partial class DigitGan
{
    static readonly Sequential Generator = new(new Dense(256), new Relu(), new Dense(784), new Sigmoid());
    static readonly Sequential Critic = new(new Dense(256), new LeakyRelu(0.2), new Dense(1));

    [Predict] static Tensor Paint([Shape(64)] Tensor noise) => Generator.Apply(noise);

    [Learn(nameof(Critic))]
    static Loss Judge([Shape(784)] Tensor real, [Shape(64)] Tensor noise) =>
        Critic.Apply(real).BinaryCrossEntropyWithLogits(1) + Critic.Apply(Paint(noise)).BinaryCrossEntropyWithLogits(0);

    [Learn(nameof(Generator))]
    static Loss Fool([Shape(64)] Tensor noise) => Critic.Apply(Paint(noise)).BinaryCrossEntropyWithLogits(1);
}

// Batch norm in both; noise made inside
[Network]
public sealed partial class Dcgan
{
    static readonly Sequential Generator = new(
        new Dense(7 * 7 * 32), new BatchNorm(), new Relu(), new Reshape(32, 7, 7),
        new ConvTransposed2D(16) { Kernel = 4, Stride = 2, Padding = 1 }, new BatchNorm(), new Relu(), new ConvTransposed2D(1) { Kernel = 4, Stride = 2, Padding = 1 }, new Tanh());
    static readonly Sequential Discriminator = new(
        new Conv2D(16) { Kernel = 4, Stride = 2, Padding = 1 }, new LeakyRelu(0.2), new Conv2D(32) { Kernel = 4, Stride = 2, Padding = 1 }, new BatchNorm(), new LeakyRelu(0.2), new Flatten(), new Dense(1));
    static Tensor Fake() => Generator.Apply(Tensor.Normal(100));

    [Predict] static Tensor Paint([Shape(100)] Tensor z) => Generator.Apply(z);
    [Learn(nameof(Discriminator))]
    static (Loss Total, Tensor Real, Tensor Fake) Judge([Shape(1, 28, 28)] Tensor image)
    {
        var (real, fake) = (Discriminator.Apply(image), Discriminator.Apply(Fake()));
        return (real.BinaryCrossEntropyWithLogits(1) + fake.BinaryCrossEntropyWithLogits(0), real.Sigmoid(), fake.Sigmoid());
    }
    [Learn(nameof(Generator))] static Loss Fool() => Discriminator.Apply(Fake()).BinaryCrossEntropyWithLogits(1);
}

// Gradient penalty: the gradient of a gradient
[Network]
public sealed partial class WassersteinGan
{
    static readonly Sequential Generator = new(new Dense(128), new Relu(), new Dense(2)), Critic = new(new Dense(128), new LeakyRelu(), new Dense(128), new LeakyRelu(), new Dense(1));
    [Learn(nameof(Critic))]
    static Loss Judge([Shape(2)] Tensor real)
    {
        var fake = Generator.Apply(Tensor.Normal(16));
        var mix = fake + Tensor.Uniform(1) * (real - fake);
        var slope = Critic.Apply(mix).Gradient(mix).Square().Sum().Sqrt();
        return (Critic.Apply(fake) - Critic.Apply(real)).Sum() + 10 * (slope - 1).Square();
    }
    [Learn(nameof(Generator))] static Loss Fool() => -Critic.Apply(Generator.Apply(Tensor.Normal(16))).Sum();
}

public static class GanHost
{
    public static void Run(float[] real, float[] noise, float[] pictures)
    {
        using var net = new DigitGan(seed: 1, batch: 64);
        using var training = net.Train(batch: 64, judge: new Adam(2e-4, 0.5), fool: new Adam(2e-4, 0.5));
        for (var step = 0; step < 1000; step++) { training.Judge(real, noise); training.Fool(noise); }
        net.Paint(noise, pictures);

        using var dc = new Dcgan();
        using var t = dc.Train(batch: 64, judge: new Adam(2e-4, 0.5), fool: new Adam(2e-4, 0.5));
        var (total, judgedReal, judgedFake) = t.Judge(real);
        t.Fool();
    }
}
