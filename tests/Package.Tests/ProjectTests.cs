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
        folder.Write("safe/safe.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <AllowUnsafeBlocks>false</AllowUnsafeBlocks>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Kiln" Version="*" />
              </ItemGroup>
            </Project>
            """);
        folder.Write("safe/Program.cs", Program);
        var (code, output) = folder.Dotnet("build", "safe", "-nologo");
        Assert.NotEqual(0, code);
        Assert.Equal(["KILN903"], Errors(output));
        Assert.Contains("<AllowUnsafeBlocks>true</AllowUnsafeBlocks>", output);
    }

    [Theory]
    [InlineData(".NETCoreApp", "v10.0", "true", true)]
    [InlineData(".NETCoreApp", "v9.0", "true", true)]
    [InlineData(".NETCoreApp", "v11.0", "True", true)]
    [InlineData(".NETCoreApp", "v8.0", "true", true, "KILN902")]
    [InlineData(".NETCoreApp", "v3.1", "true", true, "KILN902")]
    [InlineData(".NETStandard", "v2.0", "true", true, "KILN902")]
    [InlineData(".NETFramework", "v4.8", "true", true, "KILN902")]
    [InlineData(".NETCoreApp", "v10.0", "false", true, "KILN903")]
    [InlineData(".NETCoreApp", "v10.0", "", true, "KILN903")]
    [InlineData(".NETCoreApp", "v10.0", "false", false)]
    public void Frameworks_and_unsafe_code_are_checked_where_Kiln_compiles(string identifier, string version, string allowsUnsafe, bool compiles, params string[] expected)
    {
        // The targets alone, in a project without an SDK: quick, and in need of no framework that is not here.
        var targets = Path.Combine(Path.GetDirectoryName(EmptyFolder.Metadata("PackageProject"))!, "buildTransitive", "Kiln.targets");
        var project = Path.Combine(_folder, "app.proj");
        File.WriteAllText(project, $"""
            <Project>
              <PropertyGroup>
                <TargetFrameworkIdentifier>{identifier}</TargetFrameworkIdentifier>
                <TargetFrameworkVersion>{version}</TargetFrameworkVersion>
                <TargetFramework>the framework</TargetFramework>
                <AllowUnsafeBlocks>{allowsUnsafe}</AllowUnsafeBlocks>
              </PropertyGroup>
              <ItemGroup>
                <Analyzer Include="elsewhere/Other.dll" />
                {(compiles ? "<Analyzer Include=\"package/Kiln.Generators.dll\" />" : "")}
              </ItemGroup>
              <Import Project="{targets}" />
              <Target Name="CoreCompile">
                <Message Importance="high" Text="compiled" />
              </Target>
            </Project>
            """);
        var (code, output) = EmptyFolder.Run(_folder, "msbuild", project, "-t:CoreCompile", "-nologo");
        Assert.Equal(expected, Errors(output));
        Assert.Equal(expected.Length == 0, code == 0 && output.Contains("compiled", StringComparison.Ordinal));
        if (expected is ["KILN902"]) Assert.Contains("targets the framework", output);
    }

    private static string[] Errors(string output) => [.. Regex.Matches(output, @"error ([A-Z]+\d+)").Select(match => match.Groups[1].Value).Distinct()];
}
