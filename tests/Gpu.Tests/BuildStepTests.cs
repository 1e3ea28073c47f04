using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using ILGPU;
using Kiln;
using Kiln.Gpu;
using Kiln.Gpu.Compiler;
using Kiln.Gpu.Kernels;
using Xunit;

namespace Gpu.Tests;

/// <summary>The build step: kernels of an assembly → images → resources of another.</summary>
public sealed class BuildStepTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-gpu-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [KernelsOf("Some.Network")]
    public static class Good
    {
        public static void Second(ArrayView<float> y, int count)
        {
            if (Threads.Index < count) Lane.Broadcast(2).Store(y, Threads.Index);
        }

        [GroupSize(64)]
        public static void First(ArrayView<int> y, ArrayView<byte> x, int count, float factor)
        {
            if (Threads.Index < count) y[Threads.Index] = x[Threads.Index] + (int)factor;
        }
    }

    [KernelsOf("Some.Other")]
    public static class Bad
    {
        public static void Throws(ArrayView<float> y, int count)
        {
            if (Threads.Index >= count) throw new InvalidOperationException();
            y[Threads.Index] = 1;
        }
    }

    [Fact]
    public void Networks_become_images_and_what_is_refused_is_named()
    {
        var (said, before) = (new StringWriter(), Console.Out);
        Console.SetOut(said);
        try
        {
            Assert.Equal(1, Tool.Main(["compile", typeof(BuildStepTests).Assembly.Location, Path.Combine(_folder, "images"), Path.Combine(_folder, "texts")]));
        }
        finally
        {
            Console.SetOut(before);
        }
        Assert.Contains("The kernel Throws of the network Some.Other could not be compiled for GPUs: ", said.ToString());
        using var file = File.OpenRead(Assert.Single(Directory.GetFiles(Path.Combine(_folder, "images"))));
        Assert.Equal("Some.Network.kernels", Path.GetFileName(file.Name));
        var image = KernelImage.Read(file);
        // In the order in which they are written down, which the host's programs count in.
        Assert.Equal([new("Kernel_Second", 128, "fn"), new("Kernel_First", 64, "ibnx")], image.Kernels);
        Assert.Equal(image.Ptx, File.ReadAllText(Path.Combine(_folder, "texts", "Some.Network.ptx")));
        Assert.Equal(image.OpenCl, File.ReadAllText(Path.Combine(_folder, "texts", "Some.Network.cl")));
    }

    [Fact]
    public void The_same_kernel_is_the_same_text_whatever_was_compiled_before_it()
    {
        var kernels = NetworkImages.Kernels(typeof(LaneTests.Kernels));
        using var one = new KernelCompiler();
        using var other = new KernelCompiler();
        var forwards = kernels.Select((kernel, i) => one.Compile(kernel, i)).ToArray();
        var backwards = kernels.Select((kernel, i) => (kernel, i)).Reverse().Select(pair => other.Compile(pair.kernel, pair.i)).Reverse().ToArray();
        foreach (var (there, back) in forwards.Zip(backwards))
        {
            Assert.Equal(there.Ptx, back.Ptx);
            Assert.Equal(there.OpenCl, back.OpenCl);
        }
    }

    [Fact]
    public void Resources_leave_symbols_as_they_are_and_are_the_same_bytes_each_time()
    {
        var original = typeof(OpenClDevice).Assembly.Location;
        var (first, second, references) = (Path.Combine(_folder, "first.dll"), Path.Combine(_folder, "second.dll"), Path.Combine(_folder, "references"));
        var images = Directory.CreateDirectory(Path.Combine(_folder, "images")).FullName;
        File.WriteAllText(Path.Combine(images, "Some.Network.kernels"), "an image");
        File.WriteAllLines(references, ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator));
        foreach (var copy in new[] { first, second })
        {
            File.Copy(original, copy);
            Assert.Equal(0, Tool.Main(["embed", copy, images, references]));
        }
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        // Once more is no more.
        Assert.Equal(0, Tool.Main(["embed", second, images, references]));
        Assert.Equal(Facts(first), Facts(second));
        var (before, after) = (Facts(original), Facts(first));
        Assert.Equal([.. before.Resources, "Kiln.Gpu.Some.Network"], after.Resources);
        // A file without code has no place in the symbols.
        Assert.InRange(after.Documents, 1, before.Documents);
        Assert.Equal(before with { Resources = [], Documents = 0 }, after with { Resources = [], Documents = 0 });
        Assert.NotEqual(0, after.SequencePoints);
    }

    private sealed record About(string Name, int Types, int Methods, int Documents, bool HasSources, int SequencePoints, int Locals)
    {
        public string[] Resources { get; init; } = [];

        public bool Equals(About? other) => other is not null && ToString() == other.ToString();

        public override int GetHashCode() => Methods;

        public override string ToString() => $"{Name}: {Types} types, {Methods} methods, {Documents} documents, sources: {HasSources}, {SequencePoints} sequence points, {Locals} locals, {string.Join(" ", Resources)}";
    }

    private static About Facts(string file)
    {
        using var assembly = new PEReader(File.OpenRead(file));
        var metadata = assembly.GetMetadataReader();
        using var provider = assembly.ReadEmbeddedPortablePdbDebugDirectoryData(assembly.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb));
        var symbols = provider.GetMetadataReader();
        var embedded = new Guid("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
        return new(metadata.GetAssemblyDefinition().GetAssemblyName().FullName, metadata.TypeDefinitions.Count, metadata.MethodDefinitions.Count, symbols.Documents.Count,
            symbols.CustomDebugInformation.Count(info => symbols.GetGuid(symbols.GetCustomDebugInformation(info).Kind) == embedded) == symbols.Documents.Count, symbols.MethodDebugInformation.Sum(method => symbols.GetMethodDebugInformation(method).GetSequencePoints().Count()), symbols.LocalVariables.Count)
        {
            // Those of Kiln.Gpu itself are of the same family, and give way.
            Resources = [.. metadata.ManifestResources.Select(resource => metadata.GetString(metadata.GetManifestResource(resource).Name)).Where(name => name != "Kiln.Gpu.Optimizers")],
        };
    }
}
