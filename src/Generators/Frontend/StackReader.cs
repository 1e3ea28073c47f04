using System.Collections.Immutable;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.Generators.Frontend;

/// <summary>A class whose attributes are layers: they become the programs Predict and Learn.</summary>
/// <param name="activations">Where the attribute asks for statistics of each layer's output; null where it does not.</param>
internal sealed class StackReader(NetworkReader reader, Evaluator evaluator, INamedTypeSymbol type, TypeDeclarationSyntax declaration, Location? activations)
{
    /// <summary>The most layers whose statistics a step can give: three numbers each, after the loss and the accuracy, in Kiln.Kernels.Frame.MaxScalars.</summary>
    private const int MostActivations = (256 - 2) / 3;

    public static bool IsStack(AttributeData attribute, IAssemblySymbol language) => attribute.AttributeClass is { } type
        && (Is(type, "InputAttribute", language) || Is(type, "Layer", language) || Is(type, "StackLossAttribute", language));

    private static bool Is(INamedTypeSymbol? type, string ancestor, IAssemblySymbol language)
    {
        for (; type is not null; type = type.BaseType)
            if (type.Name == ancestor && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, language)) return true;
        return false;
    }

    public IReadOnlyList<Program> Read(ImmutableArray<AttributeData> attributes, IAssemblySymbol language)
    {
        var inputs = attributes.Where(a => Is(a.AttributeClass, "InputAttribute", language)).ToList();
        var losses = attributes.Where(a => Is(a.AttributeClass, "StackLossAttribute", language)).ToList();
        var layers = attributes.Where(a => Is(a.AttributeClass, "Layer", language)).ToList();
        if (inputs.Any(a => AttributeArguments.Positional(a) is null)) throw new CompileErrorException();
        if (inputs.Count == 0) throw Malformed(declaration.Identifier.GetLocation(), $"'{type.Name}' has layers but no [Input]");
        if (layers.Count == 0 && type.GetAttributes().Any(AttributeArguments.IsUnknown)) throw new CompileErrorException();
        if (layers.Count == 0) throw Malformed(Where(inputs[0]), $"'{type.Name}' has an [Input] but no layers");
        if (losses.Count > 1) throw Malformed(Where(losses[1]), $"'{type.Name}' has two losses");
        if (losses.Count == 1 && attributes.Last() != losses[0]) throw Malformed(Where(losses[0]), "the loss must be the last attribute");

        var sizes = ReadInputs(inputs);
        for (var variant = 0; variant < sizes.Count; variant++) AddOutline(variant, sizes[variant], losses.FirstOrDefault());
        if (attributes.Any(a => AttributeArguments.Positional(a) is null)) throw new CompileErrorException();
        var objects = new List<(object Layer, SyntaxNode Syntax)>();
        var place = Place.Root("", "");
        evaluator.RunProgram("Predict", 0, false, [sizes[0]], place, () =>
        {
            foreach (var layer in layers)
                reader.Try(() =>
                {
                    var made = evaluator.CreateFromAttribute(layer);
                    if (made is LayerObject { Name: not "Sequential" } known && !DslOperators.TryGet(known.Name, out _)) throw new NetworkException(Descriptors.NotAvailable, known.Syntax.GetLocation(), known.Name);
                    objects.Add((made, AttributeArguments.Syntax(layer, default)));
                });
            return null;
        });

        var programs = new List<Program>();
        if (activations is not null && layers.Count > MostActivations)
            throw new NetworkException(Descriptors.Argument, activations, $"Activations: expected a stack of at most {MostActivations} layers, got {layers.Count}");
        // Each layer that cannot be made is reported; of the others' shapes nothing is known then.
        if (objects.Count < layers.Count) return programs;
        if (Run("Predict", false, (variant, input) => Predict(variant, input, objects)) && losses.Count == 1)
            Run("Learn", true, (variant, input) => Learn(variant, input, objects, losses[0], language));
        return programs;

        // Once for each size; false where one of them does not fit the layers.
        bool Run(string name, bool learns, Func<int, Input, Program> read) => sizes.Select((input, variant) => (input, variant)).All(size => reader.Try(() =>
        {
            var program = Evaluate(inUse: false);
            if (learns && evaluator.DependsOnMode) program = evaluator.Quietly(() => program with { InUse = Evaluate(inUse: true).Results });
            if (size.variant > 0) ProgramReader.CheckAlike(declaration.Identifier.GetLocation(), programs[programs.Count - 1], program);
            programs.Add(program);

            Program Evaluate(bool inUse) => (Program)evaluator.RunProgram(name, size.variant, learns, [size.input], place, () => read(size.variant, size.input), inUse)!;
        }));
    }

    private void AddOutline(int variant, Input input, AttributeData? loss)
    {
        // How many classes or values there are follows from the layers, and decides nothing here.
        var values = TensorType.Float(true, [2]);
        reader.Outline.Add("Predict", variant, ProgramKind.Predict, [input], [(Role.Prediction, "", values)]);
        if (loss is null) return;
        var target = LossName(loss) == "CrossEntropy" ? new Input("target", InputKind.Labels, [], 2, false, false, 1, 0) : new Input("target", InputKind.Tensor, values.Shape, 0, false, false, 1, 0);
        reader.Outline.Add("Learn", variant, ProgramKind.Learn, [input, target], [(Role.Loss, "", values.With([]))]);
    }

    private static string LossName(AttributeData loss) => loss.AttributeClass!.Name.Replace("Attribute", "");

    /// <summary>One input in one size or in several.</summary>
    private List<Input> ReadInputs(List<AttributeData> attributes)
    {
        var inputs = new List<Input>();
        foreach (var attribute in attributes)
        {
            var input = ReadInput(attribute);
            if (inputs.Count > 0 && input.Shape.Count != inputs[0].Shape.Count)
                throw Malformed(Where(attribute), $"the inputs of '{type.Name}' have {inputs[0].Shape.Count} and {input.Shape.Count} axes; only their sizes may differ");
            if (inputs.Count > 0 && input with { Shape = inputs[0].Shape } != inputs[0])
                throw Malformed(Where(attribute), $"the inputs of '{type.Name}' differ in Bytes, Scale or Mean; only their sizes may differ");
            if (inputs.Contains(input)) throw Malformed(Where(attribute), $"'{type.Name}' declares the input {input.Shape} twice");
            inputs.Add(input);
        }
        return inputs;
    }

    private Input ReadInput(AttributeData attribute)
    {
        var sources = AttributeArguments.Sources(attribute, default);
        foreach (var later in new[] { "Vocabulary", "Sequence" })
            if (sources.TryGetValue(later, out var given)) throw new NetworkException(Descriptors.NotAvailable, given.Parent!.GetLocation(), $"Input({later})");
        var shape = ((object?[])AttributeArguments.Positional(attribute)![0]!).Select(v => (int)v!).ToEquatable();
        AttributeArguments.CheckShape(attribute, "Input", shape);
        var bytes = AttributeArguments.Named(attribute, "Bytes", false);
        foreach (var widening in new[] { "Scale", "Mean" })
            if (!bytes && sources.TryGetValue(widening, out var given)) throw new NetworkException(Descriptors.Argument, given.Parent!.GetLocation(), $"Input: {widening} is for bytes: add Bytes = true");
        var (scale, mean) = AttributeArguments.Widening(attribute, "Input");
        return new("input", InputKind.Tensor, shape, 0, false, bytes, scale, mean);
    }

    /// <summary>What each layer gives, the input first.</summary>
    private Node[] Forward(Input input, List<(object Layer, SyntaxNode Syntax)> layers)
    {
        var values = new Node[layers.Count + 1];
        values[0] = evaluator.Graph.Add(new InputRead(0, TensorType.Float(true, input.Shape)));
        for (var i = 0; i < layers.Count; i++) values[i + 1] = evaluator.AsNode(evaluator.ApplyFromAttribute(layers[i].Layer, values[i], layers[i].Syntax))!;
        return values;
    }

    private Program Predict(int variant, Input input, List<(object Layer, SyntaxNode Syntax)> layers)
    {
        var y = Forward(input, layers).Last();
        return new("Predict", variant, ProgramKind.Predict, "", [input], [], ProgramBuilder.Extract(evaluator.Graph, [new(Role.Prediction, "", y.Id)]));
    }

    private Program Learn(int variant, Input input, List<(object Layer, SyntaxNode Syntax)> layers, AttributeData loss, IAssemblySymbol language)
    {
        var name = LossName(loss);
        var where = Where(loss);
        var isKnown = SymbolEqualityComparer.Default.Equals(loss.AttributeClass?.ContainingAssembly, language) && DslOperators.TryGet(name, out _);
        if (!isKnown) throw new NetworkException(Descriptors.NotAvailable, where, name);
        var values = Forward(input, layers);
        var y = values.Last();
        if (y.Type.Rank == 0) throw new NetworkException(Descriptors.Shape, where, $"{name}: expected at least one axis per sample, got {y.Type}");

        Input target;
        Node value;
        if (name == "CrossEntropy")
        {
            if (IsImage(input, layers)) evaluator.WarnOfDenseOnLastAxis(y, leastRank: 2);
            var classes = y.Type[y.Type.Rank - 1];
            // An ignored label may be a class more than there are logits.
            if (AttributeArguments.Named(loss, "Ignored", -1) == classes) classes++;
            target = new("target", InputKind.Labels, y.Type.Shape.Take(y.Type.Rank - 1).ToEquatable(), classes, false, false, 1, 0);
            var labels = evaluator.Graph.Add(new InputRead(1, new(DType.Int32, true, target.Shape)));
            value = Apply(name, y, new(StringComparer.OrdinalIgnoreCase) { ["labels"] = new LabelsValue(labels, target.Classes) }, where, loss);
        }
        else
        {
            target = new("target", InputKind.Tensor, y.Type.Shape, 0, false, false, 1, 0);
            value = Apply(name, y, new(StringComparer.OrdinalIgnoreCase) { ["target"] = evaluator.Graph.Add(new InputRead(1, TensorType.Float(true, target.Shape))) }, where, loss);
        }
        if (value.Type.Rank > 0) value = Apply(target.Kind == InputKind.Labels ? "Mean" : "Sum", value, new(StringComparer.OrdinalIgnoreCase), where);

        var trained = evaluator.Trained(value, _ => true);
        if (trained.Count == 0) throw new NetworkException(Descriptors.NothingTrained, where, type.Name);
        var outputs = new List<Output> { new(Role.Loss, "", evaluator.AddPenalties(value, trained).Id) };
        if (target.Kind == InputKind.Labels && AttributeArguments.Named(loss, "Ignored", -1) == -1) outputs.Add(new(Role.Metric, "accuracy", Accuracy(y).Id));
        if (activations is not null) outputs.AddRange(layers.Zip(values.Skip(1), (layer, given) => Activation(((IOwned)layer.Layer).Place.Path, given)).SelectMany(statistics => statistics));
        outputs.AddRange(evaluator.Assignments(trained));
        return new("Learn", variant, ProgramKind.Learn, "", [input, target], trained.ToEquatable(), ProgramBuilder.Extract(evaluator.Graph, outputs));
    }

    /// <summary>Norm, mean and share of zeros of what a layer gives for a sample, in the order of Kiln.ActivationStatistics.</summary>
    private IEnumerable<Output> Activation(string layer, Node y)
    {
        var (graph, axes) = (evaluator.Graph, Enumerable.Range(0, y.Type.Rank).ToEquatable());
        yield return new(Role.Activation, layer + ".norm", graph.Add(new Sqrt(), graph.Sum(graph.Add(new Square(), y), axes)).Id);
        yield return new(Role.Activation, layer + ".mean", graph.Mean(y, axes).Id);
        yield return new(Role.Activation, layer + ".zeros", graph.Mean(graph.WhereNotZero(y, graph.Number(0), graph.Number(1)), axes).Id);
    }

    /// <summary>1 where the label has the largest score, by the rule of the generated Accuracy: of equal scores the first counts. Labels are the second input.</summary>
    private Node Accuracy(Node scores)
    {
        var (graph, classes) = (evaluator.Graph, scores.Type[scores.Type.Rank - 1]);
        var labels = graph.Add(new InputRead(1, new(DType.Int32, true, scores.Type.Shape.Take(scores.Type.Rank - 1).ToEquatable())));
        var answers = graph.Add(new OneHotOf(classes), graph.Add(new ArgMaxIndex(), scores));
        return graph.Sum(graph.Add(new Multiply(), answers, graph.Add(new OneHotOf(classes), labels)), [scores.Type.Rank - 1]);
    }

    /// <summary>Pixels, which are classified together, and not one label for each of their rows.</summary>
    private static bool IsImage(Input input, List<(object Layer, SyntaxNode Syntax)> layers) =>
        input.Bytes || (input.Shape is { Count: 3 } shape && shape[0] is 1 or 3)
        || layers.Any(l => l.Layer is LayerObject layer && layer.Name.EndsWith("2D", StringComparison.Ordinal));

    /// <param name="written">The attribute whose arguments are the word's too.</param>
    private Node Apply(string word, Node x, Dictionary<string, object?> arguments, Location where, AttributeData? written = null)
    {
        var places = new ArgumentPlaces();
        foreach (var parameter in written?.AttributeConstructor?.Parameters ?? []) arguments[parameter.Name] = AttributeArguments.Positional(written!)![parameter.Ordinal];
        foreach (var named in written?.NamedArguments ?? []) arguments[named.Key] = AttributeArguments.Value(named.Value);
        if (written is not null)
            foreach (var source in AttributeArguments.Sources(written, default)) places.Add(source.Key, source.Value);
        return (Node)evaluator.Apply(word, x, arguments, where, places)!;
    }

    private static Location Where(AttributeData attribute) => AttributeArguments.Syntax(attribute, default).GetLocation();

    private static NetworkException Malformed(Location where, string what) => new(Descriptors.Stack, where, what);
}
