using System.Text.RegularExpressions;

namespace Kiln.Package.Tests;

/// <summary>A program of a user who asks for the package Kiln.Gpu, and gets Kiln with it.</summary>
public sealed class GpuTests(EmptyFolder folder) : IClassFixture<EmptyFolder>
{
    private const string Program = """
        using Kiln;
        using Kiln.Data;
        using Kiln.Gpu;

        foreach (var name in typeof(Digit).Assembly.GetManifestResourceNames()) Console.WriteLine($"resource {name}");
        Console.WriteLine($"cpu {Learn(null)}");
        try
        {
            using var device = Device.OpenCl();
            Console.WriteLine($"gpu {Learn(device)}");
        }
        catch (DeviceException missing)
        {
            Console.WriteLine($"no device: {missing.Message}");
        }

        static string Learn(Device? device)
        {
            var digits = Digits.Generate(256, seed: 1);
            using var net = new Digit(seed: 1, device: device);
            using var training = net.Train(new Adam(), 64);
            for (var step = 0; step < 4; step++) training.Learn(digits.Images.Slice(step * 64 * 784, 64 * 784), digits.Labels.Slice(step * 64, 64));
            var hash = 0u;
            foreach (var parameter in net.AllParameters)
                foreach (var value in parameter.ToArray()) hash = hash * 31 + BitConverter.SingleToUInt32Bits(value);
            return hash.ToString("x8");
        }

        [Network, Input(784, Bytes = true)]
        [Dense(16), Relu, Dense(10)]
        [CrossEntropy]
        public sealed partial class Digit;
        """;

    [Fact]
    public void A_network_learns_on_a_device_with_the_bits_of_the_CPU_and_the_program_has_nothing_of_the_tool()
    {
        folder.Write("app/app.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <KilnGpuText>true</KilnGpuText>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Kiln.Gpu" Version="*-*" />
              </ItemGroup>
            </Project>
            """);
        folder.Write("app/Program.cs", Program);
        var output = Runs("run", "-c", "Release", "--project", "app");
        Assert.Contains("resource Kiln.Gpu.Digit", output);
        var cpu = Regex.Match(output, "cpu ([0-9a-f]{8})");
        Assert.True(cpu.Success, output);
        if (!output.Contains("no device", StringComparison.Ordinal)) Assert.Contains($"gpu {cpu.Groups[1].Value}", output);
        var files = Directory.GetFiles(Path.Combine(folder.Root, "app", "bin", "Release", "net10.0")).Select(Path.GetFileName).ToArray();
        Assert.Contains("Kiln.Gpu.dll", files);
        Assert.DoesNotContain(files, file => file!.Contains("ILGPU", StringComparison.Ordinal) || file.Contains("Cecil", StringComparison.Ordinal) || file.Contains("Kernels", StringComparison.Ordinal) || file.Contains("Compiler", StringComparison.Ordinal));
        var text = Path.Combine(folder.Root, "app", "obj", "Release", "net10.0", "kiln-gpu", "text");
        Assert.Contains(".visible .entry Kernel_", File.ReadAllText(Path.Combine(text, "Digit.ptx")));
        Assert.Contains("kernel void Kernel_", File.ReadAllText(Path.Combine(text, "Digit.cl")));

        // Nothing to do, and an edit that changes no network.
        var assembly = Path.Combine(folder.Root, "app", "obj", "Release", "net10.0", "app.dll");
        var before = File.ReadAllBytes(assembly);
        Assert.Equal(["CoreCompile", "KilnGpuCompileKernels", "KilnGpuCompileImages", "KilnGpuEmbed"], UpToDate());
        Assert.Equal(before, File.ReadAllBytes(assembly));
        folder.Write("app/More.cs", "internal static class More;");
        Assert.Equal(["KilnGpuCompileKernels", "KilnGpuCompileImages"], UpToDate());
        Assert.Contains("resource Kiln.Gpu.Digit", Runs("run", "-c", "Release", "--no-build", "--project", "app"));
        // The same sources are the same bytes.
        File.Delete(Path.Combine(folder.Root, "app", "More.cs"));
        Assert.Equal(["KilnGpuCompileKernels", "KilnGpuCompileImages"], UpToDate());
        Assert.Equal(before, File.ReadAllBytes(assembly));
    }

    /// <summary>The steps that a build leaves out, because nothing has changed for them.</summary>
    private string[] UpToDate()
    {
        var output = Runs("build", "app", "-c", "Release", "-nologo", "-v", "normal");
        return [.. Regex.Matches(output, "Skipping target \"(CoreCompile|KilnGpu\\w+)\" because all output files are up-to-date").Select(match => match.Groups[1].Value)];
    }

    private string Runs(params string[] arguments)
    {
        var (code, output) = folder.Dotnet(arguments);
        Assert.True(code == 0, output);
        return output;
    }
}
