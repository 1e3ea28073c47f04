using System.Text.RegularExpressions;

namespace Kiln.Package.Tests;

/// <summary>A project that cannot use Kiln gets one message with the cure, in place of one from the C# compiler in every line.</summary>
public sealed class ProjectTests(EmptyFolder folder) : IClassFixture<EmptyFolder>, IDisposable
{
    private const string Program = """
        using Kiln;

        using var net = new Digit(seed: 1);
        using var training = net.Train(new Adam(1e-3), batch: 64);
        training.Learn(new float[784], new int[1]);

        [Network, Input(784)]
        [Dense(64), Relu, Dense(10)]
        [CrossEntropy]
        public sealed partial class Digit;
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-targets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Unsafe_code_that_is_forbidden_is_told_in_one_message()
    {
        var (errors, output) = Build("safe", "net10.0", Program, "<AllowUnsafeBlocks>false</AllowUnsafeBlocks>");
        Assert.Equal(["KILN903"], errors);
        Assert.Contains("<AllowUnsafeBlocks>true</AllowUnsafeBlocks>", output);
    }

    [Theory]
    [InlineData("uses", Program)]
    [InlineData("refers", "namespace Empty; public class Nothing;")]
    public void So_is_a_framework_without_Kiln(string name, string program)
    {
        var (errors, output) = Build(name, "netstandard2.0", program, "<LangVersion>latest</LangVersion>");
        Assert.Equal(["KILN902"], errors);
        Assert.Contains("this project targets netstandard2.0", output);
    }

    /// <summary>The mistake is at its expression, with a link to a page that the user has.</summary>
    [Fact]
    public void A_mistake_has_a_link_to_its_page_in_the_package()
    {
        var (errors, output) = Build("mistaken", "net10.0", Program.Replace("[Dense(64)", "[Conv2D(4, Kernel = 3)", StringComparison.Ordinal));
        Assert.Equal(["KILN007"], errors.Distinct());
        var page = Regex.Match(output, @"\((file://[^)]*KILN007\.md)\)");
        Assert.True(page.Success, output);
        Assert.StartsWith("# KILN007", File.ReadAllText(new Uri(page.Groups[1].Value).LocalPath));
    }

    [Theory]
    [InlineData(".NETCoreApp", "v10.0", "true")]
    [InlineData(".NETCoreApp", "v9.0", "true")]
    [InlineData(".NETCoreApp", "v11.0", "True")]
    [InlineData(".NETCoreApp", "v8.0", "true", "KILN902")]
    [InlineData(".NETCoreApp", "v3.1", "true", "KILN902")]
    [InlineData(".NETStandard", "v2.0", "true", "KILN902")]
    [InlineData(".NETFramework", "v4.8", "true", "KILN902")]
    [InlineData(".NETCoreApp", "v10.0", "false", "KILN903")]
    [InlineData(".NETCoreApp", "v10.0", "", "KILN903")]
    public void Frameworks_and_unsafe_code_are_checked(string identifier, string version, string allowsUnsafe, params string[] expected)
    {
        var (code, output) = Defaults($"""
            <TargetFrameworkIdentifier>{identifier}</TargetFrameworkIdentifier>
            <TargetFrameworkVersion>{version}</TargetFrameworkVersion>
            <AllowUnsafeBlocks>{allowsUnsafe}</AllowUnsafeBlocks>
            """);
        Assert.Equal(expected, Errors(output));
        Assert.Equal(expected.Length == 0, code == 0 && output.Contains("compiled", StringComparison.Ordinal));
        if (expected is ["KILN902"]) Assert.Contains("targets the framework", output);
    }

    /// <summary>The package Kiln.Gpu says that it is here by KilnHasGpu.</summary>
    [Theory]
    [InlineData("<KilnTargets>Cpu</KilnTargets>")]
    [InlineData("<KilnTargets>Cpu;Gpu</KilnTargets>", "KILN905")]
    [InlineData("<KilnTargets>gpu</KilnTargets>", "KILN905")]
    [InlineData("<KilnTargets>Cpu,Gpu</KilnTargets><KilnHasGpu>true</KilnHasGpu>")]
    public void A_project_for_GPUs_without_the_package_that_compiles_their_kernels(string properties, params string[] expected)
    {
        var (code, output) = Defaults("<TargetFrameworkIdentifier>.NETCoreApp</TargetFrameworkIdentifier><TargetFrameworkVersion>v10.0</TargetFrameworkVersion>" + properties);
        Assert.Equal(expected, Errors(output));
        Assert.Equal(expected.Length == 0, code == 0);
    }

    /// <summary>Builds a project that has the package's defaults alone, without an SDK: quick, and in need of no framework that is not here.</summary>
    private (int Code, string Output) Defaults(string properties)
    {
        var defaults = Path.Combine(Path.GetDirectoryName(Packages.Kiln)!, "build", "Kiln.props");
        var project = Path.Combine(_folder, "app.proj");
        File.WriteAllText(project, $"""
            <Project>
              <Import Project="{defaults}" />
              <PropertyGroup>
                <TargetFramework>the framework</TargetFramework>
                {properties}
              </PropertyGroup>
              <Target Name="CoreCompile">
                <Message Importance="high" Text="compiled" />
              </Target>
            </Project>
            """);
        return EmptyFolder.Run(_folder, "msbuild", project, "-t:CoreCompile", "-nologo");
    }

    /// <summary>The errors of a project that refers to the package, each message once.</summary>
    private (string[] Errors, string Output) Build(string name, string framework, string program, string properties = "")
    {
        folder.Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>{(framework.StartsWith("netstandard", StringComparison.Ordinal) ? "Library" : "Exe")}</OutputType>
                <TargetFramework>{framework}</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Kiln" Version="*-*" />
              </ItemGroup>
            </Project>
            """);
        folder.Write($"{name}/Program.cs", program);
        var (code, output) = folder.Dotnet("build", name, "-nologo");
        Assert.NotEqual(0, code);
        return (Errors(output), output);
    }

    private static string[] Errors(string output) => [.. Regex.Matches(output, @"error ([A-Z]+\d+)").Select(match => match.Groups[1].Value).Distinct()];
}
