using System.Runtime.Loader;

namespace Kiln.Gpu.Compiler;

/// <summary>All kernels of a class → an image as a file. So those are built that are no network's own.</summary>
internal static class OneClass
{
    /// <param name="assembly">Has the class.</param>
    /// <param name="name">Its full name.</param>
    /// <param name="file">Gets the image.</param>
    /// <returns>The exit code.</returns>
    public static int Write(string assembly, string name, string file)
    {
        var type = AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.GetFullPath(assembly)).GetType(name) ?? throw new ArgumentException($"{assembly} has no class {name}.");
        using var target = File.Create(file);
        Compile(type).Write(target);
        return 0;
    }

    public static KernelImage Compile(Type type)
    {
        using var compiler = new KernelCompiler();
        return KernelCompiler.Image([.. NetworkImages.Kernels(type).Select((kernel, i) => compiler.Compile(kernel, i))]);
    }
}
