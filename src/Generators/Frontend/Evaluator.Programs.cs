using System.Collections.Immutable;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

internal sealed partial class Evaluator
{
    private readonly Dictionary<string, ISymbol> _roots = new(StringComparer.Ordinal);
    private readonly Dictionary<ISymbol, Place> _owners = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<string, ImmutableArray<IOwned>> _contents = new(StringComparer.Ordinal);
    private ProgramState? _program;

    /// <summary>What the program that is being evaluated has written so far.</summary>
    private sealed class ProgramState(string name, int variant, bool learns)
    {
        public string Name => name;
        public int Variant => variant;
        public bool Learns => learns;
        public List<Output> Assigned { get; } = [];

        /// <summary>The sequence states that it reads, in the order in which it first does.</summary>
        public List<(Input Input, SequenceValue Value)> SequenceStates { get; } = [];
        public Dictionary<string, (Node Value, string Layer)> Statistics { get; } = new(StringComparer.Ordinal);
        public Dictionary<string, int> Streams { get; } = new(StringComparer.Ordinal);
        public Dictionary<string, Node> Shared { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>Evaluates something as the body of a program.</summary>
    /// <param name="place">Whose parameters are made: the program's own place, or the owner that it is.</param>
    /// <param name="inUse">A Learn program is evaluated as the network is used: without dropout, with running statistics.</param>
    public object? RunProgram(string name, int variant, bool learns, IReadOnlyList<Input> inputs, Place place, Func<object?> body, bool inUse = false)
    {
        Parameters.Inputs = inputs;
        (_program, _steps, _loop, IsTraining) = (new(name, variant, learns), 0, null, learns && !inUse);
        (DependsOnMode, _modesGiven) = (false, 0);
        _calls.Clear();
        _initialised.Clear();
        _accessed.Clear();
        _open.Clear();
        Graph.PerSample = false;
        return Within(place, body);
    }

    public object? RunMethod(IMethodSymbol method, object?[] arguments)
    {
        if (method is { IsPartialDefinition: true, PartialImplementationPart: null }) throw new CompileErrorException();
        method = (method.PartialImplementationPart ?? method).OriginalDefinition;
        var syntax = method.DeclaringSyntaxReferences[0].GetSyntax(_cancellation);
        var operation = Body(method, syntax) as IMethodBodyOperation;
        if ((operation?.BlockBody ?? operation?.ExpressionBody) is not { } body) throw new CompileErrorException();
        return Execute(method, body, arguments, new Scope(null, new Frame(null, null)), operation!, Location.None);
    }

    /// <summary>What the program assigned, and the running statistics of layers of which it trains something.</summary>
    public IEnumerable<Output> Assignments(IReadOnlyCollection<string> trained) =>
        _program!.Assigned.Concat(_program.Statistics.Where(s => Trains(trained, s.Value.Layer)).Select(s => new Output(Role.Assign, s.Key, s.Value.Value.Id)));

    /// <summary>Whether parameters of the layer are among them; where it has none to train, of the nearest part around it that has.</summary>
    private bool Trains(IReadOnlyCollection<string> trained, string layer)
    {
        for (var path = layer; ; path = path.Substring(0, Math.Max(0, path.LastIndexOf('.'))))
        {
            bool IsWithin(string name) => path.Length == 0 || name.StartsWith(path + ".", StringComparison.Ordinal);
            if (Parameters.All.Any(p => p.Trainable && IsWithin(p.Name))) return trained.Any(IsWithin);
            if (path.Length == 0) return false;
        }
    }

    // ---- Owners ----

    private bool IsOwner(IMethodSymbol method) => method.GetAttributes().Any(a => a.AttributeClass is { Name: "SharedAttribute" or "PredictAttribute" } type && IsLanguage(type));

    /// <summary>Full names of other classes whose [Predict] methods were called.</summary>
    public HashSet<string> Helpers { get; } = new(StringComparer.Ordinal);

    /// <summary>The place of a [Shared] or [Predict] method.</summary>
    public Place OwnerPlace(IMethodSymbol method)
    {
        method = method.PartialDefinitionPart ?? method;
        if (_owners.TryGetValue(method, out var known)) return known;
        var isProgram = method.GetAttributes().Any(a => a.AttributeClass?.Name == "PredictAttribute");
        if (isProgram && !SymbolEqualityComparer.Default.Equals(method.ContainingType, _network)) Helpers.Add(OrphanReader.NameOf(method.ContainingType));
        return _owners[method] = Place.Root(RootWord(method), method.Name, isProgram ? method.Name : null);
    }

    /// <summary>The place of what a [Learn] program makes itself.</summary>
    public Place ProgramPlace(IMethodSymbol method) => Place.Root(RootWord(method), "", method.Name, learns: true);

    private Place FieldPlace(ISymbol field, IOperation site)
    {
        RootWord(field, site.Syntax.GetLocation());
        return Place.Field(field.Name);
    }

    private string FieldWord(ISymbol field) => SymbolEqualityComparer.Default.Equals(field.ContainingType, _network)
        ? Words.Camel(field.Name) : Words.Camel(field.ContainingType.Name) + Arguments(field.ContainingType) + "." + Words.Camel(field.Name);

    /// <summary>The type arguments of a type, those of the types around it first.</summary>
    private static string Arguments(INamedTypeSymbol? type) => type is null ? "" : Arguments(type.ContainingType) + string.Concat(type.TypeArguments.Select(a => a switch
    {
        INamedTypeSymbol named => named.Name + Arguments(named),
        IArrayTypeSymbol { ElementType: var element } => element.Name + "Array",
        _ => a.Name,
    }));

    /// <summary>The first word of an owner's names; two owners whose words are the same are an error.</summary>
    private string RootWord(ISymbol owner, Location? where = null)
    {
        var word = FieldWord(owner);
        if (_roots.TryGetValue(word, out var other) && !SymbolEqualityComparer.Default.Equals(other, owner))
            throw new NetworkException(Descriptors.DuplicateName, where ?? owner.Locations[0], word);
        _roots[word] = owner;
        return word;
    }

    /// <summary>The beginnings of the names of a part's parameters that live elsewhere: layers of other fields that a field holds.</summary>
    public IEnumerable<string> ContentPaths(string part) => _contents.TryGetValue(part, out var owned) ? owned.Select(o => o.Place.Path) : [];

    // ---- What programs write ----

    private object? Update(IMethodSymbol method, object?[] values, IOperation site)
    {
        if (method.Name == "op_Addition") return new UpdateValue([.. ((UpdateValue)values[0]!).Steps, .. ((UpdateValue)values[1]!).Steps]);
        if (values[0] is not ParameterObject parameter) throw Reject(site, "only a parameter can be updated");
        var target = Read(parameter);
        var direction = AsNode(values[1]) ?? throw Reject(site, "its direction is not a tensor");
        if (direction.Type.Shape != target.Type.Shape)
            throw new NetworkException(Descriptors.Shape, Site(site.Syntax), $"Update.Of: the direction must have the parameter's shape {target.Type}, but has {direction.Type}");
        if (!Parameters.All.Single(p => p.Name == Name(target)).Trainable)
            throw new NetworkException(Descriptors.Argument, Site(site.Syntax), $"Update.Of: the parameter '{Name(target)}' is not trainable: use Assign instead");
        return new UpdateValue([(Name(target), direction)]);
    }

    private object? AssignParameter(ParameterObject parameter, object? value, IOperation site)
    {
        if (_program is not { Learns: true }) throw Reject(site, "only a [Learn] program assigns parameters");
        var target = Read(parameter);
        var node = AsNode(value) ?? throw Reject(site, "the assigned value is not a tensor");
        if (node.Type.Batched || node.Type.Shape != target.Type.Shape)
            throw new NetworkException(Descriptors.Shape, Site(site.Syntax), $"Assign: the value must have the parameter's shape {target.Type} and be the same for every sample, got {node.Type}");
        if (_program.Assigned.Any(a => a.Role == Role.Assign && a.Name == Name(target))) throw new NetworkException(Descriptors.AssignedTwice, Site(site.Syntax), Name(target));
        _program.Assigned.Add(new(Role.Assign, Name(target), node.Id));
        return null;
    }

    private static string Name(Node parameter) => ((Operators.Primitives.ParameterRead)parameter.Operator).Name;

    /// <summary>Running statistics: the last application of the layer in the program counts.</summary>
    public void AssignStatistics(string parameter, Node value, string layer)
    {
        if (_program is { Learns: true } && IsTraining) _program.Statistics[parameter] = (value, layer);
    }

    /// <summary>A value that the program makes once, by its name.</summary>
    public Node Once(string name, Func<Node> make)
    {
        if (_program is null) return make();
        if (!_program.Shared.TryGetValue(name, out var made)) _program.Shared.Add(name, made = make());
        return made;
    }

    /// <summary>A name for a draw of random numbers: by program, place and count.</summary>
    public string Stream(string word)
    {
        var name = $"{_program?.Name}{(_program is { Variant: > 0 } ? "#" + _program.Variant : "")}/{Place.Join(_place.Path, Words.Camel(word))}";
        if (_program is null) return name;
        _program.Streams.TryGetValue(name, out var count);
        _program.Streams[name] = ++count;
        return name + count.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
