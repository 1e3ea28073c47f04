using Microsoft.CodeAnalysis;

namespace Kiln.Generators.Tests;

/// <summary>Classes that lack [Network], or have a name that Kiln has too.</summary>
public partial class DiagnosticsTests
{
    private static IEnumerable<(string Id, string Underlined)> Found(string source) => GeneratorHost.Run(GeneratorHost.Compile(("Network.cs", source))).GetRunResult().Diagnostics
        .Where(d => d.Severity != DiagnosticSeverity.Info).Select(d => (d.Id, d.Location.SourceTree!.ToString().Substring(d.Location.SourceSpan.Start, d.Location.SourceSpan.Length)));

    [Theory]
    [InlineData("[Input(4), Dense(3), CrossEntropy] public sealed partial class Net;", "has layers as attributes", "")]
    [InlineData("[Dense(3)] public sealed partial class Net;", "has layers as attributes", "")]
    [InlineData("[Input(4)] public sealed partial class Net; [Dense(3)] public sealed partial class Net;", "has layers as attributes", "")]
    [InlineData("public class Twice : Layer { public override Tensor Apply(Tensor x) => x * 2; } [Obsolete, Twice] public class Net;", "has layers as attributes", "")]
    [InlineData("[Input(4), Dense(3)] public class Net { [Predict] static Tensor P([Shape(4)] Tensor x) => x.Dense(3); }", "has layers as attributes", "")]
    [InlineData("public sealed partial class Net { [Predict] static Tensor P([Shape(4)] Tensor x) => x.Dense(3); [Learn] static Loss L([Shape(4)] Tensor x) => P(x).Sum(); }", "has the [Predict] method 'P'", "; a helper that networks call is marked [Shared]")]
    [InlineData("static class Net { [Kiln.LearnAttribute] static Loss L([Shape(4)] Tensor x) => x.Dense(1).Sum(); [Learn] static Loss M([Shape(4)] Tensor x) => x.Dense(1).Sum(); }", "has the [Learn] method 'L'", "")]
    public void A_class_without_Network(string source, string what, string more) =>
        Reports(source, "KILN032", "Net", $"'Net' {what} and is not marked [Network], so nothing is generated for it: add [Network]{more}");

    /// <summary>Helpers of networks: layers in fields, [Shared] methods, base classes, and [Predict] methods that a network calls.</summary>
    [Theory]
    [InlineData("static class Parts { public static readonly Dense Head = new(3); [Shared] public static Tensor Body(Tensor x) => x.Dense(5); }", "Parts.Head.Apply(Parts.Body(x))")]
    [InlineData("static class Parts { [Predict] public static Tensor Body([Shape(4)] Tensor x) => x.Dense(3); }", "Parts.Body(x)")]
    [InlineData("class Twice : Layer { public override Tensor Apply(Tensor x) => x.Dense(3); }", "new Twice().Apply(x)")]
    [InlineData("[Obsolete, Serializable] class Parts { public static Tensor Head(Tensor x) => x.Dense(3); }", "x.Dense(3)")]
    public void Helpers_need_no_Network(string helper, string body) =>
        Assert.Empty(Found($"#pragma warning disable CS0612\n{helper} [Network] public sealed partial class Net {{ [Predict] static Tensor P([Shape(4)] Tensor x) => {body}; }}"));

    /// <summary>Of the network that is wrong it is not known what it calls.</summary>
    [Fact]
    public void A_mistake_in_a_network_does_not_make_its_helpers_suspect() =>
        Assert.Equal([("KILN008", "0")], Found("static class Parts { [Predict] public static Tensor Body([Shape(4)] Tensor x) => x.Dense(3); } [Network] public sealed partial class Net { [Predict] static Tensor P([Shape(4)] Tensor x) => Parts.Body(x.Dense(0)); }"));

    [Fact]
    public void A_class_without_Network_beside_a_network() =>
        Assert.Equal([("KILN032", "Other")], Found("[Network, Input(4), Dense(3), CrossEntropy] public sealed partial class Net; [Input(4), Dense(3), CrossEntropy] public sealed partial class Other;"));

    [Theory]
    [InlineData("[Network, Input(4), Dense(3), CrossEntropy] public sealed partial class Dense;", "Dense", "CS0616")]
    [InlineData("[Network, Input(1, 4, 4), Conv2D(3), Flatten, Dense(3), CrossEntropy] public sealed partial class Conv2D;", "Conv2D", "CS0616")]
    [InlineData("[Network, Input(4), Dense(3), Tanh] public sealed partial class Tanh;", "Tanh", "CS0616")]
    [InlineData("[Network] public sealed partial class Labels { [Learn] static Loss L([Shape(4)] Tensor x, [Classes(3)] Labels y) => x.Dense(3).Sum(); }", "Labels", null)]
    [InlineData("[Network] public sealed partial class Parameter { static readonly Parameter W = new(3); [Predict] static Kiln.Tensor P([Shape(3)] Kiln.Tensor x) => x * W; }", "Parameter", "CS0019")]
    public void A_network_named_like_a_type_of_Kiln(string source, string name, string? error)
    {
        var compilation = GeneratorHost.Compile(("Network.cs", source));
        if (error is not null) Assert.Contains(compilation.GetDiagnostics(), d => d.Id == error);
        var diagnostic = Assert.Single(GeneratorHost.Run(compilation).GetRunResult().Diagnostics, d => d.Severity == DiagnosticSeverity.Error);
        Assert.Equal(("KILN033", $"Within '{name}' the name '{name}' means this class, and not Kiln.{name}: rename the class, or write Kiln.{name} there"), (diagnostic.Id, diagnostic.GetMessage()));
        Assert.Equal(source.IndexOf($"class {name}", StringComparison.Ordinal) + "class ".Length, diagnostic.Location.SourceSpan.Start);
    }

    /// <summary>The name alone does no harm.</summary>
    [Theory]
    [InlineData("[Network, Input(4), Kiln.Dense(3), CrossEntropy] public sealed partial class Dense;")]
    [InlineData("[Network, Input(4), Dense(3), CrossEntropy] public sealed partial class CrossEntropy;")]
    [InlineData("[Network] public sealed partial class Dense { [Predict] static Tensor P([Shape(4)] Tensor x) => x.Dense(3); }")]
    [InlineData("[Network, Input(4), Dense(3), CrossEntropy] public sealed partial class State { static State Make() => new State(); }")]
    public void A_network_may_have_the_name_of_a_type_of_Kiln(string source) => Assert.Empty(Found(source));

    [Theory]
    [InlineData("[Network, Input(4), Dens(3), CrossEntropy] public sealed partial class Net;")]
    [InlineData("[Network, Dens(3)] public sealed partial class Net;")]
    public void An_unknown_attribute_is_the_compilers_to_report(string source) => Assert.Empty(Found(source));

    private const string ForGpus = "[Network(Winograd = false, Targets = Target.Cpu | Target.Gpu), Input(4), Dense(3), CrossEntropy] public sealed partial class Net;";

    [Fact]
    public void A_network_for_GPUs_without_the_package_that_compiles_its_kernels() => Reports(ForGpus, "KILN041", "Targets = Target.Cpu | Target.Gpu",
        "'Net' is for GPUs, but this project does not have the package Kiln.Gpu, which compiles kernels for them: add it (dotnet add package Kiln.Gpu --prerelease), or remove Target.Gpu");

    [Theory]
    [InlineData(ForGpus, "true")]
    [InlineData("[Network(Targets = Target.Cpu), Input(4), Dense(3), CrossEntropy] public sealed partial class Net;", "")]
    public void A_network_for_GPUs_with_it(string source, string hasGpu) =>
        Assert.Empty(GeneratorHost.Driver(options: new() { ["build_property.KilnHasGpu"] = hasGpu }).RunGenerators(GeneratorHost.Compile(("Network.cs", source))).GetRunResult().Diagnostics);
}
