using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.Generators.Frontend;

/// <summary>What came of a class: its network, or its outline where something is wrong with it, where its name stands, and what there is to say.</summary>
/// <param name="Helpers">Full names of other classes whose [Predict] methods it calls.</param>
internal sealed record Reading(Network? Network, Network? Outline, Location Where, EquatableArray<Finding> Findings, EquatableArray<string> Helpers)
{
    /// <summary>Where a precision is said that only kernels for GPUs have.</summary>
    public Location? Precision { get; init; }

    /// <summary>Where it says that it is for GPUs, if it does.</summary>
    public Location? AsksForGpu { get; init; }
}

/// <summary>Reads a [Network] class: checks its form, then its layer stack or its programs.</summary>
internal sealed class NetworkReader
{
    private readonly INamedTypeSymbol _type;
    private readonly TypeDeclarationSyntax _declaration;
    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellation;
    private List<Finding> _findings = [];
    private ClassInfo? _info;
    private Location? _asksForGpu;
    private EquatableArray<string> _helpers = [];
    private Location? _precision;

    private NetworkReader(INamedTypeSymbol type, TypeDeclarationSyntax declaration, Compilation compilation, CancellationToken cancellation) =>
        (_type, _declaration, _compilation, _cancellation) = (type, declaration, compilation, cancellation);

    public static Reading Read(INamedTypeSymbol type, TypeDeclarationSyntax declaration, Compilation compilation, CancellationToken cancellation)
    {
        var reader = new NetworkReader(type, declaration, compilation, cancellation);
        Network? network = null;
        reader.Try(() => network = reader.Read());
        var isWrong = reader._findings.Any(f => f.Descriptor.DefaultSeverity == DiagnosticSeverity.Error);
        if ((isWrong || reader.Silenced || type.GetAttributes().Any(a => AttributeArguments.IsUnknown(a) && a.AttributeClass?.Name == type.Name)) && reader.HidesAWord()) (isWrong, reader._findings) = (true, [Finding.Of(Descriptors.NamedLikeAWord, declaration.Identifier.GetLocation(), type.Name)]);
        if (isWrong) network = null;
        return new(network, network is null ? reader.ReadOutline() : null, declaration.Identifier.GetLocation(), reader._findings.Distinct().ToEquatable(), reader._helpers) { Precision = reader._precision, AsksForGpu = reader._asksForGpu };
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

    /// <summary>The programs as declared, for the case that one of them is wrong.</summary>
    public Outline Outline { get; } = new();

    // Beside a member of a generated one's name there is no room for that.
    private Network? ReadOutline() => _info is null || _findings.Any(f => f.Descriptor == Descriptors.ReservedName) ? null : Outline.Of(_info);

    /// <summary>True where the compiler itself reports what is wrong.</summary>
    public bool Silenced { get; private set; }

    public void Report(DiagnosticDescriptor descriptor, Location where, params object[] arguments) => _findings.Add(Finding.Of(descriptor, where, arguments));

    private Network? Read()
    {
        var attribute = _type.GetAttributes().First(a => a.AttributeClass?.ToDisplayString() == "Kiln.NetworkAttribute");
        // On a struct, or on a second part of the class, the attribute is the C# compiler's error.
        if (_type.TypeKind != TypeKind.Class) return null;
        if (attribute.ApplicationSyntaxReference is not { } at || at.SyntaxTree != _declaration.SyntaxTree || !_declaration.Span.Contains(at.Span)) return null;
        var info = _info = CheckForm();
        if (info is null) return null;
        var language = attribute.AttributeClass!.ContainingAssembly;
        var evaluator = new Evaluator(_compilation, _type, language, _cancellation);

        var attributes = _type.GetAttributes().Where(a => StackReader.IsStack(a, language)).ToImmutableArray();
        var methods = _type.GetMembers().OfType<IMethodSymbol>().Where(m => ProgramReader.KindOf(m, language) is not null).ToImmutableArray();
        CheckNames(isStack: attributes.Length > 0);
        CheckPrograms(methods, language);
        if (attributes.Length > 0 && methods.Length > 0)
            throw new NetworkException(Descriptors.Stack, methods[0].Locations[0], $"'{_type.Name}' has a layer stack, which gives it Predict and Learn: write methods of your own in a class without layer attributes");
        if (attributes.Length == 0 && methods.Length == 0)
            throw _type.GetAttributes().Any(AttributeArguments.IsUnknown) ? new CompileErrorException() : new NetworkException(Descriptors.NoPrograms, _declaration.Identifier.GetLocation(), _type.Name);

        var activations = IsSet(attribute, "Activations") ? ArgumentOf(at, "Activations") : null;
        if (activations is not null && attributes.Length == 0)
            throw new NetworkException(Descriptors.Argument, activations, "Activations: expected a stack of layers, got methods; a [Learn] method can return such numbers after its loss");
        var programs = attributes.Length > 0
            ? new StackReader(this, evaluator, _type, _declaration, activations).Read(attributes, language)
            : new ProgramReader(this, evaluator, _type, language).Read(methods);
        foreach (var program in programs.Where(p => p is { Kind: ProgramKind.Predict, Variant: 0 })) CheckOverloads(program, isSized: programs.Any(p => p.Name == program.Name && p.Variant > 0));
        _findings.AddRange(evaluator.Warnings);
        _helpers = evaluator.Helpers.OrderBy(n => n, StringComparer.Ordinal).ToEquatable();
        if (Silenced || _findings.Any(f => f.Descriptor.DefaultSeverity == DiagnosticSeverity.Error)) return null;
        if (!programs.Any(p => p.Kind == ProgramKind.Learn))
            Report(Descriptors.NoLoss, _declaration.Identifier.GetLocation(), _type.Name, attributes.Length > 0 ? "To train it, end the stack with a loss, such as CrossEntropy" : "To train it, add a [Learn] method that returns a Loss");
        if (IsSet(attribute, "Recompute"))
        {
            if (!programs.Any(HasBackward)) Report(Descriptors.NothingRecomputed, ArgumentOf(at, "Recompute"), _type.Name);
            programs = [.. programs.Select(p => p with { Recompute = HasBackward(p) })];
        }
        bool? isForGpu = attribute.NamedArguments.FirstOrDefault(a => a.Key == "Targets").Value.Value is int and not 0 and var targets ? (targets & 2) != 0 : null;
        if (isForGpu == true) _asksForGpu = ArgumentOf(at, "Targets");
        var used = new HashSet<string>(programs.SelectMany(p => ProgramBuilder.Reached(p.Graph)), StringComparer.Ordinal);
        var kept = new HashSet<string>(programs.SelectMany(p => ProgramBuilder.Kept(p)), StringComparer.Ordinal);
        // The list of nameofs that keeps them from being unused, unless that is another method here.
        var named = _type.GetMembers().OfType<IMethodSymbol>().Where(m => m.GetAttributes().Any(a => a.AttributeClass?.Name is "PredictAttribute" or "LearnAttribute" or "SharedAttribute"));
        if (Visible.LookupSymbols(Inside, name: "nameof").IsEmpty) info = info with { Methods = named.Select(m => m.Name).Distinct().ToEquatable() };
        var precision = attribute.NamedArguments.Any(a => a is { Key: "Precision", Value.Value: (int)Precision.TensorFloat32 }) ? Precision.TensorFloat32 : Precision.Float32;
        if (precision != Precision.Float32) _precision = ArgumentOf(at, "Precision");
        return new(info, evaluator.Parameters.All.Where(p => used.Contains(p.Name)).ToEquatable(), programs.ToEquatable())
        {
            States = evaluator.States.Where(s => kept.Contains(s.Name)).ToEquatable(),
            SequenceStates = evaluator.SequenceStates.Where(s => kept.Contains(s.Name)).ToEquatable(),
            Gpu = isForGpu,
            Precision = precision,
            Winograd = !attribute.NamedArguments.Any(a => a is { Key: "Winograd", Value.Value: false }),
        };
    }

    /// <summary>
    /// The class has the name of a type of Kiln, and uses it: [Dense(3)] on a class Dense, or a Tensor within a class Tensor, means the class
    /// itself. Where something is wrong, that is why.
    /// </summary>
    private bool HidesAWord() =>
        _compilation.GetTypeByMetadataName("Kiln.NetworkAttribute")?.ContainingAssembly.GetTypeByMetadataName("Kiln." + _type.Name) is { DeclaredAccessibility: Accessibility.Public }
        && _type.DeclaringSyntaxReferences.SelectMany(part => part.GetSyntax(_cancellation).DescendantNodes().OfType<IdentifierNameSyntax>())
            .Any(n => n.Identifier.ValueText == _type.Name && !(n.Parent is QualifiedNameSyntax { Right: var right } && right == n) && !(n.Parent is MemberAccessExpressionSyntax { Name: var member } && member == n));

    private static bool IsSet(AttributeData network, string argument) => network.NamedArguments.Any(a => a.Key == argument && a.Value.Value is true);

    /// <summary>A loss, by which weights or an input move.</summary>
    private static bool HasBackward(Program program) =>
        program.Kind == ProgramKind.Learn && program.Graph.Outputs.Any(o => o.Role == Role.Loss) && (program.Trained.Count > 0 || program.Inputs.Any(i => i.Optimized));

    /// <summary>A named argument of the attribute.</summary>
    private Location ArgumentOf(SyntaxReference network, string argument) =>
        ((AttributeSyntax)network.GetSyntax(_cancellation)).ArgumentList!.Arguments.First(a => a.NameEquals?.Name.Identifier.ValueText == argument).GetLocation();

    private SemanticModel Visible => _compilation.GetSemanticModel(_declaration.SyntaxTree);

    private int Inside => _declaration.OpenBraceToken.IsKind(SyntaxKind.None) ? _declaration.Identifier.SpanStart : _declaration.OpenBraceToken.Span.End;

    private ClassInfo? CheckForm()
    {
        var name = _declaration.Identifier.GetLocation();
        if (_declaration.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: < LanguageVersion.CSharp12 and var version })
            Report(Descriptors.LanguageVersion, name, version.ToDisplayString());
        if (_type.IsStatic) Report(Descriptors.ClassForm, name, _type.Name, "be static: it is an object with weights");
        if (_type.IsGenericType) Report(Descriptors.ClassForm, name, _type.Name, "be generic, or be inside a generic class");
        if (_type.IsAbstract && !_type.IsStatic) Report(Descriptors.ClassForm, name, _type.Name, "be abstract");
        if (_type.IsRecord) Report(Descriptors.ClassForm, name, _type.Name, "be a record: networks are not compared by value");
        for (var type = _type; type is not null; type = type.ContainingType)
            if (type.IsFileLocal) Report(Descriptors.ClassForm, name, _type.Name, "be local to its file: Kiln generates its other half into another file");
        foreach (var constructor in _type.InstanceConstructors.Where(c => !c.IsImplicitlyDeclared))
        {
            if (constructor.DeclaringSyntaxReferences[0].GetSyntax(_cancellation) is not ConstructorDeclarationSyntax { Initializer.RawKind: (int)SyntaxKind.ThisConstructorInitializer })
                Report(Descriptors.ClassForm, constructor.Locations[0], _type.Name, "have a constructor that does not call the generated one: add this(seed)");
            else if (string.Concat(constructor.Parameters.Select(p => p.Type.SpecialType switch
            {
                SpecialType.System_UInt64 => 'u',
                SpecialType.None when p.Type.ToDisplayString() == "Kiln.Seed" => 's',
                SpecialType.System_Boolean => 'b',
                SpecialType.System_Int32 => 'i',
                _ => '?',
            })) is "sii" or "ubii")
                Report(Descriptors.ClassForm, constructor.Locations[0], _type.Name, "have a constructor with the parameters of a generated one");
        }

        var containers = new List<Container>();
        foreach (var outer in _declaration.AncestorsAndSelf().OfType<TypeDeclarationSyntax>())
        {
            if (!outer.Modifiers.Any(SyntaxKind.PartialKeyword))
                Report(Descriptors.NotPartial, outer.Identifier.GetLocation(), outer.Identifier.Text, outer == _declaration ? "" : $" for '{_type.Name}' within it");
            if (outer != _declaration) containers.Insert(0, new($"partial {outer.Keyword.Text}{(outer is RecordDeclarationSyntax { ClassOrStructKeyword.Text: { Length: > 0 } kind } ? " " + kind : "")}", outer.Identifier.ValueText));
        }
        if (_type.BaseType is { SpecialType: SpecialType.None, TypeKind: TypeKind.Class } parent
            && !parent.InstanceConstructors.Any(c => c.Parameters.All(p => p.IsOptional) && _compilation.IsSymbolAccessibleWithin(c, _type)))
            Report(Descriptors.ClassForm, name, _type.Name, "derive from a class without a parameterless constructor");
        for (var type = _type; type is not null; type = type.BaseType)
            foreach (var member in type.GetMembers().Where(m => m is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }))
                Report(Descriptors.ClassForm, member.Locations.FirstOrDefault(l => l.IsInSource) ?? name, _type.Name, $"have the required member '{member.Name}': Load creates the network without it");

        // Words of C# that are a type's name where there is one.
        foreach (var word in new[] { "var", "nint" })
            if (Visible.LookupNamespacesAndTypes(Inside, name: word).FirstOrDefault() is { } hiding)
                Report(Descriptors.ClassForm, hiding.Locations.FirstOrDefault(l => l.IsInSource) ?? name, _type.Name, $"be where a type is called '{word}': generated code uses C#'s own '{word}'");
        if (_findings.Count > 0) return null;
        var space = _type.ContainingNamespace.IsGlobalNamespace ? "" : _type.ContainingNamespace.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted));
        var kernels = "KilnKernels";
        for (var number = 2; _type.ContainingNamespace.GetMembers(kernels).Any(); number++) kernels = "KilnKernels" + number;
        return new(space, containers.ToEquatable(), SyntaxFacts.GetText(_type.DeclaredAccessibility), _type.Name, _type.IsSealed)
        {
            HasAccuracy = _type.Name == MemberNames.Accuracy || !_type.GetMembers(MemberNames.Accuracy).IsEmpty,
            Kernels = kernels,
        };
    }

    /// <summary>A [Learn] program has more methods, named after it, beside the members of every training.</summary>
    private void CheckPrograms(ImmutableArray<IMethodSymbol> methods, IAssemblySymbol language)
    {
        var learns = methods.Where(m => ProgramReader.KindOf(m, language) == ProgramKind.Learn).GroupBy(m => m.Name).Select(same => same.First()).ToImmutableArray();
        var taken = MemberNames.OfTraining.Union(learns.SelectMany(m => MemberNames.With(m.Name)));
        var earlier = ImmutableHashSet<string>.Empty;
        foreach (var learn in learns)
        {
            var with = MemberNames.With(learn.Name);
            if (taken.Contains(learn.Name) || earlier.Overlaps(with)) ReportReserved(learn.Locations[0], learn.Name);
            earlier = earlier.Union(with);
        }
    }

    private void CheckNames(bool isStack)
    {
        bool IsReserved(string name) => MemberNames.OfClass.Contains(name) || (isStack && name == "Predict");
        // A class has no member of its own name.
        if (IsReserved(_type.Name)) ReportReserved(_declaration.Identifier.GetLocation(), _type.Name);
        foreach (var member in _type.GetMembers())
        {
            if (member.IsImplicitlyDeclared || member is IMethodSymbol { AssociatedSymbol: not null } || member.Locations.FirstOrDefault() is not { IsInSource: true } where) continue;
            if (IsReserved(member.Name) || (member is IPropertySymbol { IsIndexer: true } indexer && IsGenerated(indexer))) ReportReserved(where, member.Name);
        }
    }

    /// <summary>The user's own method with the parameters that the program's generated one has: its spans, and numbers for what these do not tell.</summary>
    private void CheckOverloads(Program program, bool isSized)
    {
        var axes = new HashSet<TimeAxis>();
        var inputs = program.Inputs.Where(i => i.State.Length == 0).ToList();
        var spans = inputs.SelectMany(i => i.Time.Where(axes.Add).Select(_ => "System.ReadOnlySpan<int>").Prepend($"System.{(i.Optimized ? "Span" : "ReadOnlySpan")}<{i.Element}>"))
            .Concat(program.Graph.Outputs.Where(o => o.Role == Role.Prediction).Select(o => $"System.Span<{(program.Graph[o.Node].Type.DType == DType.Int32 ? "int" : "float")}>")).ToList();
        var hasNumbers = isSized || inputs.Count == 0;
        foreach (var method in _type.GetMembers(program.Name).OfType<IMethodSymbol>().Where(m => !m.IsGenericMethod))
            if (spans.SequenceEqual(method.Parameters.Select(p => p.Type.ToDisplayString()).Where(t => !hasNumbers || t != "int"))) ReportReserved(method.Locations[0], method.Name);
    }

    /// <summary>The generated indexer is this[string], and all indexers of a class have one name in metadata.</summary>
    private static bool IsGenerated(IPropertySymbol indexer) =>
        indexer.MetadataName != "Item" || (indexer.Parameters.Length == 1 && indexer.Parameters[0].Type.SpecialType == SpecialType.System_String);

    private void ReportReserved(Location where, string name) => Report(Descriptors.ReservedName, where, name, _type.Name);
}
