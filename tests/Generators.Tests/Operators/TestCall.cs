using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests.Operators;

/// <summary>A call of a word as the front end would make it, its arguments written out.</summary>
internal sealed class TestCall(GraphBuilder graph, string name, Node? receiver, params (string Name, object Value)[] arguments) : DslCall(graph, name)
{
    private readonly Dictionary<string, object> _arguments = arguments.ToDictionary(a => a.Name, a => a.Value, StringComparer.OrdinalIgnoreCase);

    public override Node? Receiver => receiver;
    public override LabelsValue? Labels => _arguments.TryGetValue("this", out var labels) ? (LabelsValue)labels : null;
    public override bool IsTraining => Has("training");
    public override bool Has(string name) => _arguments.ContainsKey(name);

    public override T Argument<T>(string name, T fallback) => !_arguments.TryGetValue(name, out var value) ? fallback : (T)(value switch
    {
        int n when typeof(T) == typeof(double) => (double)n,
        int n when typeof(T) == typeof((int, int)) => (n, n),
        int n when typeof(T) == typeof(int[]) => new[] { n },
        (int height, int width) when typeof(T) == typeof(int[]) => new[] { height, width },
        double or int when typeof(T) == typeof(Node) => Graph.Number(Convert.ToDouble(value, null)),
        LabelsValue labels when typeof(T) == typeof(Node) => labels.Node,
        _ => value,
    });

    public override Node Parameter(string suffix, IEnumerable<int> shape, ParameterKind kind, int fanIn, int fanOut, Initializer fallback, bool trainable = true, double scale = 1) =>
        Make?.Invoke(suffix, shape.ToArray()) ?? Graph.Add(new ParameterRead(suffix, shape.ToEquatable()));

    /// <summary>Makes the parameters of that suffix and shape; without it they are called by their suffix.</summary>
    public Func<string, int[], Node>? Make { get; init; }

    public override Node Random(Distribution distribution, bool batched, IEnumerable<int> shape) =>
        Graph.Add(new RandomDraw(distribution, $"draw{Graph.Nodes.Count}", batched, shape.ToEquatable()));

    public override Node RandomOfAllSteps(Distribution distribution, IEnumerable<int> shape, bool single) => Random(distribution, batched: true, shape);

    public override void Assign(Node parameter, Node value)
    {
        if (parameter.Operator is ParameterRead read) Assigned[read.Name] = value;
    }

    /// <summary>What the word assigned, by the parameter's suffix.</summary>
    public Dictionary<string, Node> Assigned { get; } = [];

    /// <summary>The value of this application.</summary>
    public Node Apply() => DslOperators.TryGet(Name, out var op) ? (Node)op.Apply(this)! : throw new ArgumentException($"no word {Name}");

    /// <summary>The value of one application.</summary>
    public static T Of<T>(GraphBuilder graph, string name, Node? receiver, params (string Name, object Value)[] arguments) =>
        DslOperators.TryGet(name, out var op) ? (T)op.Apply(new TestCall(graph, name, receiver, arguments))! : throw new ArgumentException($"no word {name}");

    public static Node Of(GraphBuilder graph, string name, Node? receiver, params (string Name, object Value)[] arguments) => Of<Node>(graph, name, receiver, arguments);
}
