using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Diagnostics;

/// <summary>Unwinds an evaluation to the reader of the class, which reports it.</summary>
internal sealed class NetworkException(DiagnosticDescriptor descriptor, Location where, params object[] arguments) : Exception
{
    public DiagnosticDescriptor Descriptor => descriptor;
    public Diagnostic Diagnostic { get; } = Diagnostic.Create(descriptor, where, arguments);
}

/// <summary>The class does not compile; the compiler says so itself.</summary>
internal sealed class CompileErrorException : Exception;
