using System.Collections.Immutable;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

internal sealed partial class Evaluator
{
    private readonly Dictionary<int, (TensorType Input, Location Where)> _denseOnLastAxis = [];
    private readonly Dictionary<int, string> _probabilities = [];
    private Place _place;

    /// <summary>True in a [Learn] program, unless Mode says otherwise.</summary>
    public bool IsTraining { get; private set; }

    /// <summary>Something in the program that is being evaluated is another in training than in use, and Mode does not say which.</summary>
    public bool DependsOnMode { get; private set; }

    // Calls of Mode around the present expression.
    private int _modesGiven;

    /// <summary>The mode, for what depends on it.</summary>
    public bool AskMode()
    {
        DependsOnMode |= _modesGiven == 0;
        return IsTraining;
    }

    private bool IsLanguage(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, _language);

    private bool IsLayer(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType)
            if (t.Name == "Layer" && IsLanguage(t)) return true;
        return false;
    }

    // ---- Values ----

    /// <summary>A value as a tensor of the graph; null if it is none.</summary>
    public Node? AsNode(object? value) => value switch
    {
        Node node => node,
        ParameterObject parameter => Read(parameter),
        StateObject state => Read(state),
        SequenceStateObject state => Read(state).Node,
        SequenceValue sequence => sequence.Node,
        LabelsValue labels => labels.Node,
        TokensValue tokens => tokens.Node,
        LossValue loss => loss.Node,
        IConvertible and not string and not bool => Constant(System.Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)),
        _ => null,
    };

    private Node Constant(double value) => Graph.Add(Operators.Primitives.Constant.Of(value));

    private Node Read(ParameterObject parameter)
    {
        if (parameter.LayerParameter is { } name && Parameters.TryGet(name, out var node, out _)) return node;
        var place = parameter.Place;
        var (fanIn, fanOut) = parameter.Shape.Length < 2 ? (Length(parameter.Shape), Length(parameter.Shape)) : (parameter.Shape[0], Length(parameter.Shape) / parameter.Shape[0]);
        var initializer = Resolve(parameter.Initializer, ParameterKind.Plain, parameter.Shape);
        return Parameters.Get(new(place.Path, place.Part, parameter.Shape.ToEquatable(), ParameterKind.Plain, initializer, parameter.Scale, fanIn, fanOut, parameter.Trainable, 0, 0), place, parameter.Where);
    }

    private static int Length(ImmutableArray<int> shape) => shape.Aggregate(1, (n, size) => n * size);

    /// <summary>
    /// What Initializer.Default stands for: He's uniform numbers for the weights of layers, zeros for biases; Glorot's uniform
    /// numbers for free matrices, zeros for free vectors (at most one axis is longer than 1).
    /// </summary>
    public static Initializer Resolve(Initializer initializer, ParameterKind kind, IEnumerable<int> shape) => initializer != Initializer.Default ? initializer : kind switch
    {
        ParameterKind.DenseWeight or ParameterKind.ConvolutionWeight => Initializer.HeUniform,
        ParameterKind.Plain when shape.Count(size => size > 1) >= 2 => Initializer.GlorotUniform,
        _ => Initializer.Zeros,
    };

    // ---- Objects of the language ----

    private object? CreateLanguage(INamedTypeSymbol type, IMethodSymbol constructor, object?[] values, IOperation operation, Scope scope)
    {
        switch (type.Name)
        {
            case "Size":
                return values.Length == 2 ? (Int(values[0], operation), Int(values[1], operation)) : UnsetSize.Value;
            case "Padding": return 0;
            case "Parameter":
                return new ParameterObject(_place.Numbered("parameter"), Sizes(type.Name, values[0], operation), operation.Syntax.GetLocation());
            case "State":
                return new StateObject(_place.Numbered("state"), Sizes(type.Name, values[0], operation));
            case "SequenceState":
                return new SequenceStateObject(_place.Numbered("state"), Sizes(type.Name, values[0], operation));
        }
        if (!IsLayer(type)) throw NotAvailable(operation.Syntax, type.Name);
        var layer = new LayerObject(type, _place.Numbered(Words.Layer(type.Name)), operation.Syntax) { Sources = ArgumentPlaces.Of(operation) };
        foreach (var parameter in constructor.Parameters) layer.Arguments[parameter.Name] = values[parameter.Ordinal];
        return layer;
    }

    /// <summary>The shape of a parameter or a state.</summary>
    private ImmutableArray<int> Sizes(string word, object? given, IOperation operation)
    {
        var shape = Items(given, operation).Select(v => Int(v, operation)).ToImmutableArray();
        for (var i = 0; i < shape.Length; i++)
            if (shape[i] < 1) throw new NetworkException(Descriptors.Argument, (ArgumentPlaces.Of(operation).Find("shape", i) ?? ArgumentPlaces.Of(operation).Find("step", i)) ?? operation.Syntax.GetLocation(), $"{word}: expected sizes of at least 1, got {shape[i]}");
        return shape.Aggregate(1.0, (n, d) => n * d) <= int.MaxValue ? shape
            : throw new NetworkException(Descriptors.Argument, operation.Syntax.GetLocation(), $"{word}: [{string.Join(", ", shape)}] has more elements than an int can count");
    }

    /// <summary>After the initialiser of an object has run: a sequence takes in its layers, a layer its chosen name.</summary>
    private void Finish(object? made)
    {
        if (made is LayerObject layer)
        {
            if (layer.Arguments.TryGetValue("Name", out var name) && name is string text) layer.Place.Rename(text);
            if (layer.Name == "Bidirectional")
                foreach (var direction in new[] { "forward", "backward" }) Settle(layer.Arguments[direction], layer.Place, direction);
            if (layer.Name == "Sequential")
                for (var i = 0; i < Layers(layer).Length; i++) Settle(Layers(layer)[i], layer.Place, i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static object?[] Layers(LayerObject sequential) => sequential.Arguments["layers"] as object?[] ?? [];

    private object? LanguageProperty(IPropertySymbol property, object? instance, object?[] values, IOperation operation)
    {
        switch (property.Name, instance)
        {
            case ("Shape", _) when AsNode(instance) is { } node: return new ShapeValue(node.Type);
            case ("Rank", ShapeValue shape): return shape.Type.Rank;
            case ("Length", ShapeValue shape): return shape.Type.Length;
            case (_, ShapeValue shape) when property.IsIndexer: return shape.Type[Offset(values[0], shape.Type.Rank, operation)];
            case ("Value", ParameterObject parameter): return Read(parameter);
            case ("Value", StateObject state): return Read(state);
            case ("Dimensions", StateObject state): return state.Shape.Select(d => (object?)d).ToArray();
            case ("Dimensions", SequenceStateObject state): return state.Shape.Select(d => (object?)d).ToArray();
            case ("Initial", StateObject state): return state.Initial;
            case ("Dimensions", ParameterObject parameter): return parameter.Shape.Select(d => (object?)d).ToArray();
            case ("Initializer", ParameterObject parameter): return (int)parameter.Initializer;
            case ("Scale", ParameterObject parameter): return parameter.Scale;
            case ("Trainable", ParameterObject parameter): return parameter.Trainable;
            case ("Height", ValueTuple<int, int> size): return size.Item1;
            case ("Width", ValueTuple<int, int> size): return size.Item2;
            case ("Height" or "Width", UnsetSize): return 0;
            case ("Count", LayerObject { Name: "Sequential" } layers): return Layers(layers).Length;
            case (_, LayerObject { Name: "Sequential" } layers) when property.IsIndexer: return Layers(layers)[Offset(values[0], Layers(layers).Length, operation)];
            case ("Weight", LayerObject layer): return LayerParameter(layer.Original ?? layer, "weight", operation);
            case ("Zero", LayerObject layer) when Cell(layer) is { } cell: return Zero(cell, layer, operation);
            case ("BiasVector", LayerObject layer): return LayerParameter(layer, "bias", operation);
            case (_, LayerObject layer) when layer.Arguments.TryGetValue(property.Name, out var value): return value;
            case (_, UserObject { IsLayer: true } layer) when property.Name == "Name": return layer.Fields.TryGetValue(property, out var name) ? name : null;
            default: throw Reject(operation, $"{property.Name} has no value at build time");
        }
    }

    private ParameterObject LayerParameter(LayerObject layer, string suffix, IOperation operation) =>
        Parameters.TryGet(Place.Join(layer.Place.Path, suffix), out _, out var parameter)
            ? new(layer.Place, parameter.Shape.Items, operation.Syntax.GetLocation()) { LayerParameter = parameter.Name }
            : throw Reject(operation, $"the layer has no {suffix} before it is applied for the first time");

    private object? AssignLanguage(IPropertySymbol property, object instance, object? value, IPropertyReferenceOperation target)
    {
        switch (property.Name, instance)
        {
            case ("Initializer", ParameterObject parameter):
                parameter.Initializer = (Initializer)Int(value, target);
                if (!Enum.IsDefined(typeof(Initializer), parameter.Initializer)) throw Invalid("Parameter: there is no such initializer");
                if (parameter is { Initializer: Initializer.Orthogonal or Initializer.Identity, Shape.Length: < 2 }) throw Invalid($"Parameter: {parameter.Initializer} expects at least two axes, got {parameter.Shape.Length}");
                break;
            case ("Scale", ParameterObject parameter):
                parameter.Scale = (double)value!;
                if (!SinglePrecision.IsFinite(parameter.Scale)) throw Invalid($"Parameter: expected a finite scale, got {Text.Of(value)}");
                break;
            case ("Trainable", ParameterObject parameter): parameter.Trainable = (bool)value!; break;
            case ("Initial", StateObject state):
                state.Initial = (double)value!;
                if (!SinglePrecision.IsFinite(state.Initial)) throw Invalid($"State: expected a finite initial value, got {Text.Of(value)}");
                break;
            case ("Name", ParameterObject parameter): parameter.Place.Rename((string)value!); break;
            case ("Name", UserObject { IsLayer: true } layer): layer.Place.Rename((string)value!); break;
            case (_, LayerObject layer):
                layer.Arguments[property.Name] = value;
                layer.Sources.Add(property.Name, Assigned());
                break;
            default: throw Reject(target, "it cannot be assigned at build time");
        }
        return value;

        NetworkException Invalid(string message) => new(Descriptors.Argument, Assigned().GetLocation(), message);
        SyntaxNode Assigned() => target.Syntax.Parent is AssignmentExpressionSyntax assignment ? assignment.Right : target.Syntax;
    }

    // ---- Methods of the language ----

    private object? InvokeLanguage(IMethodSymbol method, object? instance, object?[] values, IOperation site, Scope scope)
    {
        switch (method.ContainingType.Name, method.Name)
        {
            case ("Mode", "Inference" or "Training"): return InMode(method.Name == "Training", (Closure)values[0]!, site, scope);
            case ("Update", _): return Update(method, values, site);
            case ("Parameter", "Assign"): return AssignParameter((ParameterObject)instance!, values[0], site);
            case ("State", "Assign"): return AssignState((StateObject)instance!, values[0], Site(site.Syntax));
            case ("SequenceState", "Assign"): return AssignState((SequenceStateObject)instance!, values[0], site);
            case ("Sequence", "Scan"): return Scan(Steps(instance, site), values[0], Function(values[1], site), method.TypeArguments.Length > 0, site, scope);
            case ("Sequence", "Generate"):
                return Generate(values[0], values[1] as LabelsValue ?? throw Reject(site, "its first token is null"), Int(values[2], site), Int(values[3], site), Function(values[4], site), site, scope);
            case ("Sequence", "Map"): return Map(Steps(instance, site), Function(values[0], site), site, scope);
            case ("Sequence", "Bidirectional"):
                object? Direction(SequenceValue xs) => Invoke(Function(values[0], site), [xs], site, scope);
                return BothDirections(Steps(instance, site), Site(site.Syntax), Direction, Direction);
            case ("Recurrent", "Apply" or "Step") when instance is LayerObject layer && Cell(layer) is { } cell:
                return Recur(cell, layer, values[0], values[1], method.Name == "Step", Site(site.Syntax), Origin(site.Syntax));
            case (_, "op_Implicit"): return ImplicitConversion(method, values[0], site);
            case (_, "Apply") when instance is LayerObject or UserObject: return Apply(instance, values[0], site, scope);
            case (_, "Apply"): return Apply(values[0], instance, site, scope);
            case ("Dense" or "Conv2D", "Transposed"): return Transposed(method, (LayerObject)instance!, values, site);
        }
        if (!DslOperators.TryGet(method.Name, out var word)) throw NotAvailable(site.Syntax, Shown(method));
        var arguments = method.Parameters.ToDictionary(p => p.Name, p => values[p.Ordinal], StringComparer.OrdinalIgnoreCase);
        var sources = ArgumentPlaces.Of(site);
        var place = _place.Numbered(Words.Layer(method.Name));
        if (arguments.TryGetValue("name", out var chosen) && chosen is string name)
        {
            _place.Claim(name, sources.Find("name") ?? Site(site.Syntax));
            place = _place.Named(name);
        }
        var labels = values.Select(AsLabels).FirstOrDefault(v => v is not null);
        // Ctc has a class besides those of the labels.
        if (method.Name != "Ctc") CheckClasses(instance, labels, arguments.TryGetValue("ignored", out var ignored) && ignored is int label ? label : -1, sources.Find("labels") ?? Site(site.Syntax));
        // One label of the caller's for all the rows of an image.
        if (instance is Node logits && labels is { Node: { Operator: Operators.Primitives.InputRead, Type.Rank: 0 } }) WarnOfDenseOnLastAxis(logits, leastRank: 3);
        var call = Call(method.Name, instance, arguments, place, sources, Site(site.Syntax), [.. method.Parameters.Select(p => p.Name).Where(p => !sources.Contains(p))]);
        return Apply(word, call, sources, Site(site.Syntax), Origin(site.Syntax));
    }

    private static string Shown(IMethodSymbol method) => method.MethodKind == MethodKind.Constructor ? method.ContainingType.Name : method.Name;

    private static Closure Function(object? value, IOperation site) => value as Closure ?? throw Reject(site, "it is given no lambda or method of your own");

    private static SequenceValue Steps(object? value, IOperation site) => value as SequenceValue ?? throw Reject(site, "a layer before it has made one tensor of the Sequence");

    /// <summary>Labels, or tokens as the labels of every step.</summary>
    internal static LabelsValue? AsLabels(object? value) => value is TokensValue tokens ? new(tokens.Node, tokens.Vocabulary) : value as LabelsValue;

    private LanguageCall Call(string word, object? receiver, IReadOnlyDictionary<string, object?> arguments, Place place, ArgumentPlaces sources, Location site, HashSet<string>? defaulted = null)
    {
        (receiver, arguments) = Meet(word, receiver, arguments, sources, site);
        return new(this, word, receiver, arguments, place, site) { Defaulted = defaulted };
    }

    internal object? Apply(DslOperator word, LanguageCall call, ArgumentPlaces sources, Location site, string origin) => Apply(word, call, sources, site, origin, () => word.Apply(call));

    private object? Apply(DslOperator word, LanguageCall call, ArgumentPlaces sources, Location site, string origin, Func<object?> apply)
    {
        Graph.Origin = origin;
        try
        {
            WarnOfProbabilities(call, site);
            var before = Graph.Nodes.Count;
            var result = apply();
            // The back end has windows over samples only.
            if (Graph.Nodes.Skip(before).Any(n => n is { Operator: Operators.Primitives.Convolution or Operators.Primitives.MaxPool or Operators.Primitives.AveragePool, Type.Batched: false }))
                throw new NetworkException(Descriptors.Unsupported, site, call.Name, $"{call.Operand.Type} does not depend on the sample");
            if (call.Name is "Softmax" or "Sigmoid" && result is Node probability) _probabilities[probability.Id] = call.Name;
            if (call.Name == "Dense" && result is Node y && call.Operand.Type is { Rank: > 1 } type) _denseOnLastAxis[y.Id] = (type, site);
            return OverTime(result);
        }
        catch (ShapeException e)
        {
            if (e.Argument is not { } argument) throw new NetworkException(Descriptors.Shape, site, e.Message);
            throw new NetworkException(Descriptors.Argument, sources.Find(argument, e.Element) ?? site, e.Message);
        }
        catch (OverflowException)
        {
            throw new NetworkException(Descriptors.Argument, site, $"{call.Name.Replace("op_", "")}: more elements than an int can count");
        }
    }

    /// <summary>Applies a word of the language that has no call in the source.</summary>
    internal object? Apply(string word, object? receiver, IReadOnlyDictionary<string, object?> arguments, Location site, ArgumentPlaces? places = null) =>
        DslOperators.TryGet(word, out var op) ? Apply(op, Call(word, receiver, arguments, _place, places ?? new(), site), places ?? new(), site, word)
            : throw new NetworkException(Descriptors.NotAvailable, site, word);

    /// <summary>There are as many logits as classes, or one less where the last class is an ignored label.</summary>
    internal void CheckClasses(object? logits, LabelsValue? labels, int ignored, Location where)
    {
        if (labels is { Classes: > 0 } && AsNode(logits) is { Type: { Rank: > 0 } type } && type[type.Rank - 1] is var count && count != labels.Classes && (ignored != count || labels.Classes != count + 1))
            throw new NetworkException(Descriptors.Classes, where, English.Count(labels.Classes, "class"), type, count);
    }

    /// <summary>Warns of a loss of logits that is given probabilities: what makes them of logits is within the loss.</summary>
    private void WarnOfProbabilities(LanguageCall call, Location site)
    {
        var within = call.Name switch { "CrossEntropy" => "Softmax", "BinaryCrossEntropyWithLogits" => "Sigmoid", _ => null };
        if (within is not null && _probabilities.TryGetValue(call.Operand.Id, out var before) && before == within)
            Warnings.Add(Finding.Of(Descriptors.LossOfProbabilities, site, call.Name, within));
    }

    /// <summary>Warns of logits that a Dense made of a value with several axes, where one class per sample is meant.</summary>
    internal void WarnOfDenseOnLastAxis(Node logits, int leastRank)
    {
        if (_denseOnLastAxis.TryGetValue(logits.Id, out var dense) && dense.Input.Rank >= leastRank)
            Warnings.Add(Finding.Of(Descriptors.DenseOnLastAxis, dense.Where, dense.Input, logits.Type, logits.Type.Length / logits.Type[logits.Type.Rank - 1]));
    }

    /// <summary>Applies a layer object to a tensor or to labels.</summary>
    internal object? Apply(object? layer, object? x, IOperation? operation, Scope scope, Location? at = null)
    {
        var site = at ?? Site(operation!.Syntax);
        switch (layer)
        {
            case UserObject { IsLayer: true } user:
                var wanted = x switch { LabelsValue => "Labels", TokensValue => "TokenSequence", SequenceValue => "Sequence", _ => "Tensor" };
                var apply = Applies(user.Type, wanted);
                if (apply is null && x is LabelsValue or TokensValue) return Apply(layer, OneHot(x, site), operation, scope, at);
                if (apply is null && x is SequenceValue xs && Applies(user.Type, "Tensor") is not null) return PerStep((SequenceValue)Closed(xs)!, user.Type.Name, site, step => Apply(layer, step, operation, scope, at));
                if (apply is null) throw new NetworkException(Descriptors.NotEvaluable, site, user.Type.Name, $"the layer overrides no Apply({wanted})");
                var body = Body(apply.OriginalDefinition, user.Syntax) as IMethodBodyOperation;
                if ((body?.BlockBody ?? body?.ExpressionBody) is not { } block) throw NoSource(apply, user.Syntax);
                var value = x is ParameterObject or StateObject ? AsNode(x) : x;
                return Within(user.Place.Again(), () => Execute(apply.OriginalDefinition, block, [value], new Scope(null, new Frame(user, TypeArguments(apply, scope))), operation ?? block, site));
            case LayerObject { Name: "Sequential" } sequential:
                foreach (var inner in Layers(sequential)) x = Apply(inner, x, operation, scope, inner switch { LayerObject { Syntax: var made } => made.GetLocation(), UserObject { Syntax: var made } => made.GetLocation(), _ => site });
                return x;
            case LayerObject { Name: not "Embedding" } when x is LabelsValue or TokensValue:
                return Apply(layer, OneHot(x, site), operation, scope, at);
            case LayerObject { Name: "Bidirectional" } both:
                if (x is not SequenceValue sequence) throw new NetworkException(Descriptors.Shape, site, $"Bidirectional: a Sequence expected, and not {(AsNode(x) is { } tensor ? tensor.Type.ToString() : Kind(x))}");
                return BothDirections(sequence, site, input => Apply(both.Arguments["forward"], input, operation, scope, site), input => Apply(both.Arguments["backward"], input, operation, scope, site));
            case LayerObject recurrent when Cell(recurrent) is { } cell:
                return ApplyRecurrent(cell, recurrent, x, site, Origin(operation is null ? recurrent.Syntax : operation.Syntax));
            case LayerObject known:
                if (!DslOperators.TryGet(known.Name, out var word)) throw new NetworkException(Descriptors.NotAvailable, known.Syntax.GetLocation(), known.Name);
                var arguments = known.Arguments;
                if (known.Original is { } original)
                    arguments = new(arguments, StringComparer.OrdinalIgnoreCase) { ["tied"] = Read(LayerParameter(original, "weight", operation ?? throw new CompileErrorException())) };
                return Apply(word, Call(known.Name, x, arguments, known.Place, known.Sources, site), known.Sources, site, Origin(operation is null ? known.Syntax : operation.Syntax));
            default:
                throw new NetworkException(Descriptors.NotEvaluable, site, operation is null ? "" : Show(operation.Syntax), "it is not a layer");
        }
    }

    private object? OneHot(object? tokens, Location site) => Apply("OneHot", tokens, new Dictionary<string, object?>(), site);

    /// <summary>A layer's own Apply of a value of that type.</summary>
    private IMethodSymbol? Applies(INamedTypeSymbol layer, string wanted) =>
        Ancestors(layer).SelectMany(t => t.GetMembers("Apply").OfType<IMethodSymbol>()).FirstOrDefault(m => !IsLanguage(m) && m.Parameters.Length == 1 && m.Parameters[0].Type.Name == wanted);

    private static IEnumerable<INamedTypeSymbol> Ancestors(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType) yield return type;
    }

    /// <summary>The transposed layer: it has the original's weight and a bias of its own.</summary>
    private static LayerObject Transposed(IMethodSymbol method, LayerObject layer, object?[] values, IOperation site)
    {
        var transposed = new LayerObject((INamedTypeSymbol)method.ReturnType, layer.Place.Named("transposed"), site.Syntax) { Original = layer, Sources = ArgumentPlaces.Of(site) };
        foreach (var argument in layer.Arguments) transposed.Arguments[argument.Key] = argument.Value;   // it moves as the original does
        foreach (var parameter in method.Parameters) transposed.Arguments[parameter.Name] = values[parameter.Ordinal];
        return transposed;
    }

    private object? InMode(bool training, Closure program, IOperation site, Scope scope)
    {
        var outer = IsTraining;
        IsTraining = training;
        _modesGiven++;
        var value = Invoke(program, [], site, scope);
        _modesGiven--;
        IsTraining = outer;
        return value;
    }

    private object? ImplicitConversion(IMethodSymbol method, object? value, IOperation site)
    {
        switch (method.ContainingType.Name)
        {
            case "Size":
                return value is int side ? (side, side) : value is TupleValue pair ? (Int(pair.Items[0], site), Int(pair.Items[1], site)) : throw Reject(site, "it is no size");
            case "Padding" or "Volume":
                return value is TupleValue sides ? sides.Items.Select(side => (object?)Int(side, site)).ToArray() : value;
            case "Tensor":
                return Constant((double)value!);
            case "Labels":
                return new LabelsValue(Graph.Add(new Operators.Primitives.Constant([Int(value, site)], [], DType.Int32)), 0);
            case "Loss":
                var node = AsNode(value) ?? throw Reject(site, "it is no tensor");
                return new LossValue(PerSampleScalar(node, site.Syntax.GetLocation()));
            case "Residuals":
                return new ResidualsValue(AsNode(value) ?? throw Reject(site, "it is no tensor"), site.Syntax.GetLocation());
            default:
                throw NotAvailable(site.Syntax, method.ContainingType.Name);
        }
    }

    internal Node PerSampleScalar(Node node, Location where, string what = "A loss")
    {
        if (node.Type.Time.Count > 0) throw new NetworkException(Descriptors.LossOverTime, where, what);
        if (node.Type.Length != 1) throw new NetworkException(Descriptors.LossNotScalar, where, what, node.Type);
        return node.Type.Rank == 0 ? node : Graph.Add(new Operators.Primitives.Reshape([]), node);
    }
}
