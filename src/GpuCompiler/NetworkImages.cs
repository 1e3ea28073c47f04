using System.Reflection;
using System.Runtime.Loader;
using Kiln.Gpu.Kernels;

namespace Kiln.Gpu.Compiler;

/// <summary>An assembly of kernels → an image for each of its networks, as a file.</summary>
internal static class NetworkImages
{
    public const string Extension = ".kernels";

    /// <param name="assembly">The assembly of kernels.</param>
    /// <param name="folder">Has the images afterwards, and none of what it had.</param>
    /// <param name="texts">Where PTX and OpenCL C are written for those who want to read them; null for nowhere.</param>
    /// <returns>The exit code.</returns>
    public static int Write(string assembly, string folder, string? texts)
    {
        var networks = Networks(assembly);
        using var compiler = new KernelCompiler();
        var code = 0;
        Directory.CreateDirectory(folder);
        foreach (var old in Directory.GetFiles(folder, "*" + Extension)) File.Delete(old);
        foreach (var (network, kernels) in networks)
        {
            if (Compile(compiler, network, kernels) is not { } image)
            {
                code = 1;
                continue;
            }
            using (var file = File.Create(Path.Combine(folder, network + Extension))) image.Write(file);
            if (texts is null) continue;
            Directory.CreateDirectory(texts);
            File.WriteAllText(Path.Combine(texts, network + ".ptx"), image.Ptx);
            File.WriteAllText(Path.Combine(texts, network + ".cl"), image.OpenCl);
        }
        return code;
    }

    /// <summary>The kernels of a class, in their order.</summary>
    public static IReadOnlyList<MethodInfo> Kernels(Type type) =>
        [.. type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly).OrderBy(method => method.MetadataToken)];

    private static IReadOnlyList<(string Network, IReadOnlyList<MethodInfo> Kernels)> Networks(string assembly)
    {
        // What it refers to is this program's own: Kiln.Gpu.Kernels, ILGPU, Kiln.Runtime.
        var loaded = AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.GetFullPath(assembly));
        return
        [
            .. from type in loaded.GetTypes()
               let network = type.GetCustomAttribute<KernelsOfAttribute>()?.Network
               where network is not null
               orderby network
               select (network, Kernels(type)),
        ];
    }

    /// <summary>The network's image; null where a kernel was refused, which is reported.</summary>
    private static KernelImage? Compile(KernelCompiler compiler, string network, IReadOnlyList<MethodInfo> kernels)
    {
        // One after the other, in a fixed order: what ILGPU writes depends on the numbers of its nodes, which it counts through all that it compiles.
        var compiled = new CompiledKernel?[kernels.Count];
        for (var i = 0; i < compiled.Length; i++)
        {
            try
            {
                compiled[i] = compiler.Compile(kernels[i], i, kernels[i].GetCustomAttribute<GroupSizeAttribute>()?.Threads ?? Threads.Group);
            }
            catch (Exception error)
            {
                // Whatever ILGPU throws: it has no type of its own for what it cannot compile.
                Errors.Report($"The kernel {kernels[i].Name} of the network {network} could not be compiled for GPUs: {string.Join(" ", Messages(error))}");
            }
        }
        return compiled.All(kernel => kernel is not null) ? KernelCompiler.Image(compiled!) : null;
    }

    /// <summary>What ILGPU says: where, and what. Its outer messages say only that something is wrong.</summary>
    private static IEnumerable<string> Messages(Exception error)
    {
        var all = new List<string>();
        for (Exception? inner = error; inner is not null; inner = inner.InnerException) all.Add(inner.Message);
        return all.Count > 1 ? all.Skip(1).Distinct() : all;
    }
}
