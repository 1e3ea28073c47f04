using System.Runtime.CompilerServices;
using System.Text;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

/// <summary>
/// Runs the user's methods while they are being compiled, and records the operators they apply: numbers, arrays, loops and
/// helpers are evaluated as C# says, tensors are nodes of a graph. What has no Visit method here is not part of the language
/// and becomes a diagnostic at that expression.
/// </summary>
internal sealed partial class Evaluator : OperationVisitor<Scope, object?>
{
    private const int MaxSteps = 2_000_000;
    private const int MaxDepth = 100;
    private const int MaxQuoted = 80;

    private readonly Compilation _compilation;
    private readonly INamedTypeSymbol _network;
    private readonly IAssemblySymbol _language;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];
    private readonly Dictionary<ISymbol, IOperation> _bodies = new(SymbolEqualityComparer.Default);
    private int _steps;
    private SyntaxNode? _loop;

    /// <param name="language">The assembly that declares Tensor and the layers.</param>
    public Evaluator(Compilation compilation, INamedTypeSymbol network, IAssemblySymbol language, CancellationToken cancellation)
    {
        (_compilation, _network, _language, _cancellation) = (compilation, network, language, cancellation);
        Parameters = new(Graph);
        _place = Place.Root("", "");
    }

    /// <summary>One graph for all programs of the class: what a static field holds serves each of them.</summary>
    public GraphBuilder Graph { get; } = new();

    public ParameterTable Parameters { get; }

    /// <summary>What is allowed and yet hardly meant.</summary>
    public List<Finding> Warnings { get; } = [];

    /// <summary>Evaluates something a second time: what there is to warn of is known.</summary>
    public T Quietly<T>(Func<T> evaluate)
    {
        var known = Warnings.Count;
        var value = evaluate();
        Warnings.RemoveRange(known, Warnings.Count - known);
        return value;
    }

    public override object? Visit(IOperation? operation, Scope scope)
    {
        if (operation is null) return null;
        Step(operation.Syntax);
        return operation.ConstantValue is { HasValue: true, Value: var value } ? value : operation.Accept(this, scope);
    }

    public override object? DefaultVisit(IOperation operation, Scope scope) =>
        throw Reject(operation, $"{Describe(operation)} is not supported in a network");

    public override object? VisitInvalid(IInvalidOperation operation, Scope scope) => throw new CompileErrorException();

    /// <param name="count">For what is done to many elements at once: one each.</param>
    internal void Step(SyntaxNode where, int count = 1)
    {
        var before = _steps;
        _steps += Math.Min(count, MaxSteps);
        if (_steps > MaxSteps) throw Exhausted(_loop ?? where);
        if (_steps / 64 == before / 64) return;
        _cancellation.ThrowIfCancellationRequested();
        RuntimeHelpers.EnsureSufficientExecutionStack();
    }

    /// <summary>The budget is spent: the programs that follow are not tried.</summary>
    public bool IsExhausted { get; private set; }

    private NetworkException Exhausted(SyntaxNode where)
    {
        IsExhausted = true;
        return new(Descriptors.Endless, where.GetLocation(), Show(where), $"it took more than {MaxSteps} steps; is there an endless loop?");
    }

    /// <summary>The operation tree of a method, accessor, local function or initialiser: only source of this very project has one.</summary>
    private IOperation Body(ISymbol symbol, SyntaxNode caller)
    {
        if (_bodies.TryGetValue(symbol, out var known)) return known;
        var syntax = symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(_cancellation);
        syntax = syntax switch
        {
            VariableDeclaratorSyntax field => field.Initializer,
            PropertyDeclarationSyntax property => property.Initializer,
            _ => syntax,
        };

        // In the editor a project reference carries syntax, on the command line it is metadata: both are refused alike.
        if (syntax is null || !_compilation.ContainsSyntaxTree(syntax.SyntaxTree)) throw NoSource(symbol, caller);
        return _bodies[symbol] = Model(syntax.SyntaxTree).GetOperation(syntax, _cancellation) ?? throw NoSource(symbol, caller);
    }

    private SemanticModel Model(SyntaxTree tree)
    {
        if (!_models.TryGetValue(tree, out var model)) _models.Add(tree, model = _compilation.GetSemanticModel(tree));
        return model;
    }

    private static NetworkException NoSource(ISymbol symbol, SyntaxNode caller) =>
        new(Descriptors.NoSource, Site(caller), symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat));

    private static NetworkException Reject(IOperation operation, string why) => Reject(operation.Syntax, why);

    private static NetworkException Reject(SyntaxNode where, string why) => new(Descriptors.NotEvaluable, where.GetLocation(), Show(where), why);

    private static NetworkException NotAvailable(SyntaxNode where, string what) => new(Descriptors.NotAvailable, Site(where), what);

    /// <summary>Of a call in a chain, the last link: x.Dense(3).<u>Relu()</u>.</summary>
    internal static Location Site(SyntaxNode node) => node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
        ? Location.Create(node.SyntaxTree, Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(access.Name.SpanStart, node.Span.End))
        : node.GetLocation();

    /// <summary>An expression as messages and comments quote it: on one line, and not too long.</summary>
    internal static string Show(SyntaxNode node) => Shorten(OneLine(node.ToString()));

    /// <summary>What a value came from: of a chain of calls that is too long to quote, the last link, which made it.</summary>
    private static string Origin(SyntaxNode node) =>
        OneLine(node.ToString()) is { Length: <= MaxQuoted } whole ? whole : Shorten(OneLine(node.SyntaxTree.GetText().ToString(Site(node).SourceSpan)));

    private static string Shorten(string text) => text.Length <= MaxQuoted ? text : text.Substring(0, MaxQuoted - 3) + "...";

    /// <summary>Links of a chain that stand on lines of their own are joined.</summary>
    private static string OneLine(string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var isLink = word.Length > 1 && word[0] == '.' && (char.IsLetter(word[1]) || word[1] is '_' or '@');
            line.Append(line.Length == 0 || isLink ? "" : " ").Append(word);
        }
        return line.ToString();
    }

    private static string Describe(IOperation operation) => operation switch
    {
        ITryOperation => "try",
        IUsingOperation or IUsingDeclarationOperation => "using",
        ILockOperation => "lock",
        IAwaitOperation => "await",
        IReturnOperation { Kind: OperationKind.YieldReturn or OperationKind.YieldBreak } => "yield",
        IBranchOperation => "goto",
        ITypeOfOperation => "typeof",
        IDynamicInvocationOperation or IDynamicMemberReferenceOperation => "dynamic",
        _ => $"an operation of the kind {operation.Kind}",
    };
}
