using System.Text.RegularExpressions;

namespace Kiln.Package.Tests;

/// <summary>Programs of a user who has the package alone.</summary>
public sealed class UserTests(EmptyFolder folder) : IClassFixture<EmptyFolder>
{
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

    /// <summary>A project that refers to a library with a network gets no alias and no unsafe code from it, and runs.</summary>
    [Fact]
    public void A_project_that_refers_to_a_network_has_its_own_Tensor()
    {
        folder.Write("library/library.csproj", Project("", """<PackageReference Include="Kiln" Version="*-*" />"""));
        folder.Write("library/Net.cs", """
            using Kiln;

            [Network, Input(4)]
            [Dense(8), Relu, Dense(3), CrossEntropy]
            public sealed partial class Net;
            """);
        folder.Write("user/user.csproj", Project("<OutputType>Exe</OutputType>", """<ProjectReference Include="../library/library.csproj" />""",
            """<Target Name="Say" AfterTargets="Build"><Message Importance="high" Text="unsafe=[$(AllowUnsafeBlocks)] usings=[@(Using)]" /></Target>"""));
        folder.Write("user/Program.cs", """
            using var net = new Net(seed: 1);
            var scores = new float[3];
            net.Predict(new float[4], scores);
            Console.WriteLine($"a tensor of {new Tensor(scores).Length}");

            internal sealed class Tensor(float[] numbers) { public int Length => numbers.Length; }
            """);
        var output = Runs("build", "user", "-nologo");
        Assert.DoesNotContain("unsafe=[true]", output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Kiln.Tensor", output);
        Assert.Contains("a tensor of 3", Runs("run", "--no-build", "--project", "user"));
    }

    [Fact]
    public void A_program_of_one_file_runs_without_a_warning()
    {
        // PublishAot, which is the default here, would need the native compiler's package.
        folder.Write("one/app.cs", """
            #:package Kiln@*-*
            #:property PublishAot=false
            #:property TreatWarningsAsErrors=true
            using Kiln;

            using var net = new Net(seed: 1);
            var scores = new float[3];
            net.Predict(new float[4], scores);
            Console.WriteLine($"scores: {scores.Length}");

            [Network, Input(4)]
            [Dense(8), Relu, Dense(3), CrossEntropy]
            public sealed partial class Net;
            """);
        Assert.Equal("scores: 3", Runs("run", "one/app.cs").Trim());
    }

    private static string Project(string properties, string items, string targets = "") => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            {properties}
          </PropertyGroup>
          <ItemGroup>
            {items}
          </ItemGroup>
          {targets}
        </Project>
        """;

    /// <summary>Builds and runs a program that prints its accuracy.</summary>
    private void Learns(string name, string properties, string program)
    {
        folder.Write($"{name}/{name}.csproj", Project($"<OutputType>Exe</OutputType>{properties}", """<PackageReference Include="Kiln" Version="*-*" />"""));
        folder.Write($"{name}/Program.cs", program);
        var output = Runs("run", "-c", "Release", "--project", name);
        var accuracy = Regex.Match(output, @"test accuracy (\d+\.\d\d)%");
        Assert.True(accuracy.Success, output);
        Assert.InRange(double.Parse(accuracy.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 80, 100);
    }

    private string Runs(params string[] arguments)
    {
        var (code, output) = folder.Dotnet(arguments);
        Assert.True(code == 0, output);
        return output;
    }
}
