using System.Reflection;

namespace Kiln.Gpu.Compiler;

/// <summary>All kernels of a class into a file: <c>--assembly Kernels.dll --class Full.Name --out file</c>. So the kernels that are no network's own are built.</summary>
internal static class OneClass
{
    /// <summary>Whether the arguments ask for it.</summary>
    public static bool IsAsked(string[] arguments) => arguments.Contains("--class");

    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        string Value(string option) => Array.IndexOf(arguments, option) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : throw new ArgumentException($"{option} is missing.");
        var type = Assembly.LoadFrom(Path.GetFullPath(Value("--assembly"))).GetType(Value("--class"), throwOnError: true)!;
        using var file = File.Create(Value("--out"));
        Compile(type).Write(file);
        return 0;
    }

    /// <summary>The kernels of a class: its public static methods, in the order of their declaration.</summary>
    public static KernelImage Compile(Type type)
    {
        using var compiler = new KernelCompiler();
        CompiledKernel[] kernels = [.. type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly).Select((m, i) => compiler.Compile(m, i))];
        return new([.. kernels.Select(k => new DeviceKernel(k.Name, k.Group, k.Parameters))], PtxText.Module(kernels.Select(k => k.Ptx)), OpenClText.Head + string.Join("\n", kernels.Select(k => k.OpenCl)));
    }
}
