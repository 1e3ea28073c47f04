namespace Kiln.Generators.Operators;

/// <summary>A word that is one pointwise primitive of its receiver.</summary>
internal abstract class PointwiseOperator(string name, Pointwise primitive) : DslOperator
{
    public override IEnumerable<string> Names => [name];
    public override object? Apply(DslCall call) => call.Graph.Add(primitive, call.Operand);
}

/// <summary>A C# operator of two operands.</summary>
internal abstract class BinaryOperator(string name, Pointwise primitive) : DslOperator
{
    public override IEnumerable<string> Names => [name];
    public override object? Apply(DslCall call) => call.Graph.Add(primitive, call.Argument<Graph.Node>("a", null!), call.Argument<Graph.Node>("b", null!));
}
