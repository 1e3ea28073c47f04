using Kiln.Generators.Diagnostics;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Kiln.Generators.Frontend;

/// <summary>Exceptions that evaluated code throws: reported where the network uses what threw.</summary>
internal sealed partial class Evaluator
{
    private readonly Stack<Use> _calls = new();

    /// <summary>What is being evaluated, and where it is used.</summary>
    private readonly record struct Use(ISymbol Member, Location Where);

    public override object? VisitThrow(IThrowOperation operation, Scope scope)
    {
        if (Visit(operation.Exception, scope) is not ExceptionValue thrown) throw Reject(operation, "only a new exception can be thrown");
        var (message, where) = (thrown.Message ?? thrown.Type, operation.Syntax.GetLocation());
        // An exception of a program's own code is reported at its throw, whatever calls the program. A call of a lambda is not a use: it has no name to report.
        var calls = _calls.TakeWhile(c => !(c.Member is IMethodSymbol method && ProgramReader.KindOf(method, _language) is not null)).Where(c => c.Member is not IMethodSymbol { MethodKind: MethodKind.AnonymousFunction }).ToList();
        if (calls.FindIndex(c => IsInNetwork(c.Where)) is not (>= 0 and var use)) throw new NetworkException(Descriptors.Thrown, where, message, "");
        var line = where.GetLineSpan();
        throw new NetworkException(Descriptors.Thrown, calls[use].Where, message, $" (thrown in '{NameOf(calls[0].Member)}', {Path.GetFileName(line.Path)} line {line.StartLinePosition.Line + 1})") { Others = [where] };
    }

    /// <summary>Whether a place is in the network's own members or attributes, and not in a class within it.</summary>
    private bool IsInNetwork(Location place) =>
        place.SourceTree?.GetRoot(_cancellation).FindNode(place.SourceSpan).FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } around
        && _network.DeclaringSyntaxReferences.Any(part => part.SyntaxTree == place.SourceTree && part.Span == around.Span);

    private static string NameOf(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => "new " + member.ContainingType.Name,
        IMethodSymbol { MethodKind: MethodKind.LocalFunction } => member.Name,
        IMethodSymbol { AssociatedSymbol: { } property } => $"{member.ContainingType.Name}.{property.Name}",
        _ => $"{member.ContainingType.Name}.{member.Name}",
    };
}
