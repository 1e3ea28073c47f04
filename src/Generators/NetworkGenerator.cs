using Kiln.Generators.Diagnostics;
using Kiln.Generators.Emission.Api;
using Kiln.Generators.Frontend;
using Kiln.Generators.Kernels;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.Generators;

/// <summary>
/// The compiler's pipeline. Reading a class needs its symbols, and so runs at every edit; all that follows is a function of
/// the <see cref="Graph.Network"/>, which is compared by value, and runs when the network has changed.
/// </summary>
[Generator]
public sealed class NetworkGenerator : IIncrementalGenerator
{
    public const string ReadStep = "Read";
    public const string NetworkStep = "Network";
    public const string CompileStep = "Compile";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var readings = context.SyntaxProvider
            .ForAttributeWithMetadataName("Kiln.NetworkAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (found, cancellation) => NetworkReader.Read((INamedTypeSymbol)found.TargetSymbol, (TypeDeclarationSyntax)found.TargetNode, found.SemanticModel.Compilation, cancellation))
            .WithTrackingName(ReadStep);

        // Diagnostics travel on their own, with locations in the tree, so that #pragma warning reaches them.
        context.RegisterSourceOutput(
            readings.SelectMany(static (reading, _) => reading.Diagnostics.Items),
            static (output, diagnostic) => output.ReportDiagnostic(diagnostic));

        var networks = readings
            .Where(static reading => reading.Network is not null)
            .Select(static (reading, _) => reading.Network!)
            .WithTrackingName(NetworkStep);

        var compiled = networks
            .Select(static (network, _) => Compiled.From(network))
            .WithTrackingName(CompileStep);
        context.RegisterSourceOutput(compiled, static (output, result) =>
        {
            if (result.Network is { } network) output.AddSource(ApiEmitter.FileName(network), ApiEmitter.Emit(network));
            else output.ReportDiagnostic(Diagnostic.Create(Descriptors.Unsupported, Location.None, result.Problem));
        });
        context.RegisterImplementationSourceOutput(compiled, static (output, result) =>
        {
            if (result.Network is { } network) output.AddSource(ApiEmitter.KernelsFileName(network), network.KernelsSource);
        });
    }

    /// <summary>A network with its kernels, or why there are none.</summary>
    private sealed record Compiled(CompiledNetwork? Network, string Problem)
    {
        public static Compiled From(Graph.Network network)
        {
            try
            {
                return new(NetworkCompiler.Compile(network), "");
            }
            catch (UnsupportedException e)
            {
                return new(null, $"'{network.Class.Name}': {e.Message}");
            }
        }
    }
}
