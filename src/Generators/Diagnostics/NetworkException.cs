using System.Globalization;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Diagnostics;

/// <summary>A diagnostic as data: equal to another if it says the same of the same place in the same tree.</summary>
internal sealed record Finding(DiagnosticDescriptor Descriptor, Location Where, EquatableArray<string> Arguments)
{
    public static Finding Of(DiagnosticDescriptor descriptor, Location where, params object[] arguments) =>
        new(descriptor, where, arguments.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture)!).ToEquatable());

    /// <summary>Further places that belong to it.</summary>
    public EquatableArray<Location> Others { get; init; } = [];

    /// <summary>The diagnostic, with a link to its page where the folder or the address of the documentation is known.</summary>
    public Diagnostic ToDiagnostic(string documentation = "") => Diagnostic.Create(Descriptor.WithPage(documentation), Where, Others.Items, [.. Arguments]);
}

/// <summary>Unwinds an evaluation to the reader of the class, which reports it.</summary>
internal sealed class NetworkException(DiagnosticDescriptor descriptor, Location where, params object[] arguments) : Exception
{
    public EquatableArray<Location> Others { get; init; } = [];

    public Finding Finding => Finding.Of(descriptor, where, arguments) with { Others = Others };
}

/// <summary>The class does not compile; the compiler says so itself.</summary>
internal sealed class CompileErrorException : Exception;
