namespace Kiln.Package.Tests;

/// <summary>What the build targets decide about processors when a project is compiled ahead of time.</summary>
public sealed class InstructionSetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-targets-").FullName;

    [Theory]
    [InlineData("net10.0", "linux-x64", "", "", "x86-64-v3", true)]
    [InlineData("net9.0", "linux-x64", "", "", "x86-x64-v3", true)]
    [InlineData("net10.0", "win-x64", "x86-64-v4", "", "x86-64-v4", false)]
    [InlineData("net9.0", "linux-x64", "x86-64-v3", "", "x86-x64-v3", false)]
    [InlineData("net9.0", "linux-x64", "x86-64-v4", "", "x86-x64-v4", false)]
    [InlineData("net10.0", "linux-x64", "", "native", "native", false)]
    [InlineData("net10.0", "linux-arm64", "x86-64-v3", "", "", false)]
    [InlineData("net9.0", "osx-arm64", "x86-64-v4", "", "", false)]
    [InlineData("net9.0", "linux-arm64", "x86-x64-v3", "", "", false)]
    [InlineData("net10.0", "win-arm64", "x86-64-v4", "", "", false)]
    [InlineData("net10.0", "linux-arm64", "native", "", "native", false)]
    [InlineData("net10.0", "osx-arm64", "", "", "", false)]
    public void Native_compilation_gets_a_default_and_a_warning(string framework, string runtime, string kiln, string ilc, string expected, bool warns)
    {
        var (set, warned) = Evaluate(aot: true, framework, runtime, kiln, ilc);
        Assert.Equal(expected, set);
        Assert.Equal(warns, warned);
    }

    [Theory]
    [InlineData("", "x86-64-v3", true)]
    [InlineData("x86-64-v4", "x86-64-v4", false)]
    public void Where_no_runtime_is_named_it_is_for_this_machine(string kiln, string onX64, bool warnsOnX64)
    {
        var isX64 = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64;
        Assert.Equal(isX64 ? (onX64, warnsOnX64) : ("", false), Evaluate(aot: true, "net10.0", "", kiln, ""));
    }

    /// <summary>The SDK sets PublishAot for a program of one file. Nobody asked for it until the program is published.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("<_IsPublishing>true</_IsPublishing>", true)]
    public void A_program_of_one_file_is_warned_when_it_is_published(string publishing, bool warns) =>
        Assert.Equal(("x86-64-v3", warns), Evaluate(aot: true, "net10.0", "linux-x64", "", "", $"<FileBasedProgram>true</FileBasedProgram>{publishing}"));

    [Fact]
    public void Without_native_compilation_nothing_is_said() => Assert.Equal(("", false), Evaluate(aot: false, "net10.0", "linux-x64", "", ""));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The targets alone, in a project without an SDK: quick, and in need of no native compiler.
    private (string Set, bool Warns) Evaluate(bool aot, string framework, string runtime, string kiln, string ilc, string more = "")
    {
        var targets = Path.Combine(Path.GetDirectoryName(Packages.Kiln)!, "buildTransitive", "Kiln.targets");
        var project = Path.Combine(_folder, "app.proj");
        File.WriteAllText(project, $"""
            <Project>
              <PropertyGroup>
                <PublishAot>{(aot ? "true" : "")}</PublishAot>
                <TargetFramework>{framework}</TargetFramework>
                <RuntimeIdentifier>{runtime}</RuntimeIdentifier>
                <KilnInstructionSet>{kiln}</KilnInstructionSet>
                <IlcInstructionSet>{ilc}</IlcInstructionSet>
                {more}
              </PropertyGroup>
              <Import Project="{targets}" />
              <Target Name="CoreCompile">
                <Message Importance="high" Text="set=[$(IlcInstructionSet)]" />
              </Target>
            </Project>
            """);
        var (code, output) = EmptyFolder.Run(_folder, "msbuild", project, "-t:CoreCompile", "-nologo");
        Assert.True(code == 0, output);
        var set = System.Text.RegularExpressions.Regex.Match(output, @"set=\[(.*)\]").Groups[1].Value;
        return (set, output.Contains("warning KILN901", StringComparison.Ordinal) && output.Contains("KilnInstructionSet", StringComparison.Ordinal));
    }
}
