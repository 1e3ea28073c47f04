using Kiln.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.Generators.Frontend;

/// <summary>A class that declares layers or programs and lacks [Network], and what to say about it.</summary>
/// <param name="Type">Its full name.</param>
/// <param name="HasLayers">False where it has programs: those may be helpers of a network.</param>
internal sealed record Orphan(string Type, bool HasLayers, Finding Finding);

/// <summary>Finds classes that lack [Network].</summary>
internal static class OrphanReader
{
    /// <summary>Whether the class may have layers as attributes: a look at the syntax, made at every edit.</summary>
    public static bool MayHaveLayers(SyntaxNode node) =>
        node is TypeDeclarationSyntax { AttributeLists.Count: > 0 } type && !type.AttributeLists.SelectMany(l => l.Attributes).Any(a => LastName(a.Name) is "Network" or "NetworkAttribute");

    /// <summary>The class as an orphan if it has layers as attributes; null if it has none.</summary>
    public static Orphan? OfLayers(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (Language(context.SemanticModel.Compilation) is not { } language) return null;
        if (context.SemanticModel.GetDeclaredSymbol(context.Node, cancellation) is not INamedTypeSymbol type || IsNetwork(type, language)) return null;
        // The part of the class with the first of them speaks for all.
        var first = type.GetAttributes().FirstOrDefault(a => StackReader.IsStack(a, language))?.ApplicationSyntaxReference;
        if (first is null || first.SyntaxTree != context.Node.SyntaxTree || !context.Node.Span.Contains(first.Span)) return null;
        return Of(type, hasLayers: true, ((TypeDeclarationSyntax)context.Node).Identifier.GetLocation(), "has layers as attributes", "");
    }

    /// <summary>The class of a [Predict] or [Learn] method as an orphan, once for all its methods; null for a network.</summary>
    public static Orphan? OfPrograms(GeneratorAttributeSyntaxContext context)
    {
        var (method, type) = (context.TargetSymbol, context.TargetSymbol.ContainingType);
        var language = context.Attributes[0].AttributeClass!.ContainingAssembly;
        if (IsNetwork(type, language) || type.GetAttributes().Any(a => StackReader.IsStack(a, language))) return null;
        var first = type.GetMembers().OfType<IMethodSymbol>().First(m => ProgramReader.KindOf(m, language) is not null);
        if (!SymbolEqualityComparer.Default.Equals(first, method) || context.TargetNode.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } declaration) return null;
        var isLearn = ProgramReader.KindOf(first, language) == Graph.ProgramKind.Learn;
        return Of(type, hasLayers: false, declaration.Identifier.GetLocation(), $"has the {(isLearn ? "[Learn]" : "[Predict]")} method '{method.Name}'", isLearn ? "" : "; a helper that networks call is marked [Shared]");
    }

    public static string NameOf(INamedTypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private static Orphan Of(INamedTypeSymbol type, bool hasLayers, Location where, string what, string more) =>
        new(NameOf(type), hasLayers, Finding.Of(Descriptors.NoNetwork, where, type.Name, what, more));

    private static bool IsNetwork(INamedTypeSymbol type, IAssemblySymbol language) => AttributeArguments.Of(type, "NetworkAttribute", language).Any();

    private static IAssemblySymbol? Language(Compilation compilation) => compilation.GetTypeByMetadataName("Kiln.NetworkAttribute")?.ContainingAssembly;

    private static string LastName(NameSyntax name) => name switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax aliased => aliased.Name.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };
}
