using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Frontend;

internal sealed partial class Evaluator
{
    /// <summary>The layer object that an attribute stands for: <c>[Dense(120)]</c> is new Dense(120).</summary>
    public object CreateFromAttribute(AttributeData attribute)
    {
        _calls.Clear();
        var (type, syntax) = (attribute.AttributeClass!, AttributeArguments.Syntax(attribute, _cancellation));
        var values = AttributeArguments.Positional(attribute)!;
        var sources = AttributeArguments.Sources(attribute, _cancellation);
        if (IsLanguage(type))
        {
            var layer = new LayerObject(type, _place.Numbered(Words.Layer(type.Name)), syntax);
            foreach (var parameter in attribute.AttributeConstructor!.Parameters) layer.Arguments[parameter.Name] = values[parameter.Ordinal];
            foreach (var named in attribute.NamedArguments) layer.Arguments[named.Key] = AttributeArguments.Value(named.Value);
            foreach (var source in sources) layer.Sources.Add(source.Key, source.Value);
            if (attribute.AttributeConstructor.Parameters.LastOrDefault() is { IsParams: true } list) layer.Sources.Add(list.Name, AttributeArguments.Listed(attribute, _cancellation));
            if (layer.Arguments.TryGetValue("Name", out var name) && name is string text)
            {
                _place.Claim(text, sources["Name"].GetLocation());
                layer.Place.Rename(text);
            }
            return layer;
        }
        var made = Create(type, attribute.AttributeConstructor!, values, syntax, null, new Scope(null, new Frame(null, null)));
        foreach (var named in attribute.NamedArguments)
        {
            var value = AttributeArguments.Value(named.Value);
            if (named.Key == "Name" && value is string chosen) made.Place.Rename(chosen);
            else if (Ancestors(type).SelectMany(t => t.GetMembers(named.Key)).FirstOrDefault() is { } member) SetMember(made, member, value, sources[named.Key]);
        }
        return made;
    }

    private void SetMember(UserObject made, ISymbol member, object? value, SyntaxNode where)
    {
        switch (member)
        {
            case IFieldSymbol field:
                made.Fields[Storage(field)] = value;
                break;
            case IPropertySymbol property when IsAuto(property):
                made.Fields[property.OriginalDefinition] = value;
                break;
            default:
                throw Reject(where, "only fields and auto-properties of a layer can be set in brackets");
        }
    }

    /// <summary>Applies a layer of a stack; what goes wrong within the language is the attribute's fault.</summary>
    public object? ApplyFromAttribute(object layer, object? x, SyntaxNode attribute) => Apply(layer, x, null, new Scope(null, new Frame(null, null)), attribute.GetLocation());

    /// <summary>The trainable parameters on which a loss depends with a gradient, in the order of the network's list.</summary>
    public IReadOnlyList<string> Trained(Node loss, Func<Parameter, bool> isWanted)
    {
        var reached = ProgramBuilder.Differentiable(Graph, loss);
        return [.. Parameters.All.Where(p => p.Trainable && reached.Contains(p.Name) && isWanted(p)).Select(p => p.Name)];
    }

    /// <summary>Adds λ₁·Σ|w| + λ₂·Σw² of the layers that ask for it and are trained.</summary>
    public Node AddPenalties(Node loss, IReadOnlyList<string> trained)
    {
        foreach (var name in trained)
        {
            if (!Parameters.TryGet(name, out var weight, out var parameter) || parameter is { L1: 0, L2: 0 }) continue;
            Graph.Origin = "penalty of " + name;
            if (parameter.L2 != 0) loss = Graph.Add(new Add(), loss, Penalty(Graph.Add(new Multiply(), weight, weight), parameter.L2));
            if (parameter.L1 != 0) loss = Graph.Add(new Add(), loss, Penalty((Node)Apply("Abs", weight, new Dictionary<string, object?>(), Location.None)!, parameter.L1));
        }
        return loss;
    }

    private Node Penalty(Node terms, double factor)
    {
        var sum = Graph.Add(new Reduce(Reduction.Sum, Enumerable.Range(0, terms.Type.Rank).ToEquatable()), terms);
        return Graph.Add(new Multiply(), sum, Constant(factor));
    }
}
