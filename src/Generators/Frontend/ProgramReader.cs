using System.Collections.Immutable;
using System.Xml.Linq;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.Generators.Frontend;

/// <summary>A class with [Predict] and [Learn] methods: each is evaluated into a program.</summary>
internal sealed class ProgramReader(NetworkReader reader, Evaluator evaluator, INamedTypeSymbol type, IAssemblySymbol language)
{
    private readonly List<Program> _programs = [];
    private readonly Dictionary<string, IMethodSymbol> _methods = [];

    public static ProgramKind? KindOf(IMethodSymbol method, IAssemblySymbol language) =>
        Attribute(method, "LearnAttribute", language) is not null ? ProgramKind.Learn
        : Attribute(method, "PredictAttribute", language) is not null ? ProgramKind.Predict : null;

    private static AttributeData? Attribute(ISymbol symbol, string name, IAssemblySymbol language) => Attributes(symbol, name, language).FirstOrDefault();

    private static IEnumerable<AttributeData> Attributes(ISymbol symbol, string name, IAssemblySymbol language) => AttributeArguments.Of(symbol, name, language);

    public IReadOnlyList<Program> Read(ImmutableArray<IMethodSymbol> methods)
    {
        var failed = false;
        foreach (var method in methods.TakeWhile(_ => !evaluator.IsExhausted))
            failed |= !reader.Try(() =>
            {
                var kind = KindOf(method, language)!.Value;
                CheckSignature(method, kind);
                if (_methods.ContainsKey(method.Name)) throw Unsuited(method.Locations[0], $"'{method.Name}' is the name of two programs");
                _methods.Add(method.Name, method);
                var inputs = InputReader.Unified([.. method.Parameters.Select(p => new InputReader(language).Read(p, kind))]);
                var variants = inputs.Length == 0 ? 1 : inputs.Max(i => i.Length);
                if (inputs.FirstOrDefault(i => i.Length != 1 && i.Length != variants) is { IsDefault: false })
                    throw Unsuited(method.Locations[0], $"the parameters of '{method.Name}' declare different numbers of shapes");
                new InputReader(language).CheckDistinct(method, inputs);
                ImmutableArray<Input> Inputs(int variant) => [.. inputs.Select(i => i[Math.Min(variant, i.Length - 1)])];
                for (var variant = 0; variant < variants; variant++) AddOutline(method, kind, variant, Inputs(variant));
                for (var variant = 0; variant < variants; variant++)
                {
                    var program = Evaluate(method, kind, variant, Inputs(variant));
                    if (variant > 0) CheckAlike(method.Locations[0], _programs[_programs.Count - 1], program);
                    _programs.Add(program);
                }
            });
        WarnOfUntrained(failed || evaluator.IsExhausted);
        return _programs;
    }

    /// <summary>What the signature alone tells. How long results are follows from the body; a class's scores are taken for such.</summary>
    private void AddOutline(IMethodSymbol method, ProgramKind kind, int variant, ImmutableArray<Input> inputs)
    {
        var values = Returned(method).Where(r => r.Type.SpecialType != SpecialType.System_Void).Select(r => kind == ProgramKind.Predict
            ? (Role.Prediction, r.Name, new TensorType(Word(r.Type) is "Labels" or "TokenSequence" ? DType.Int32 : DType.Float32, inputs.Length > 0, Word(r.Type) is "Labels" or "TokenSequence" ? [] : [Classes()])
            {
                Time = Word(r.Type) is "Sequence" or "TokenSequence" ? inputs.SelectMany(i => i.Time).Take(1).ToEquatable() : [],
            })
            : (Word(r.Type) switch { "Loss" or "Residuals" => Role.Loss, "Update" => Role.Update, _ => Role.Monitor }, r.Name, TensorType.Float(inputs.Length > 0, [])));
        reader.Outline.Add(method.Name, variant, kind, inputs, values);
    }

    /// <summary>As many as the first labels have, or 1.</summary>
    private int Classes() => type.GetMembers().OfType<IMethodSymbol>().SelectMany(m => m.Parameters).SelectMany(p => Attributes(p, "ClassesAttribute", language))
        .Select(a => AttributeArguments.Positional(a) is { Length: 1 } given && given[0] is int count ? count : 1).DefaultIfEmpty(1).First();

    private static IReadOnlyList<(ITypeSymbol Type, string Name)> Returned(IMethodSymbol method) =>
        method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple ? [.. tuple.TupleElements.Select(e => (e.Type, e.Name))] : [(method.ReturnType, "")];

    // ---- Signatures ----

    private void CheckSignature(IMethodSymbol method, ProgramKind kind)
    {
        var where = method.Locations[0];
        var attribute = kind == ProgramKind.Learn ? "[Learn]" : "[Predict]";
        if (!method.IsStatic) throw Unsuited(where, $"a {attribute} method must be static, and '{method.Name}' is not");
        if (method.IsGenericMethod) throw Unsuited(where, $"a {attribute} method cannot be generic");
        if (Attribute(method, "PredictAttribute", language) is not null && kind == ProgramKind.Learn) throw Unsuited(where, $"'{method.Name}' cannot be both [Predict] and [Learn]");
        var returned = ((method.DeclaringSyntaxReferences[0].GetSyntax() as MethodDeclarationSyntax)?.ReturnType ?? (SyntaxNode)method.DeclaringSyntaxReferences[0].GetSyntax()).GetLocation();
        var types = Returned(method).Select(r => r.Type).ToList();
        for (var i = 0; i < types.Count; i++)
        {
            if (types[i].TypeKind == TypeKind.Error) throw new CompileErrorException();
            var name = Word(types[i]);
            if (i >= InputReader.MaxArguments) throw Unsuited(Member(method, i), $"'{method.Name}' returns more than {InputReader.MaxArguments} values");
            if (name == "Sequence" && kind == ProgramKind.Learn) throw new NetworkException(Descriptors.LossOverTime, types.Count == 1 ? returned : Member(method, i), i == 0 ? "A loss" : "A monitored value");
            var fits = kind == ProgramKind.Predict ? name is "Tensor" or "Labels" or "Sequence" or "TokenSequence" or "Void" : i == 0 ? name is "Loss" or "Residuals" or "Update" or "Void" : name is "Tensor";
            if (!fits) throw Unsuited(returned, kind == ProgramKind.Predict
                ? $"'{method.Name}' returns {method.ReturnType.ToDisplayString()}; a [Predict] method returns Tensor, Labels, Sequence, TokenSequence or a named tuple of them"
                : $"'{method.Name}' returns {method.ReturnType.ToDisplayString()}; a [Learn] method returns Loss, Residuals, Update, nothing, or a named tuple of one of the first three and tensors to watch");
        }
    }

    private string Word(ITypeSymbol type) => type.SpecialType == SpecialType.System_Void ? "Void" : SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, language) ? type.Name : "";

    /// <summary>One list of trained and of assigned parameters, and one form of results, serve all shapes that a program declares.</summary>
    public static void CheckAlike(Location where, Program one, Program other)
    {
        static bool AreSame(IEnumerable<string> names, IEnumerable<string> others) => new HashSet<string>(names, StringComparer.Ordinal).SetEquals(others);
        static IEnumerable<string> Assigned(Program program) => program.Graph.Outputs.Where(o => o.Role == Role.Assign).Select(o => o.Name);
        static IEnumerable<string> Kept(Program program) => program.Graph.Outputs.Where(o => o.Role is Role.State or Role.SequenceState).Select(o => o.Name);
        static IEnumerable<string> Read(Program program) => program.Inputs.Select(i => i.State);
        static IEnumerable<bool> Batched(Program program) => program.Graph.Outputs.Where(o => o.Role == Role.Prediction).Select(o => program.Graph[o.Node].Type.Batched);
        NetworkException Differs(string how) => Unsuited(where, $"'{one.Name}' {how}: write two programs");
        if (!AreSame(one.Trained, other.Trained)) throw Differs("trains different parameters for different declared shapes");
        if (!AreSame(Assigned(one), Assigned(other))) throw Differs("assigns different parameters for different declared shapes");
        if (!AreSame(Kept(one), Kept(other))) throw Differs("assigns different states for different declared shapes");
        if (!Read(one).SequenceEqual(Read(other))) throw Differs("reads different sequence states for different declared shapes");
        if (!Batched(one).SequenceEqual(Batched(other))) throw Differs("returns a value of each sample for one declared shape, and one for all samples for another");
    }

    // ---- Evaluation ----

    private Program Evaluate(IMethodSymbol method, ProgramKind kind, int variant, ImmutableArray<Input> inputs)
    {
        var place = kind == ProgramKind.Learn ? evaluator.ProgramPlace(method) : evaluator.OwnerPlace(method);
        var program = Run(inUse: false);
        return kind == ProgramKind.Learn && evaluator.DependsOnMode && program.HasLoss ? evaluator.Quietly(() => program with { InUse = Run(inUse: true).Results }) : program;

        Program Run(bool inUse) => (Program)evaluator.RunProgram(method.Name, variant, kind == ProgramKind.Learn, inputs, place.Again(), () => Body(method, kind, variant, inputs), inUse)!;
    }

    private Program Body(IMethodSymbol method, ProgramKind kind, int variant, ImmutableArray<Input> inputs)
    {
        var result = evaluator.RunMethod(method, [.. inputs.Select((input, i) => evaluator.Read(i, input))]);
        var values = result is TupleValue tuple ? tuple.Items : [result];
        var names = Returned(method).Select(r => r.Name).ToImmutableArray();
        var outputs = new List<Output>();
        IReadOnlyList<string> trained = [];
        Graph.Graph? curvature = null;
        if (kind == ProgramKind.Predict)
        {
            if (!method.ReturnsVoid) outputs.AddRange(values.SelectMany((v, i) => Predictions(v, names[i], method)));
            else if (!evaluator.Assignments([]).Any()) throw Unsuited(method.Locations[0], $"'{method.Name}' returns nothing and assigns no state: a call of it would do nothing");
        }
        else (trained, curvature) = Learn(method, inputs, values, names, outputs);
        outputs.AddRange(evaluator.Assignments(trained));
        var all = inputs.Concat(evaluator.StateInputs).ToEquatable();
        CheckCount(method, all);
        return new Program(method.Name, variant, kind, Documentation(method), all, trained.ToEquatable(), ProgramBuilder.Extract(evaluator.Graph, outputs))
        {
            Curvature = curvature,
            Residuals = values[0] is ResidualsValue residuals && curvature is not null ? residuals.Node.Type.Length : 0,
        };
    }

    private static void CheckCount(IMethodSymbol method, EquatableArray<Input> inputs)
    {
        if (inputs.Count > InputReader.MaxArguments) throw Unsuited(method.Locations[0], $"'{method.Name}' has {inputs.Count} inputs and sequence states that it reads: a program has at most {InputReader.MaxArguments}");
        if (inputs.SelectMany(i => i.Time).Distinct().Count() is var axes && axes > InputReader.MaxAxes)
            throw Unsuited(method.Locations[0], $"'{method.Name}' runs over {axes} axes of time, at most {InputReader.MaxAxes} are possible: sequences of the same lengths share one by [Time(\"t\")]");
    }

    /// <summary>A result; of a sequence whose lengths the network computes, these too, and zeros after them.</summary>
    private IEnumerable<Output> Predictions(object? value, string name, IMethodSymbol method)
    {
        var (graph, node) = (evaluator.Graph, Tensor(value, method));
        var axis = value switch { SequenceValue sequence => sequence.Axis, TokensValue tokens => tokens.Axis, _ => null };
        if (axis is null || graph.ComputedLengths(axis) is not { } lengths) return [new(Role.Prediction, name, node.Id)];
        var live = graph.Live(axis, node, graph.Number(0));
        if (node.Type.DType == DType.Int32) live = graph.Add(new WholeNumber(), live);
        return [new(Role.Prediction, name, live.Id), new(Role.Prediction, (name.Length == 0 ? "output" : name) + "Lengths", graph.Add(new WholeNumber(), lengths).Id)];
    }

    private (IReadOnlyList<string> Trained, Graph.Graph? Curvature) Learn(IMethodSymbol method, ImmutableArray<Input> inputs, ImmutableArray<object?> values, ImmutableArray<string> names, List<Output> outputs)
    {
        var trained = new List<string>();
        Graph.Graph? curvature = null;
        var hessian = HessianArgument(method);
        if (hessian is not null && values[0] is not LossValue) throw new NetworkException(Descriptors.Argument, hessian, "Learn: Hessian is of a Loss; " + (values[0] is ResidualsValue ? "Residuals have a Jacobian" : "this program returns none"));
        switch (values[0])
        {
            case LossValue loss:
                trained.AddRange(Trained(method, loss.Node, inputs.Any(i => i.Optimized)));
                var minimised = evaluator.AddPenalties(loss.Node, trained);
                outputs.Add(new(Role.Loss, names[0], minimised.Id));
                if (hessian is not null) curvature = evaluator.Hessian(minimised, trained, hessian);
                break;
            case ResidualsValue residuals:
                var half = evaluator.HalfSquares(residuals);
                trained.AddRange(Trained(method, half, inputs.Any(i => i.Optimized)));
                outputs.Add(new(Role.Loss, names[0], half.Id));
                if (trained.Count > 0) curvature = evaluator.Jacobian(residuals, trained);
                break;
            case UpdateValue update:
                foreach (var steps in update.Steps.GroupBy(s => s.Parameter, StringComparer.Ordinal))
                {
                    var sum = steps.Select(s => s.Direction).Aggregate((a, b) => evaluator.Graph.Add(new Add(), a, b));
                    outputs.Add(new(Role.Update, steps.Key, sum.Id));
                    trained.Add(steps.Key);
                }
                CheckParts(method, trained);
                break;
            case null when method.ReturnsVoid:
                CheckParts(method, evaluator.Assignments([]).Where(a => a.Role == Role.Assign).Select(a => a.Name));
                break;
            default:
                throw Unsuited(method.Locations[0], $"'{method.Name}' returns nothing to learn from");
        }
        for (var i = 1; i < values.Length; i++) outputs.Add(new(Role.Monitor, names[i], evaluator.PerSampleScalar(Tensor(values[i], method), Member(method, i), "A monitored value").Id));
        return (trained, curvature);
    }

    /// <summary>Where a member of the returned tuple is declared.</summary>
    private static Location Member(IMethodSymbol method, int index) =>
        method.DeclaringSyntaxReferences[0].GetSyntax() is MethodDeclarationSyntax { ReturnType: TupleTypeSyntax tuple } ? tuple.Elements[index].GetLocation() : method.Locations[0];

    private Node Tensor(object? value, IMethodSymbol method) => evaluator.HasLeaked(value) ? throw new NetworkException(Descriptors.TimeAxes, method.Locations[0], $"'{method.Name}' returns a value of one step, which is used outside of its Map or Scan")
        : evaluator.AsNode(value) ?? throw Unsuited(method.Locations[0], $"'{method.Name}' returns null");

    // ---- Parts ----

    private IReadOnlyList<string> Trained(IMethodSymbol method, Node loss, bool optimizesInput)
    {
        var parts = NamedParts(method);
        if (parts.Count == 0)
        {
            if (optimizesInput) return [];
            var all = evaluator.Trained(loss, _ => true);
            return all.Count > 0 ? all : throw new NetworkException(Descriptors.NothingTrained, method.Locations[0], method.Name);
        }

        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (part, where) in parts)
        {
            var reached = evaluator.Trained(loss, Holds(part));
            if (reached.Count == 0) throw Unreached(method, part, where);
            wanted.UnionWith(reached);
        }
        return evaluator.Trained(loss, p => wanted.Contains(p.Name));
    }

    /// <summary>The parts named by a program that says itself what it writes: each has some of it.</summary>
    private void CheckParts(IMethodSymbol method, IEnumerable<string> written)
    {
        var names = new HashSet<string>(written, StringComparer.Ordinal);
        foreach (var (part, where) in NamedParts(method))
            if (!evaluator.Parameters.All.Where(Holds(part)).Any(p => names.Contains(p.Name))) throw Unreached(method, part, where);
    }

    private IReadOnlyList<(string Part, Location Where)> NamedParts(IMethodSymbol method)
    {
        var attribute = Attribute(method, "LearnAttribute", language)!;
        if (AttributeArguments.Positional(attribute) is not { Length: 1 } named || named[0] is not object?[] parts) throw new CompileErrorException();
        var expressions = (AttributeArguments.Syntax(attribute, default) as AttributeSyntax)?.ArgumentList?.Arguments ?? [];
        return [.. parts.Select((part, i) => (part as string ?? "null", i < expressions.Count ? expressions[i].Expression.GetLocation() : method.Locations[0]))];
    }

    /// <summary>Where Hessian = true is written; null where it is not.</summary>
    private Location? HessianArgument(IMethodSymbol method)
    {
        var attribute = Attribute(method, "LearnAttribute", language)!;
        return AttributeArguments.Named(attribute, "Hessian", false) ? AttributeArguments.Sources(attribute, default)["Hessian"].GetLocation() : null;
    }

    private Func<Parameter, bool> Holds(string part)
    {
        var paths = evaluator.ContentPaths(part).ToList();
        return p => p.Owner == part || paths.Any(path => p.Name == path || p.Name.StartsWith(path + ".", StringComparison.Ordinal));
    }

    private NetworkException Unreached(IMethodSymbol method, string part, Location where) =>
        IsPart(part) ? new(Descriptors.UnreadPart, where, method.Name, part) : new(Descriptors.UnknownPart, where, part, type.Name);

    private bool IsPart(string name) => type.GetMembers(name).Any(m => m switch
    {
        IFieldSymbol { IsStatic: true, IsReadOnly: true } or IPropertySymbol { IsStatic: true, SetMethod: null } => true,
        IMethodSymbol method => Attribute(method, "SharedAttribute", language) is not null || Attribute(method, "PredictAttribute", language) is not null,
        _ => false,
    });

    private void WarnOfUntrained(bool failed)
    {
        // A program that failed may have been the one to train them.
        if (failed || !_programs.Any(p => p.Kind == ProgramKind.Learn)) return;
        var trained = new HashSet<string>(_programs.SelectMany(p => p.Trained.Concat(p.Graph.Outputs.Where(o => o.Role == Role.Assign).Select(o => o.Name))), StringComparer.Ordinal);
        var trainable = new HashSet<string>(evaluator.Parameters.All.Where(p => p.Trainable).Select(p => p.Name), StringComparer.Ordinal);
        foreach (var program in _programs.Where(p => p is { Kind: ProgramKind.Predict, Variant: 0 }))
        {
            var untrained = ProgramBuilder.Reached(program.Graph).Where(n => trainable.Contains(n) && !trained.Contains(n)).Distinct().ToList();
            if (untrained.Count == 0) continue;
            var shown = string.Join(", ", untrained.Take(3)) + (untrained.Count > 3 ? $" and {untrained.Count - 3} more" : "");
            reader.Report(Descriptors.Untrained, _methods[program.Name].Locations[0], program.Name, shown);
        }
    }

    /// <summary>The summary of the method's documentation comment, on one line.</summary>
    private static string Documentation(IMethodSymbol method)
    {
        var xml = method.GetDocumentationCommentXml();
        if (string.IsNullOrWhiteSpace(xml)) return "";
        try
        {
            var summary = XElement.Parse(xml).Element("summary")?.Value ?? "";
            return string.Join(" ", summary.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
        catch (System.Xml.XmlException)
        {
            return "";
        }
    }

    private static NetworkException Unsuited(Location where, string what) => new(Descriptors.Signature, where, what);
}
