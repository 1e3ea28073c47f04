namespace Networks.Tests;

/// <summary>What a network cannot have: one message of Kiln at the call, with the reason. And integers of any type as seeds.</summary>
public class NotGeneratedTests
{
    private const string NoLoss = "[Network, Input(1, 28, 28), Flatten, Dense(10)] public sealed partial class Net;";
    private const string AutoEncoder = "[Network, Input(1, 28, 28), Flatten, Dense(784), MeanSquaredError] public sealed partial class Net;";
    private const string Classifier = "[Network, Input(1, 28, 28), Flatten, Dense(10), CrossEntropy] public sealed partial class Net;";
    private const string Gan = """
        [Network] public sealed partial class Net
        {
            static readonly Dense Generator = new(784), Critic = new(1);
            [Predict] static Tensor Paint([Shape(64)] Tensor noise) => Generator.Apply(noise);
            [Learn(nameof(Critic))] static Loss Judge([Shape(784)] Tensor real) => Critic.Apply(real).BinaryCrossEntropyWithLogits(1).Sum();
            [Learn(nameof(Generator))] static Loss Fool([Shape(64)] Tensor noise) => Critic.Apply(Paint(noise)).BinaryCrossEntropyWithLogits(1).Sum();
        }
        """;

    private const string Assigning = "[Network] public sealed partial class Net { static readonly Parameter W = new(3); [Learn] static void Half() => W.Assign(W / 2); }";

    [Theory]
    [InlineData(NoLoss, "using var t = net.Train(new Adam(), batch: 32, seed: 3);", "KILN030", "'NotGenerated.Train(INetwork, Optimizer?, int, int, Seed?)' is obsolete: 'the network has no such Train.")]
    [InlineData(Assigning, "using var t = net.Train(new Adam());", "KILN030", "is obsolete: 'the network has no such Train.")]
    [InlineData(NoLoss, "Console.WriteLine(net.Accuracy(images));", "KILN034", "is obsolete: 'the network has no Accuracy of these arguments. It has one if a [Learn] method takes one label per sample, [Classes(n)] Labels, or per step of its sequence, and exactly one [Predict] method of one input returns n scores, or Labels.'")]
    [InlineData(AutoEncoder, "Console.WriteLine(net.Accuracy(new float[784], new int[1]));", "KILN034", "the network has no Accuracy")]
    [InlineData(AutoEncoder, "using var t = net.Train(new Adam()); Console.WriteLine(t.Accuracy(images));", "KILN034", "the network has no Accuracy")]
    [InlineData(AutoEncoder, "using var t = net.Train(new Adam()); await t.Fit(images, epochs: 2, validation: images);", "KILN035", "the training has no Fit of images under this name.")]
    [InlineData(Gan, "using var t = net.Train(new Adam()); await t.Fit(images, 2);", "KILN035", "the training has no Fit of images under this name.")]
    [InlineData(Classifier, "await net.Fit(images, epochs: 2);", "KILN035", "a network has no Fit, a training has: network.Train(optimizer).Fit(data).")]
    [InlineData(Classifier, "Console.WriteLine(net.Accuracy(new byte[784], new int[1]));", "KILN034", "the network has no Accuracy of these arguments.")]
    public void One_message_at_the_call(string network, string call, string id, string message)
    {
        var error = Assert.Single(CompiledProgram.Diagnostics($"using var net = new Net(); var images = Digits.Generate(10, 1);\n{call}\n{network}"));
        Assert.Equal(id, error.Id);
        Assert.Contains(message, error.GetMessage());
        Assert.Equal(1, error.Location.GetLineSpan().StartLinePosition.Line - 1);
    }

    /// <summary>An extension method of the user's own is closer than the message.</summary>
    [Fact]
    public void Ones_own_extension_methods_come_first() => Assert.Empty(CompiledProgram.Errors($$"""
        using var net = new Net(); using var training = net.Train(new Adam()); var images = Digits.Generate(10, 1);
        Console.WriteLine(net.Accuracy(images) + net.Accuracy(new float[784], new int[1]));
        training.Fit(images);
        {{AutoEncoder}}
        static class Mine
        {
            public static double Accuracy(this Net net, ImageSet images) => 0;
            public static double Accuracy(this Net net, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels) => 0;
            public static void Fit(this Net.Training training, ImageSet images) { }
        }
        """));

    [Fact]
    public void Seeds_are_integers_of_any_type() => Assert.Empty(CompiledProgram.Errors($$"""
        int i = -1; uint u = 1; long l = 1; ulong g = 1; short s = 1; ushort h = 1; byte b = 1; sbyte y = 1; char c = 'a'; int? none = null;
        _ = new Net(i); _ = new Net(u); _ = new Net(l); _ = new Net(g); _ = new Net(s); _ = new Net(h); _ = new Net(b); _ = new Net(y); _ = new Net(c);
        using var net = new Net(seed: 42, batch: 3);
        using var training = net.Train(new Adam(), seed: i); net.Train(new Adam(), seed: l); net.Train(new Adam(), seed: none); net.Train(new Adam(), seed: Random.Shared.Next());
        using var workspace = net.CreateWorkspace(seed: i);
        _ = Digits.Generate(10, i); _ = new BatchSampler(10, 3, i); _ = KFold.Split(10, 3, i);
        _ = new Other(i); _ = new Other(3); _ = new Other(3UL);
        {{Classifier}}
        [Network, Input(4), Dense(3), CrossEntropy]
        public sealed partial class Other
        {
            public Other(int seed, string name = "") : this((Seed)seed) { }
        }
        """));
}
