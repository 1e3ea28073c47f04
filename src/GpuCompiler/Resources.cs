using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Kiln.Gpu.Compiler;

/// <summary>Puts images of kernels into an assembly that the C# compiler has written, as resources. Symbols, identity and signature are kept; the same input is the same output.</summary>
internal static class Resources
{
    private const string Prefix = "Kiln.Gpu.";

    /// <param name="assembly">The assembly, which is written anew.</param>
    /// <param name="images">The folder of images.</param>
    /// <param name="references">A file that lists what the assembly refers to, one file a line.</param>
    /// <param name="key">The key that the assembly was signed with; null where it was signed with none, or is only delayed or publicly signed.</param>
    /// <returns>The exit code.</returns>
    public static int Embed(string assembly, string images, string references, string? key)
    {
        var names = Directory.Exists(images) ? Directory.GetFiles(images, "*" + NetworkImages.Extension).Order(StringComparer.Ordinal).ToArray() : [];
        var written = assembly + ".tmp";
        using var resolver = new References(references);
        using (var module = ModuleDefinition.ReadModule(assembly, new ReaderParameters { InMemory = true, AssemblyResolver = resolver }))
        {
            foreach (var old in module.Resources.Where(resource => resource.Name.StartsWith(Prefix, StringComparison.Ordinal)).ToArray()) module.Resources.Remove(old);
            foreach (var name in names)
                module.Resources.Add(new EmbeddedResource(Prefix + Path.GetFileNameWithoutExtension(name), ManifestResourceAttributes.Private, File.ReadAllBytes(name)));
            var kind = Symbols(module);
            if (kind == PdbKind.File) module.ReadSymbols(new PortablePdbReaderProvider().GetSymbolReader(module, assembly));
            else if (kind == PdbKind.Embedded) module.ReadSymbols(new EmbeddedPortablePdbReaderProvider().GetSymbolReader(module, assembly));
            // Into memory: the assembly would name the folder of a file.
            using var pdb = new MemoryStream();
            module.Write(written, new WriterParameters
            {
                DeterministicMvid = true,
                WriteSymbols = kind != PdbKind.None,
                SymbolWriterProvider = kind switch { PdbKind.File => new PortablePdbWriterProvider(), PdbKind.Embedded => new EmbeddedPortablePdbWriterProvider(), _ => null },
                SymbolStream = kind == PdbKind.File ? pdb : null,
                StrongNameKeyBlob = key is null ? null : File.ReadAllBytes(key),
            });
            if (kind == PdbKind.File) File.WriteAllBytes(Path.ChangeExtension(assembly, ".pdb"), pdb.ToArray());
        }
        File.Move(written, assembly, overwrite: true);
        return 0;
    }

    private enum PdbKind
    {
        None,
        File,
        Embedded,
    }

    private static PdbKind Symbols(ModuleDefinition module)
    {
        var entries = module.HasDebugHeader ? module.GetDebugHeader().Entries.Select(entry => entry.Directory.Type).ToArray() : [];
        return entries.Contains(ImageDebugType.EmbeddedPortablePdb) ? PdbKind.Embedded : entries.Contains(ImageDebugType.CodeView) ? PdbKind.File : PdbKind.None;
    }

    /// <summary>The assemblies that the compiler was given: the sizes of constants in symbols depend on their types.</summary>
    private sealed class References(string file) : IAssemblyResolver
    {
        private readonly Dictionary<string, AssemblyDefinition> _opened = [];
        private readonly Lazy<Dictionary<string, string>> _files = new(() =>
        {
            var files = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var path in File.ReadAllLines(file)) files.TryAdd(Path.GetFileNameWithoutExtension(path), path);
            return files;
        });

        public AssemblyDefinition Resolve(AssemblyNameReference name) => Resolve(name, new ReaderParameters());

        public AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters)
        {
            if (_opened.TryGetValue(name.Name, out var assembly)) return assembly;
            if (!_files.Value.TryGetValue(name.Name, out var path)) throw new AssemblyResolutionException(name);
            parameters.AssemblyResolver = this;
            return _opened[name.Name] = AssemblyDefinition.ReadAssembly(path, parameters);
        }

        public void Dispose()
        {
            foreach (var assembly in _opened.Values) assembly.Dispose();
        }
    }
}
