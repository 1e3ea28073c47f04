using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Tests.Operators;

namespace Networks.Tests;

// Words with windows over lines, images and volumes.
internal sealed partial class RandomNetwork
{
    /// <summary>The words with windows that it is made of.</summary>
    public HashSet<string> Windows { get; } = [];

    /// <summary>A word with windows of chance; null where they do not fit.</summary>
    private Node? Windowed(GraphBuilder graph, Random random, Node x, int rank, string name)
    {
        // Volumes come about from images.
        if (rank == 3 && random.Next(8) == 0) (x, rank) = (graph.Add(new Reshape([1, .. x.Type.Shape]), x), 4);
        var (word, arguments) = rank == 2 ? OnLine(random, x) : rank == 3 ? OnImage(random, x) : OnVolume(random, x);
        // Far from where all of a window is zero, as a root has no slope there.
        if (word == "LpPool2D") x = graph.Add(new Exp(), graph.Add(new Tanh(), x));
        var kind = word.StartsWith("Conv", StringComparison.Ordinal) && rank < 4 ? ParameterKind.ConvolutionWeight : ParameterKind.Plain;
        try
        {
            var y = new TestCall(graph, word, x, arguments) { Make = (suffix, shape) => Parameter(graph, $"{name}{word}.{suffix}", shape, suffix == "weight" ? kind : ParameterKind.Plain) }.Apply();
            Windows.Add(word);
            return y;
        }
        catch (ShapeException)
        {
            return null;
        }
    }

    private static (string Word, (string, object)[] Arguments) OnLine(Random random, Node x)
    {
        var kernel = 1 + random.Next(4);
        (string, object)[] window = [("kernel", kernel), ("stride", 1 + random.Next(3)), ("padding", random.Next(3) == 0 ? -1 : new[] { random.Next(kernel), random.Next(kernel) })];
        (string, object)[] pool = [.. window, ("ceiling", random.Next(2) == 0)];
        return random.Next(4) switch
        {
            0 => ("MaxPool1D", pool),
            1 => ("AveragePool1D", [.. pool, ("countPadding", random.Next(2) == 0)]),
            2 => ("Conv1D", [.. window, .. Channels(random, x), ("dilation", 1 + random.Next(2))]),
            _ => ("ConvTransposed1D", [.. window, .. Channels(random, x)]),
        };
    }

    private static (string Word, (string, object)[] Arguments) OnImage(Random random, Node x)
    {
        var (height, width) = (1 + random.Next(3), 1 + random.Next(3));
        (int, int) Pair(int least, int choices) => (least + random.Next(choices), least + random.Next(choices));
        (string, object)[] window =
        [
            ("kernel", (height, width)), ("stride", Pair(1, 3)),
            ("padding", random.Next(3) == 0 ? -1 : new[] { random.Next(height), random.Next(width), random.Next(height), random.Next(width) }),
        ];
        (string, object)[] pool = [.. window, ("ceiling", random.Next(2) == 0)];
        return random.Next(12) switch
        {
            0 => ("MaxPool2D", pool),
            1 => ("AveragePool2D", [.. pool, ("countPadding", random.Next(2) == 0)]),
            2 => ("LpPool2D", [.. pool, ("p", 1.0 + random.Next(3))]),
            3 => ("AdaptiveAveragePool2D", [("size", Pair(1, 5))]),
            4 => ("AdaptiveMaxPool2D", [("size", Pair(1, 5))]),
            5 => ("MaxPoolChannels", [("group", 1 + random.Next(3))]),
            6 => ("Upsample2D", [("factor", Pair(1, 3)), ("mode", (Interpolation)random.Next(2))]),
            7 => ("LocallyConnected2D", [.. window, ("channels", 1 + random.Next(3))]),
            8 => ("WeightedAveragePool2D", pool),
            9 or 10 => ("ConvTransposed2D", [.. window, .. Channels(random, x), ("dilation", Pair(1, 2))]),
            _ => ("Conv2D", [.. window, .. Channels(random, x), ("dilation", Pair(1, 2))]),
        };
    }

    private static (string Word, (string, object)[] Arguments) OnVolume(Random random, Node x) => ("Conv3D",
    [
        ("kernel", new[] { 1 + random.Next(2), 1 + random.Next(3), 1 + random.Next(3) }), ("stride", new[] { 1 + random.Next(2), 1, 1 + random.Next(2) }),
        ("padding", new[] { random.Next(2), -1, random.Next(2) }), .. Channels(random, x),
    ]);

    /// <summary>Channels out, in groups where they may be.</summary>
    private static (string, object)[] Channels(Random random, Node x)
    {
        var groups = random.Next(2) == 0 ? x.Type[0] : x.Type[0] % 2 == 0 ? 2 : 1;
        return [("channels", groups * (1 + random.Next(3))), ("groups", groups), ("bias", random.Next(2) == 0)];
    }
}
