using Kiln.Generators.Operators;

namespace Kiln.Generators.Graph;

/// <summary>One value of a program: an operator applied to earlier values of the same graph.</summary>
/// <param name="Id">Its index in <see cref="Graph.Nodes"/>; inputs have lower ones.</param>
/// <param name="Origin">The user's expression or layer it came from, for comments in the emitted code: <c>x.Dense(120)</c>.</param>
internal sealed record Node(int Id, Operator Operator, EquatableArray<int> Inputs, TensorType Type, string Origin)
{
    public override string ToString() => $"%{Id} = {Operator}({string.Join(", ", Inputs.Select(i => "%" + i))}) : {Type}";
}

/// <summary>What a program does with a value.</summary>
internal enum Role
{
    /// <summary>Written to the caller's span. Name is the tuple element's name ("" if it is the only one).</summary>
    Prediction,

    /// <summary>The per-sample loss; its mean over the live rows is what the call returns and what is minimised.</summary>
    Loss,

    /// <summary>A further member of the tuple a [Learn] returns: its mean over rows and elements is returned. Name is the element's name.</summary>
    Monitor,

    /// <summary>As a monitor, but not returned: Fit reports its mean by its name.</summary>
    Metric,

    /// <summary>As a metric: a statistic of what a layer gives. Name is the layer's, then .norm, .mean or .zeros.</summary>
    Activation,

    /// <summary>The parameter Name takes this value at the end of a successful call.</summary>
    Assign,

    /// <summary>The state Name has this value for each row after a successful call.</summary>
    State,

    /// <summary>The sequence state Name has these steps after a successful call.</summary>
    SequenceState,

    /// <summary>So many of them are live in each row.</summary>
    SequenceLengths,

    /// <summary>The parameter Name moves along this direction (per sample if batched: averaged over the live rows).</summary>
    Update,

    /// <summary>Only after the Differentiate pass: gradient of the mean loss for the parameter Name.</summary>
    Gradient,

    /// <summary>Only after the Differentiate pass: gradient of the mean loss for the [Optimized] input Name.</summary>
    InputGradient,
}

/// <summary>A result of a graph.</summary>
internal sealed record Output(Role Role, string Name, int Node);

/// <summary>The values of one program in an order in which they can be computed, and its results.</summary>
internal sealed record Graph(EquatableArray<Node> Nodes, EquatableArray<Output> Outputs)
{
    public Node this[int id] => Nodes[id];

    /// <summary>One line per value; see also <c>GraphPrinter</c>.</summary>
    public override string ToString() => string.Join("\n", Nodes.Select(n => n.ToString()).Concat(Outputs.Select(o => $"{o.Role} {o.Name} = %{o.Node}".Replace("  ", " "))));
}
