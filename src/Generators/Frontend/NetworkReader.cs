using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.Generators.Frontend;

/// <summary>What came of a class: its network, unless something is wrong with it, where its name stands, and what there is to say.</summary>
internal sealed record Reading(Network? Network, Location Where, EquatableArray<Finding> Findings);

/// <summary>Reads a [Network] class: checks its form, then its layer stack or its programs.</summary>
internal sealed class NetworkReader
{
    private static readonly string[] Reserved =
    [
        "Parameters", "ParameterViews", "AllParameters", "States", "Training", "Workspace", "CreateWorkspace", "Train",
        "Load", "LoadWeights", "LoadMatching", "Save", "Dispose", "Summary",
    ];

    // Members of the nested Training, among which the Learn programs are methods.
    private static readonly string[] ReservedForLearn =
    [
        "Gradients", "Step", "Batch", "LearningRate", "Evaluation", "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "ReferenceEquals", "Finalize",
    ];

    private readonly INamedTypeSymbol _type;
    private readonly TypeDeclarationSyntax _declaration;
    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellation;
    private readonly List<Finding> _findings = [];

    private NetworkReader(INamedTypeSymbol type, TypeDeclarationSyntax declaration, Compilation compilation, CancellationToken cancellation) =>
        (_type, _declaration, _compilation, _cancellation) = (type, declaration, compilation, cancellation);

    public static Reading Read(INamedTypeSymbol type, TypeDeclarationSyntax declaration, Compilation compilation, CancellationToken cancellation)
    {
        var reader = new NetworkReader(type, declaration, compilation, cancellation);
        Network? network = null;
        reader.Try(() => network = reader.Read());
        var isWrong = reader._findings.Any(f => f.Descriptor.DefaultSeverity == DiagnosticSeverity.Error);
        return new(isWrong ? null : network, declaration.Identifier.GetLocation(), reader._findings.Distinct().ToEquatable());
    }

    /// <summary>Evaluates one piece; what is wrong with it is kept for the report. False where something was.</summary>
    public bool Try(Action piece)
    {
        try
        {
            piece();
            return true;
        }
        catch (NetworkException e)
        {
            _findings.Add(e.Finding);
        }
        catch (CompileErrorException)
        {
            Silenced = true;
        }
        catch (InsufficientExecutionStackException)
        {
            Report(Descriptors.Endless, _declaration.Identifier.GetLocation(), _type.Name, "it is nested too deeply");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Report(Descriptors.Fault, _declaration.Identifier.GetLocation(), _type.Name, e.Message);
        }
        return false;
    }

    /// <summary>True where the compiler itself reports what is wrong.</summary>
    public bool Silenced { get; private set; }

    public void Report(DiagnosticDescriptor descriptor, Location where, params object[] arguments) => _findings.Add(Finding.Of(descriptor, where, arguments));

    private Network? Read()
    {
        var info = CheckForm();
        if (info is null) return null;
        var language = _type.GetAttributes().First(a => a.AttributeClass?.ToDisplayString() == "Kiln.NetworkAttribute").AttributeClass!.ContainingAssembly;
        var evaluator = new Evaluator(_compilation, _type, language, _cancellation);

        var attributes = _type.GetAttributes().Where(a => StackReader.IsStack(a, language)).ToImmutableArray();
        var methods = _type.GetMembers().OfType<IMethodSymbol>().Where(m => ProgramReader.KindOf(m, language) is not null).ToImmutableArray();
        CheckNames(isStack: attributes.Length > 0);
        CheckPrograms(methods, language);
        if (attributes.Length > 0 && methods.Length > 0)
            throw new NetworkException(Descriptors.Stack, methods[0].Locations[0], $"'{_type.Name}' has a layer stack, which declares Predict and Learn; programs of its own belong in a class without one");
        if (attributes.Length == 0 && methods.Length == 0)
            throw new NetworkException(Descriptors.NoPrograms, _declaration.Identifier.GetLocation(), _type.Name);

        var programs = attributes.Length > 0
            ? new StackReader(this, evaluator, _type, _declaration).Read(attributes, language)
            : new ProgramReader(this, evaluator, _type, language).Read(methods);
        _findings.AddRange(evaluator.Warnings);
        if (Silenced || _findings.Any(f => f.Descriptor.DefaultSeverity == DiagnosticSeverity.Error)) return null;
        var used = new HashSet<string>(programs.SelectMany(p => ProgramBuilder.Reached(p.Graph)), StringComparer.Ordinal);
        // The list of nameofs that keeps them from being unused.
        var named = _type.GetMembers().OfType<IMethodSymbol>().Where(m => m.GetAttributes().Any(a => a.AttributeClass?.Name is "PredictAttribute" or "LearnAttribute" or "SharedAttribute"));
        info = info with { Methods = named.Select(m => m.Name).Distinct().ToEquatable() };
        return new(info, evaluator.Parameters.All.Where(p => used.Contains(p.Name)).ToEquatable(), programs.ToEquatable());
    }

    private ClassInfo? CheckForm()
    {
        var name = _declaration.Identifier.GetLocation();
        if (_declaration.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: < LanguageVersion.CSharp12 and var version })
            Report(Descriptors.LanguageVersion, name, version.ToDisplayString());
        if (_type.IsStatic) Report(Descriptors.ClassForm, name, _type.Name, "static: it is an object with weights");
        if (_type.IsGenericType) Report(Descriptors.ClassForm, name, _type.Name, "generic, nor lie within a generic class");
        if (_type.IsAbstract && !_type.IsStatic) Report(Descriptors.ClassForm, name, _type.Name, "abstract");
        if (_type.IsRecord) Report(Descriptors.ClassForm, name, _type.Name, "a record: it is compared by reference");
        if (_type.IsFileLocal) Report(Descriptors.ClassForm, name, _type.Name, "local to its file: its other half is generated into another");
        foreach (var constructor in _type.InstanceConstructors.Where(c => !c.IsImplicitlyDeclared))
            if (constructor.DeclaringSyntaxReferences[0].GetSyntax(_cancellation) is not ConstructorDeclarationSyntax { Initializer.RawKind: (int)SyntaxKind.ThisConstructorInitializer })
                Report(Descriptors.ClassForm, constructor.Locations[0], _type.Name, "made by a constructor of its own, unless that calls the generated one: this(seed)");

        var containers = new List<string>();
        foreach (var outer in _declaration.AncestorsAndSelf().OfType<TypeDeclarationSyntax>())
        {
            if (!outer.Modifiers.Any(SyntaxKind.PartialKeyword))
                Report(Descriptors.NotPartial, outer.Identifier.GetLocation(), outer.Identifier.Text, outer == _declaration ? "" : $" for '{_type.Name}' within it");
            if (outer != _declaration) containers.Insert(0, $"partial {outer.Keyword.Text}{(outer is RecordDeclarationSyntax { ClassOrStructKeyword.Text: { Length: > 0 } kind } ? " " + kind : "")} {outer.Identifier.Text}");
        }
        if (_findings.Count > 0) return null;
        var space = _type.ContainingNamespace.IsGlobalNamespace ? "" : _type.ContainingNamespace.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted));
        return new(space, containers.ToEquatable(), SyntaxFacts.GetText(_type.DeclaredAccessibility), _declaration.Identifier.Text, _type.IsSealed);
    }

    /// <summary>A [Learn] program has more methods, named after it, beside the members of every training.</summary>
    private void CheckPrograms(ImmutableArray<IMethodSymbol> methods, IAssemblySymbol language)
    {
        var learns = methods.Where(m => ProgramReader.KindOf(m, language) == ProgramKind.Learn).ToImmutableArray();
        var derived = learns.SelectMany(m => new[] { m.Name + "Loss", m.Name + "Gradients", "Apply" + m.Name, "Run" + m.Name, "Fit" + m.Name }).ToImmutableHashSet();
        foreach (var method in methods)
            if (derived.Contains(method.Name) || (learns.Contains(method) && ReservedForLearn.Contains(method.Name))) Report(Descriptors.ReservedName, method.Locations[0], method.Name, _type.Name);
    }

    private void CheckNames(bool isStack)
    {
        foreach (var member in _type.GetMembers())
        {
            if (member.IsImplicitlyDeclared || member.Locations.FirstOrDefault() is not { IsInSource: true } where) continue;
            if (Reserved.Contains(member.Name) || (isStack && member.Name == "Predict")) Report(Descriptors.ReservedName, where, member.Name, _type.Name);
        }
    }
}
