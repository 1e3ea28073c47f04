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
        for (var variant = 0; variant < sizes.Count; variant++) AddOutline(variant, sizes[variant], losses.FirstOrDefault(), layers);
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

    private void AddOutline(int variant, Input input, AttributeData? loss, List<AttributeData> layers)
    {
        // How many classes or values there are follows from the layers, and decides nothing here.
        var isLast = layers.Any(l => l.AttributeClass?.Name == "LastState");
        var values = TensorType.Float(true, [2]) with { Time = isLast ? [] : input.Time };
        reader.Outline.Add("Predict", variant, ProgramKind.Predict, [input], [(Role.Prediction, "", values)]);
        if (loss is null) return;
        var target = TakesLabels(LossName(loss)) ? new Input("target", InputKind.Labels, [], 2, false, false, 1, 0) : new Input("target", InputKind.Tensor, values.Shape, 0, false, false, 1, 0);
        reader.Outline.Add("Learn", variant, ProgramKind.Learn, [input, target with { Time = values.Time }], [(Role.Loss, "", TensorType.Float(true, []))]);
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
                throw Malformed(Where(attribute), $"the inputs of '{type.Name}' differ in Bytes, Scale, Mean, Vocabulary or Sequence; only their sizes may differ");
            if (inputs.Contains(input)) throw Malformed(Where(attribute), $"'{type.Name}' declares the input {input.Shape} twice");
            inputs.Add(input);
        }
        return inputs;
    }

    private Input ReadInput(AttributeData attribute)
    {
        var sources = AttributeArguments.Sources(attribute, default);
        EquatableArray<TimeAxis> time = AttributeArguments.Named(attribute, "Sequence", false) ? [new TimeAxis("input")] : [];
        var shape = ((object?[])AttributeArguments.Positional(attribute)![0]!).Select(v => (int)v!).ToEquatable();
        AttributeArguments.CheckShape(attribute, "Input", shape);
        var bytes = AttributeArguments.Named(attribute, "Bytes", false);
        foreach (var widening in new[] { "Scale", "Mean" })
            if (!bytes && sources.TryGetValue(widening, out var given)) throw new NetworkException(Descriptors.Argument, given.Parent!.GetLocation(), $"Input: {widening} is for bytes: add Bytes = true");
        var (scale, mean) = AttributeArguments.Widening(attribute, "Input");
        if (!sources.TryGetValue("Vocabulary", out var vocabulary)) return new("input", InputKind.Tensor, shape, 0, false, bytes, scale, mean) { Time = time };
        var count = AttributeArguments.Named(attribute, "Vocabulary", 0);
        if (count < 1) throw new NetworkException(Descriptors.Argument, vocabulary.GetLocation(), $"Input: expected a vocabulary of at least 1, got {count}");
        if (shape.Count > 0 || bytes) throw new NetworkException(Descriptors.Argument, vocabulary.Parent!.GetLocation(), $"Input: whole numbers have {(bytes ? "no Bytes" : "no shape")}: leave {(bytes ? "Bytes" : "the shape")} or Vocabulary out");
        return new("input", InputKind.Labels, [], count, false, false, 1, 0) { Time = time };
    }

    /// <summary>What each layer gives: a tensor, or over time a sequence. The input comes first, the stack's output last.</summary>
    private object?[] Forward(Input input, List<(object Layer, SyntaxNode Syntax)> layers)
    {
        var values = new object?[layers.Count + 1];
        values[0] = evaluator.Read(0, input);
        for (var i = 0; i < layers.Count; i++) values[i + 1] = evaluator.ApplyFromAttribute(layers[i].Layer, values[i], layers[i].Syntax);
        return values;
    }

    private Program Predict(int variant, Input input, List<(object Layer, SyntaxNode Syntax)> layers)
    {
        var y = evaluator.AsNode(Forward(input, layers).Last())!;
        return new("Predict", variant, ProgramKind.Predict, "", [input], [], ProgramBuilder.Extract(evaluator.Graph, [new(Role.Prediction, "", y.Id)]));
    }

    private Program Learn(int variant, Input input, List<(object Layer, SyntaxNode Syntax)> layers, AttributeData loss, IAssemblySymbol language)
    {
        var name = LossName(loss);
        var where = Where(loss);
        if (!DslOperators.TryGet(name, out _)) throw new NetworkException(Descriptors.NotAvailable, where, name);
        var values = Forward(input, layers);
        var (output, y) = (values.Last()!, evaluator.AsNode(values.Last())!);
        if (y.Type.Rank == 0) throw new NetworkException(Descriptors.Shape, where, $"{name}: expected at least one axis per sample, got {y.Type}");
        if (y.Type.Time.Any(axis => !input.Time.Contains(axis)))
            throw new NetworkException(Descriptors.TimeAxes, where, $"{name}: the stack's output runs over {TimeAxes.Text(y.Type.Time)}, and there is no target over it: write a [Learn] method");

        Input target;
        object value;
        if (TakesLabels(name))
        {
            if (IsImage(input, layers)) evaluator.WarnOfDenseOnLastAxis(y, leastRank: 2);
            var classes = y.Type[y.Type.Rank - 1];
            // An ignored label may be a class more than there are logits.
            if (AttributeArguments.Named(loss, "Ignored", -1) == classes) classes++;
            target = new Input("target", InputKind.Labels, y.Type.Shape.Take(y.Type.Rank - 1).ToEquatable(), classes, false, false, 1, 0) { Time = y.Type.Time };
            value = Apply(name, output, new(StringComparer.OrdinalIgnoreCase) { ["labels"] = evaluator.Read(1, target) }, where, loss);
        }
        else
        {
            target = new Input("target", InputKind.Tensor, y.Type.Shape, 0, false, false, 1, 0) { Time = y.Type.Time };
            value = Apply(name, output, new(StringComparer.OrdinalIgnoreCase) { ["target"] = evaluator.Read(1, target) }, where, loss);
        }
        if (evaluator.AsNode(value)!.Type.Rank > 0) value = Apply(target.Kind == InputKind.Labels ? "Mean" : "Sum", value, new(StringComparer.OrdinalIgnoreCase), where);
        var minimised = OverTime(evaluator.AsNode(value)!);

        var trained = evaluator.Trained(minimised, _ => true);
        if (trained.Count == 0) throw new NetworkException(Descriptors.NothingTrained, where, type.Name);
        var outputs = new List<Output> { new(Role.Loss, "", evaluator.AddPenalties(minimised, trained).Id) };
        if (target.Kind == InputKind.Labels && AttributeArguments.Named(loss, "Ignored", -1) == -1) outputs.Add(new(Role.Metric, "accuracy", OverTime(Accuracy(y, evaluator.AsNode(evaluator.Read(1, target))!)).Id));
        if (activations is not null) outputs.AddRange(layers.Zip(values.Skip(1), (layer, given) => Activation(((IOwned)layer.Layer).Place.Path, evaluator.AsNode(given)!)).SelectMany(statistics => statistics));
        outputs.AddRange(evaluator.Assignments(trained));
        return new("Learn", variant, ProgramKind.Learn, "", [input, target], trained.ToEquatable(), ProgramBuilder.Extract(evaluator.Graph, outputs));
    }

    /// <summary>Losses whose target is a class.</summary>
    private static bool TakesLabels(string loss) => loss is "CrossEntropy" or "MultiHinge";

    /// <summary>The mean over the steps, where there are any.</summary>
    private Node OverTime(Node perStep) => perStep.Type.Time.Aggregate(perStep, (mean, axis) => evaluator.Graph.MeanOverTime(axis, mean));

    /// <summary>Norm, mean and share of zeros of what a layer gives for a sample, in the order of Kiln.ActivationStatistics.</summary>
    private IEnumerable<Output> Activation(string layer, Node y)
    {
        var (graph, axes) = (evaluator.Graph, Enumerable.Range(0, y.Type.Rank).ToEquatable());
        yield return new(Role.Activation, layer + ".norm", OverTime(graph.Add(new Sqrt(), graph.Sum(graph.Add(new Square(), y), axes))).Id);
        yield return new(Role.Activation, layer + ".mean", OverTime(graph.Mean(y, axes)).Id);
        yield return new(Role.Activation, layer + ".zeros", OverTime(graph.Mean(graph.WhereNotZero(y, graph.Number(0), graph.Number(1)), axes)).Id);
    }

    /// <summary>1 where the label has the largest score, by the rule of the generated Accuracy: of equal scores the first counts.</summary>
    private Node Accuracy(Node scores, Node labels)
    {
        var (graph, classes) = (evaluator.Graph, scores.Type[scores.Type.Rank - 1]);
        var answers = graph.Add(new OneHotOf(classes), graph.Add(new ArgMaxIndex(), scores));
        return graph.Sum(graph.Add(new Multiply(), answers, graph.Add(new OneHotOf(classes), labels)), [scores.Type.Rank - 1]);
    }

    /// <summary>Pixels, which are classified together, and not one label for each of their rows.</summary>
    private static bool IsImage(Input input, List<(object Layer, SyntaxNode Syntax)> layers) =>
        input.Bytes || (input.Shape is { Count: 3 } shape && shape[0] is 1 or 3)
        || layers.Any(l => l.Layer is LayerObject layer && layer.Name.EndsWith("2D", StringComparison.Ordinal));

    /// <param name="written">The attribute whose arguments are the word's too.</param>
    private object Apply(string word, object x, Dictionary<string, object?> arguments, Location where, AttributeData? written = null)
    {
        var places = new ArgumentPlaces();
        foreach (var parameter in written?.AttributeConstructor?.Parameters ?? []) arguments[parameter.Name] = AttributeArguments.Positional(written!)![parameter.Ordinal];
        foreach (var named in written?.NamedArguments ?? []) arguments[named.Key] = AttributeArguments.Value(named.Value);
        if (written is not null)
            foreach (var source in AttributeArguments.Sources(written, default)) places.Add(source.Key, source.Value);
        return evaluator.Apply(word, x, arguments, where, places)!;
    }

    private static Location Where(AttributeData attribute) => AttributeArguments.Syntax(attribute, default).GetLocation();

    private static NetworkException Malformed(Location where, string what) => new(Descriptors.Stack, where, what);
}
