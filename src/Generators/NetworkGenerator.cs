using Kiln.Generators.Diagnostics;
using Kiln.Generators.Emission.Api;
using Kiln.Generators.Frontend;
using Kiln.Generators.Graph;
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
    public const string OrphanStep = "Orphans";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var readings = context.SyntaxProvider
            .ForAttributeWithMetadataName("Kiln.NetworkAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (found, cancellation) => NetworkReader.Read((INamedTypeSymbol)found.TargetSymbol, (TypeDeclarationSyntax)found.TargetNode, found.SemanticModel.Compilation, cancellation))
            .WithTrackingName(ReadStep);

        // Diagnostics travel on their own, with locations in the tree, so that #pragma warning reaches the warnings.
        var documentation = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => Pages.Documentation(options.GlobalOptions));
        context.RegisterSourceOutput(
            readings.SelectMany(static (reading, _) => reading.Findings.Items).Combine(documentation),
            static (output, pair) => output.ReportDiagnostic(pair.Left.ToDiagnostic(pair.Right)));

        ReportOrphans(context, readings, documentation);

        // The package Kiln.Gpu says that it is here: its build step compiles the kernels.
        var hasGpu = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => options.GlobalOptions.TryGetValue("build_property.KilnHasGpu", out var value) && value.Equals("true", StringComparison.OrdinalIgnoreCase));
        var lacking = readings.Combine(hasGpu).Where(static pair => pair.Left.AsksForGpu is not null && !pair.Right).Select(static (pair, _) => pair.Left);
        context.RegisterSourceOutput(lacking.Combine(documentation), static (output, pair) =>
            output.ReportDiagnostic(Diagnostic.Create(Descriptors.NoGpuPackage.WithPage(pair.Right), pair.Left.AsksForGpu, pair.Left.Network?.Class.Name ?? pair.Left.Outline?.Class.Name)));

        var networks = readings
            .Select(static (reading, _) => reading.Network ?? reading.Outline)
            .Where(static network => network is not null)
            .Select(static (network, _) => network!)
            .WithTrackingName(NetworkStep);

        // <KilnTargets>Cpu;Gpu</KilnTargets> in a project.
        var targets = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => options.GlobalOptions.TryGetValue("build_property.KilnTargets", out var value) && value.Split(',', ';').Any(t => t.Trim().Equals("Gpu", StringComparison.OrdinalIgnoreCase)));
        var compiled = networks.Combine(targets)
            .Select(static (pair, cancellation) => Compiled.From(pair.Left, pair.Right, cancellation))
            .WithTrackingName(CompileStep);

        // Whether there are kernels for GPUs is the project's word, where the network has none.
        context.RegisterSourceOutput(readings.Combine(targets).Combine(documentation), static (output, triple) =>
        {
            var ((reading, gpu), pages) = triple;
            if (reading is { Network: { } network, Precision: { } at } && !(network.Gpu ?? gpu)) output.ReportDiagnostic(Finding.Of(Descriptors.NothingRounded, at, network.Class.Name).ToDiagnostic(pages));
        });

        var paths = networks.Select(static (network, _) => ApiEmitter.Path(network.Class)).Collect().Select(static (all, _) => all.Sort(StringComparer.Ordinal).ToEquatable());
        var files = compiled.Combine(paths).Select(static (pair, _) => (pair.Left.Success, Name: FileName(ApiEmitter.Path(pair.Left.Source.Class), pair.Right)));
        context.RegisterSourceOutput(files, static (output, file) =>
        {
            if (file.Success is { } sources) output.AddSource(file.Name + ".g.cs", sources.Api);
        });
        context.RegisterImplementationSourceOutput(files, static (output, file) =>
        {
            if (file.Success is not { } sources) return;
            output.AddSource(file.Name + ".Kernels.g.cs", sources.Kernels);
            if (sources.Gpu is not { } gpu) return;
            output.AddSource(file.Name + ".Gpu.g.cs", gpu.Host);
            output.AddSource(file.Name + ".GpuKernels.g.cs", gpu.Kernels);
        });

        // <KilnLog>true</KilnLog> in a project: what the compiler decided for each network, as a file of comments.
        var wanted = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => options.GlobalOptions.TryGetValue("build_property.KilnLog", out var value) && value.Equals("true", StringComparison.OrdinalIgnoreCase));
        var logged = compiled.Combine(wanted).Where(static pair => pair.Right && pair.Left.Success is not null && !pair.Left.Source.IsOutline).Select(static (pair, _) => pair.Left.Source);
        context.RegisterImplementationSourceOutput(logged.Combine(paths), static (output, pair) =>
            output.AddSource(FileName(ApiEmitter.Path(pair.Left.Class), pair.Right) + ".Log.g.cs", NetworkCompiler.Log(pair.Left, output.CancellationToken)));

        // What could not be compiled is reported at its class, whose place only the reading knows.
        var failures = compiled.Where(static result => result.Success is null).Collect();
        context.RegisterSourceOutput(readings.Combine(failures).Combine(documentation), static (output, triple) =>
        {
            var ((reading, failed), pages) = triple;
            foreach (var failure in failed)
                if (failure.Source.Equals(reading.Network))
                    output.ReportDiagnostic(Diagnostic.Create(failure.Descriptor!.WithPage(pages), reading.Where, failure.Source.Class.Name, failure.Problem));
        });
    }

    /// <summary>Classes with layers or programs that are no network. A [Predict] method that some network calls is a helper of it.</summary>
    private static void ReportOrphans(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<Reading> readings, IncrementalValueProvider<string> documentation)
    {
        // What a network calls is known where it can be read.
        var called = readings.Collect().Select(static (all, _) => all.Any(r => r.Network is null) ? null : (EquatableArray<string>?)all.SelectMany(r => r.Helpers).Distinct().OrderBy(n => n, StringComparer.Ordinal).ToEquatable());
        Report(context.SyntaxProvider.CreateSyntaxProvider(static (node, _) => OrphanReader.MayHaveLayers(node), OrphanReader.OfLayers));
        foreach (var attribute in new[] { "Kiln.PredictAttribute", "Kiln.LearnAttribute" })
            Report(context.SyntaxProvider.ForAttributeWithMetadataName(attribute, static (node, _) => node is MethodDeclarationSyntax, static (found, _) => OrphanReader.OfPrograms(found)));

        void Report(IncrementalValuesProvider<Orphan?> orphans)
        {
            var reported = orphans.Where(static orphan => orphan is not null).Combine(called)
                .Where(static pair => pair.Left!.HasLayers || (pair.Right is { } types && !types.Contains(pair.Left.Type)))
                .Select(static (pair, _) => pair.Left!).WithTrackingName(OrphanStep);
            context.RegisterSourceOutput(reported.Combine(documentation), static (output, pair) => output.ReportDiagnostic(pair.Left.Finding.ToDiagnostic(pair.Right)));
        }
    }

    /// <summary>The class's path; numbered where it differs from another's in case only, since files then would not differ.</summary>
    private static string FileName(string path, EquatableArray<string> all)
    {
        var alike = all.Where(p => p.Equals(path, StringComparison.OrdinalIgnoreCase)).ToList();
        return alike[0] == path ? path : $"{path}.{alike.IndexOf(path) + 1}";
    }

    /// <summary>The files of a network; those for GPUs where it is for these, too.</summary>
    internal sealed record Sources(string Api, string Kernels, GpuSources? Gpu);

    /// <summary>A network with its files, or why there are none. All text is written here, so that a fault stays with its network.</summary>
    internal sealed record Compiled(Graph.Network Source, Sources? Success, DiagnosticDescriptor? Descriptor, string Problem)
    {
        public static Compiled From(Graph.Network network, bool gpu, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                var compiled = network.IsOutline ? OutlineCompiler.Compile(network) : NetworkCompiler.Compile(network, cancellation, gpu: network.Gpu ?? gpu);
                return new(network, new(ApiEmitter.Emit(compiled), compiled.KernelsSource, compiled.Gpu), null, "");
            }
            catch (UnsupportedException e)
            {
                return new(network, null, Descriptors.Unsupported, e.Message);
            }
            catch (OverflowException)
            {
                return new(network, null, Descriptors.Unsupported, "its values or parameters together have more elements than an int can count");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                return new(network, null, Descriptors.Fault, e.Message);
            }
        }
    }
}
