using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Kiln.Gpu.Compiler;

/// <summary>Puts images of kernels into an assembly that the C# compiler has written, as resources. Symbols, identity and signature are kept; the same input is the same output.</summary>
internal static class Resources
{
    private const string Prefix = "Kiln.Gpu.";

    /// <param name="assembly">The assembly, which is written anew.</param>
    /// <param name="images">The folder of images.</param>
    /// <param name="references">A file with the paths of the assemblies that it refers to.</param>
    /// <param name="key">The key that the assembly was signed with; null where it was signed with none, or is only delayed or publicly signed.</param>
    /// <returns>The exit code.</returns>
    public static int Embed(string assembly, string images, string references, string? key)
    {
        var names = Directory.Exists(images) ? Directory.GetFiles(images, "*" + NetworkImages.Extension).Order(StringComparer.Ordinal).ToArray() : [];
        var written = assembly + ".tmp";
        using (var resolver = new References(File.ReadAllLines(references)))
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

    /// <summary>Finds assemblies among those that the project refers to: types of constants are looked up there.</summary>
    /// <param name="references">Their paths.</param>
    private sealed class References(IEnumerable<string> references) : BaseAssemblyResolver
    {
        private readonly Dictionary<string, string> _paths = references.GroupBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key!, g => g.First(), StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, AssemblyDefinition> _read = [];

        public override AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters)
        {
            if (_read.TryGetValue(name.Name, out var known)) return known;
            if (!_paths.TryGetValue(name.Name, out var path)) throw new AssemblyResolutionException(name);
            parameters.AssemblyResolver ??= this;
            return _read[name.Name] = AssemblyDefinition.ReadAssembly(path, parameters);
        }

        protected override void Dispose(bool disposing)
        {
            foreach (var assembly in _read.Values) assembly.Dispose();
            base.Dispose(disposing);
        }
    }
}
