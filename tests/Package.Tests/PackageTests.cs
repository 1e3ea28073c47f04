using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Kiln.Package.Tests;

/// <summary>The package as a user meets it.</summary>
public sealed class PackageTests(EmptyFolder folder) : IClassFixture<EmptyFolder>
{
    [Fact]
    public void It_carries_libraries_with_documentation_the_compiler_and_the_build_defaults()
    {
        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.Packages, "Kiln.*.nupkg")));
        var files = package.Entries.Select(e => e.FullName).ToHashSet();
        string[] expected =
        [
            "analyzers/dotnet/cs/Kiln.Generators.dll", "buildTransitive/Kiln.props", "buildTransitive/Kiln.targets",
            .. from framework in (string[])["net9.0", "net10.0"] from file in (string[])["Kiln.Dsl.dll", "Kiln.Dsl.xml", "Kiln.Runtime.dll", "Kiln.Runtime.xml"] select $"lib/{framework}/{file}",
        ];
        Assert.Empty(expected.Except(files));
        Assert.DoesNotContain(files, f => f.EndsWith(".dll", StringComparison.Ordinal) && !expected.Contains(f));
    }

    [Fact]
    public void A_network_written_in_an_empty_folder_builds_without_warnings_and_learns() => Learns("modern", """
        <Nullable>enable</Nullable>
        <ImplicitUsings>enable</ImplicitUsings>
        <GenerateDocumentationFile>true</GenerateDocumentationFile>
        """, """
        using Kiln;
        using Kiln.Data;

        using var net = new Digit(seed: 1);
        using var training = net.Train(new Adam(1e-3), batch: 64);
        await training.Fit(Digits.Generate(4000, seed: 1), epochs: 4);
        Console.WriteLine(FormattableString.Invariant($"test accuracy {100 * net.Accuracy(Digits.Generate(1000, seed: 2)):F2}%"));

        /// <summary>Tells digits.</summary>
        [Network, Input(784)]
        [Dense(64), Relu, Dense(10)]
        [CrossEntropy]
        public sealed partial class Digit;
        """);

    [Fact]
    public void So_does_one_in_a_program_of_the_old_kind() => Learns("old", """
        <Nullable>disable</Nullable>
        <ImplicitUsings>disable</ImplicitUsings>
        """, """
        using System;
        using Kiln;
        using Kiln.Data;

        [Network]
        internal sealed partial class Digit
        {
            [Predict] static Tensor Logits([Bytes, Shape(1, 28, 28)] Tensor image) => image.AveragePool2D(2).Flatten().Dense(48).Tanh().Dense(10);
            [Learn] static Loss Learn([Bytes, Shape(1, 28, 28)] Tensor image, [Classes(10)] Labels label) => Logits(image).CrossEntropy(label);
        }

        internal class Program
        {
            private static void Main(string[] arguments)
            {
                using (var net = new Digit(seed: 1))
                using (var training = net.Train(new Adam(2e-3), batch: 64, threads: 1))
                {
                    training.Fit(Digits.Generate(4000, seed: 1), 4, null, null).Wait();
                    Console.WriteLine(FormattableString.Invariant($"test accuracy {100 * net.Accuracy(Digits.Generate(1000, seed: 2)):F2}%"));
                }
            }
        }
        """);

    /// <summary>Builds and runs a program that prints its accuracy.</summary>
    private void Learns(string name, string properties, string program)
    {
        folder.Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Kiln" Version="*" />
              </ItemGroup>
            </Project>
            """);
        folder.Write($"{name}/Program.cs", program);
        var (code, output) = folder.Dotnet("run", "-c", "Release", "--project", name);
        Assert.True(code == 0, output);
        var accuracy = Regex.Match(output, @"test accuracy (\d+\.\d\d)%");
        Assert.True(accuracy.Success, output);
        Assert.InRange(double.Parse(accuracy.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 80, 100);
    }
}
