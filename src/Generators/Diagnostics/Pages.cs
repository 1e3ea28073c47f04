using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Kiln.Generators.Diagnostics;

/// <summary>The pages of diagnostics. The build's defaults say where they are (KilnDocumentation): at the repository's address, or in the package's folder.</summary>
internal static class Pages
{
    public static string Documentation(AnalyzerConfigOptions options) => options.TryGetValue("build_property.KilnDocumentation", out var value) ? value : "";

    /// <summary>The descriptor with a link to its page; without one where it is not known where pages are.</summary>
    public static DiagnosticDescriptor WithPage(this DiagnosticDescriptor descriptor, string documentation) =>
        Uri.TryCreate($"{documentation}diagnostics/{descriptor.Id}.md", UriKind.Absolute, out var page)
            ? new(descriptor.Id, descriptor.Title, descriptor.MessageFormat, descriptor.Category, descriptor.DefaultSeverity, descriptor.IsEnabledByDefault, descriptor.Description, page.AbsoluteUri, [.. descriptor.CustomTags])
            : descriptor;
}
