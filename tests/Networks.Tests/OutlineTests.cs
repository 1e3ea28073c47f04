namespace Networks.Tests;

/// <summary>A mistake in a network is underlined where it is, and nowhere that the network is used.</summary>
public class OutlineTests
{
    private const string UsesOfStack = """
        using var net = new Net(seed: 1, batch: 2);
        using var loaded = Net.Load("net.safetensors");
        using var workspace = net.CreateWorkspace();
        workspace.Predict(new float[784], new float[10]);
        using var training = net.Train(new Adam(1e-3), batch: 64);
        float loss = training.Learn(new float[784], new int[1]);
        await training.Fit(Digits.Generate(100, seed: 1), epochs: 1, validation: Digits.Generate(100, seed: 2));
        Console.WriteLine(net.Accuracy(Digits.Generate(100, seed: 3)) + Net.Summary + net["dense1.weight"]);
        net.Save("net.safetensors");
        """;

    [Theory]
    [InlineData("Flatten, Dense(-3), Relu, Dense(10), CrossEntropy", "KILN008 -3")]
    [InlineData("Flatten, Dense(), Relu, Dense(10), CrossEntropy", "CS7036 Dense()")]
    [InlineData("Flatten, Dense(\"3\"), Relu, Dense(10), CrossEntropy", "CS1503 \"3\"")]
    [InlineData("Flatten, Conv2D(3, Kernel = 5), CrossEntropy", "KILN007 Conv2D(3, Kernel = 5)")]
    public void In_a_stack(string layers, string mistake) =>
        Assert.Equal([mistake], Errors(UsesOfStack + $"\n[Network, Input(1, 28, 28)]\n[{layers}]\npublic sealed partial class Net;"));

    private const string UsesOfPrograms = """
        using var net = new Net(seed: 1);
        net.Scores(new byte[9], new float[3]);
        net.Best(new float[8], new int[1], new float[1]);
        using var training = net.Train(batch: 64, classify: new Adam(1e-3), push: new Sgd(0.1));
        (float total, float size) = training.Classify(new byte[9], new int[1]);
        training.Push(new float[8]);
        training.Reset();
        training.Dream(new float[8]);
        Console.WriteLine(net.Accuracy(new byte[9], new int[1]) + total + size + training.Step);
        """;

    [Theory]
    [InlineData("x.Dense(W.Length)", "CS1061 Length")]
    [InlineData("x.Dense(3).Tahn()", "CS1061 Tahn")]
    [InlineData("x.Dense(0)", "KILN008 0")]
    [InlineData("x.Dense(3).MatMul(W)", "KILN008 W")]
    [InlineData("y.Dense(3)", "CS0103 y")]
    public void In_a_program(string body, string mistake) => Assert.Equal([mistake], Errors(UsesOfPrograms + $$"""

        [Network]
        public sealed partial class Net
        {
            static readonly Parameter W = new(8, 8);
            [Predict] static Tensor Scores([Bytes, Shape(9)] Tensor x) => {{body}};
            [Predict] static (Labels Class, Tensor Score) Best([Shape(8)] Tensor x) => (x.MatMul(W).ArgMax(), x.MatMul(W).Max());
            [Learn] static (Loss Total, Tensor Size) Classify([Bytes, Shape(9)] Tensor x, [Classes(3)] Labels label) => (Scores(x).CrossEntropy(label), x.Sum());
            [Learn] static Update Push([Shape(8)] Tensor x) => Update.Of(W, x.Outer(x));
            [Learn] static void Reset() => W.Assign(W / 2);
            [Learn] static Loss Dream([Optimized, Shape(8)] Tensor x) => x.MatMul(W).Square().Sum();
        }
        """));

    private static string[] Errors(string source) => CompiledProgram.Errors(source);
}
