using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Kiln.House.Tests;

/// <summary>The arrows of docs/architecture.md: who may know whom.</summary>
public sealed class DependencyTests
{
    private const string Compiler = "src/Generators";

    private static readonly string[] Rooms = ["Frontend", "Graph", "Operators", "Passes", "Kernels", "Emission", "Diagnostics"];

    [Theory]
    [InlineData("Graph", "Operators")]
    [InlineData("Operators", "Graph")]
    [InlineData("Passes", "Graph", "Operators")]
    [InlineData("Kernels", "Graph", "Operators")]
    [InlineData("Emission", "Graph", "Operators", "Kernels")]
    [InlineData("Diagnostics", "Graph")]
    [InlineData("Frontend", "Graph", "Operators", "Diagnostics")]
    public void A_room_of_the_compiler_knows_only_these(string room, params string[] known)
    {
        var found =
            from file in Repository.Files($"{Compiler}/{room}")
            let text = Repository.Read(file)
            from other in Rooms.Except(known).Where(other => other != room)
            where Regex.IsMatch(text, $@"\bKiln\.Generators\.{other}\b|(?<![\w.]){other}\.[A-Z]")
            select $"{file} knows {other}";
        Assert.Empty(found);
    }

    [Fact]
    public void Only_the_ends_of_the_compiler_know_Roslyn()
    {
        var found = Repository.Files(Compiler).Where(file => Repository.Read(file).Contains("Microsoft.CodeAnalysis", StringComparison.Ordinal)
            && !file.StartsWith($"{Compiler}/Frontend/", StringComparison.Ordinal) && !file.StartsWith($"{Compiler}/Diagnostics/", StringComparison.Ordinal)
            && file != $"{Compiler}/NetworkGenerator.cs" && !(file.StartsWith($"{Compiler}/Emission/", StringComparison.Ordinal) && Path.GetFileName(file) == "Identifiers.cs"));
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("src/Dsl/Kiln.Dsl.csproj")]
    [InlineData("src/Runtime/Kiln.Runtime.csproj", "Kiln.Dsl.csproj", "Kiln.RegisterTiles.csproj")]
    [InlineData("src/Generators/Kiln.Generators.csproj")]
    [InlineData("src/Images/Kiln.Images.csproj", "Kiln.Runtime.csproj", "Kiln.csproj")]
    [InlineData("src/Console/Kiln.Console.csproj", "Kiln.Runtime.csproj", "Kiln.csproj")]
    [InlineData("src/TensorBoard/Kiln.TensorBoard.csproj", "Kiln.Runtime.csproj", "Kiln.csproj")]
    [InlineData("src/Reports/Kiln.Reports.csproj", "Kiln.Runtime.csproj", "Kiln.csproj")]
    [InlineData("src/Gpu/Kiln.Gpu.csproj", "Kiln.Runtime.csproj", "Kiln.csproj", "Kiln.Gpu.Compiler.csproj")]
    [InlineData("src/GpuKernels/Kiln.Gpu.Kernels.csproj", "Kiln.Runtime.csproj")]
    [InlineData("src/GpuCompiler/Kiln.Gpu.Compiler.csproj", "Kiln.Gpu.Kernels.csproj")]
    public void A_project_refers_only_to_these(string project, params string[] known)
    {
        var file = XDocument.Parse(Repository.Read(project));
        Assert.Equal(known, file.Descendants("ProjectReference").Select(r => Path.GetFileName(r.Attribute("Include")!.Value)));
        var packages = file.Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value);
        string[] expected = Path.GetFileName(project) switch
        {
            "Kiln.Generators.csproj" => ["Microsoft.CodeAnalysis.CSharp"],
            "Kiln.Images.csproj" => ["SixLabors.ImageSharp"],
            "Kiln.Console.csproj" => ["Spectre.Console"],
            "Kiln.Gpu.Kernels.csproj" => ["ILGPU"],
            "Kiln.Gpu.Compiler.csproj" => ["ILGPU", "Mono.Cecil"],
            "Kiln.TensorBoard.csproj" => ["Google.Protobuf", "Grpc.Tools"],
            _ => [],
        };
        Assert.Equal(expected, packages);
    }

    /// <summary>ILGPU compiles kernels while a project is built. What programs contain knows nothing of it.</summary>
    [Fact]
    public void Only_the_build_step_knows_ILGPU()
    {
        var found = Repository.Files("src").Where(file => !file.StartsWith("src/GpuKernels/", StringComparison.Ordinal) && !file.StartsWith("src/GpuCompiler/", StringComparison.Ordinal)
            && Regex.IsMatch(Repository.Read(file), @"^\s*(global )?using (static )?(ILGPU|Mono\.Cecil)\b", RegexOptions.Multiline));
        Assert.Empty(found);
    }

    /// <summary>The package Kiln.Gpu builds its tool, and refers to nothing of it.</summary>
    [Fact]
    public void Kiln_Gpu_has_its_build_step_beside_it()
    {
        var tool = XDocument.Parse(Repository.Read("src/Gpu/Kiln.Gpu.csproj")).Descendants("ProjectReference").Single(r => r.Attribute("Include")!.Value.EndsWith("Kiln.Gpu.Compiler.csproj", StringComparison.Ordinal));
        Assert.Equal("false", tool.Attribute("ReferenceOutputAssembly")!.Value);
        Assert.Equal("all", tool.Attribute("PrivateAssets")!.Value);
    }

    [Fact]
    public void The_sample_that_is_compiled_ahead_of_time_depends_on_no_other_package() =>
        Assert.DoesNotContain(XDocument.Parse(Repository.Read("samples/Deploy/Kiln.Samples.Deploy.csproj")).Descendants(), e => e.Name.LocalName is "PackageReference" or "ProjectReference");

    /// <summary>Nothing that an ahead-of-time compiler could not see; resources of an assembly it sees.</summary>
    [Theory]
    [InlineData("src/Dsl")]
    [InlineData("src/Runtime")]
    [InlineData("src/Images")]
    [InlineData("src/Console")]
    [InlineData("src/TensorBoard")]
    [InlineData("src/Reports")]
    [InlineData("src/Gpu")]
    public void There_is_no_reflection(string folder)
    {
        var found = Repository.Files(folder).Where(file => Regex.IsMatch(Repository.Read(file), @"System\.Reflection(?!\.Assembly\b)|\.GetType\(\)\.Get|Activator\.Create|MakeGeneric(Type|Method)"));
        Assert.Empty(found);
    }
}
