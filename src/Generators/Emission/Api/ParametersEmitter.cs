namespace Kiln.Generators.Emission.Api;

/// <summary>
/// Typed views: <c>net.Parameters.Conv1.Weight</c>, structs as the dotted names have it. Layers of equal structure have one
/// struct, which knows the number of its first parameter.
/// </summary>
internal static class ParametersEmitter
{
    private const string Root = "ParameterViews";

    // Members of object and of the views themselves, which no property may hide.
    private static readonly string[] Taken = ["Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "ReferenceEquals", "Finalize", "Item", Root];

    public static void Emit(CodeWriter code, ApiModel model)
    {
        var root = new Group("", "");
        for (var i = 0; i < model.Compiled.Parameters.Count; i++)
            root.Add(model.Compiled.Parameters[i].Parameter.Name.Split('.'), 0, i);
        var taken = new HashSet<string>(Taken);
        var structures = new Dictionary<string, Structure>();
        Collect(root, structures, taken);

        code.Summary("Parameters by name, in the structure that the names have. In the comments a number that differs from layer to layer is written _.");
        code.Line(model.Generated);
        code.Open($"public readonly struct {Root}");
        code.Line("private readonly global::Kiln.Kernels.ParameterBlock _block;").Line();
        code.Line($"internal {Root}(global::Kiln.Kernels.ParameterBlock block) => _block = block;").Line();
        code.Summary("The parameter of that name.");
        code.Parameter("name", "As in checkpoints: conv1.weight.");
        code.Throws("global::System.Collections.Generic.KeyNotFoundException", "There is no such parameter.");
        code.Line("public global::Kiln.ParameterView this[string name] => _block[name];").Line();
        EmitMembers(code, model, [root], structures, taken, isRoot: true);
        foreach (var structure in structures.Values)
        {
            code.Line();
            code.Summary(Common(structure.Groups.Select(g => $"Parameters of {g.Path}")) + ".");
            code.Open($"public readonly struct {structure.TypeName}");
            code.Line("private readonly global::Kiln.Kernels.ParameterBlock _block;").Line("private readonly int _first;").Line();
            code.Line($"internal {structure.TypeName}(global::Kiln.Kernels.ParameterBlock block, int first) => (_block, _first) = (block, first);").Line();
            EmitMembers(code, model, structure.Groups, structures, taken, isRoot: false);
            code.Close();
        }
        code.Close();
    }

    /// <summary>All structures below a group, the outer ones first.</summary>
    private static void Collect(Group group, Dictionary<string, Structure> structures, HashSet<string> taken)
    {
        foreach (var child in group.Children.Where(c => c.Parameter is null))
        {
            var name = child.Name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
            if (structures.TryGetValue(child.Structure, out var known)) known.Groups.Add(child);
            else structures.Add(child.Structure, new(Identifiers.Unique(Identifiers.Pascal(name.Length > 0 ? name : child.Name) + "Views", taken), [child]));
            Collect(child, structures, taken);
        }
    }

    /// <param name="groups">Of one structure.</param>
    /// <param name="typeNames">What no property can be called, as its type could not be named.</param>
    private static void EmitMembers(CodeWriter code, ApiModel model, IReadOnlyList<Group> groups, Dictionary<string, Structure> structures, HashSet<string> typeNames, bool isRoot)
    {
        var taken = new HashSet<string>(typeNames);
        var first = groups[0];
        for (var i = 0; i < first.Children.Count; i++)
        {
            var child = first.Children[i];
            var property = Identifiers.Unique(Identifiers.Pascal(child.Name), taken);
            var alike = groups.Select(g => g.Children[i]);
            var place = isRoot ? $"{child.First}" : child.First == first.First ? "_first" : $"_first + {child.First - first.First}";
            if (child.Parameter is not null)
            {
                code.Summary(Common(alike.Select(c => $"{c.Path}, [{string.Join(", ", ApiModel.CheckpointShape(model.Compiled.Parameters[c.First]))}]")) + ".");
                code.Line($"public global::Kiln.ParameterView {property} => _block[{place}];");
            }
            else
            {
                var type = structures[child.Structure].TypeName;
                code.Summary(Common(alike.Select(c => $"Parameters of {c.Path}")) + ".");
                code.Line($"public {type} {property} => new {type}(_block, {place});");
            }
        }
    }

    private static string Common(IEnumerable<string> comments) => NumberedText.Common([.. comments]);

    /// <summary>A struct of views, for all groups that it fits.</summary>
    private sealed record Structure(string TypeName, List<Group> Groups);

    /// <summary>A part of the names, up to a dot: a parameter, or a group of them.</summary>
    private sealed class Group(string name, string path)
    {
        private readonly Dictionary<string, Group> _groups = [];
        private string? _structure;

        public string Name => name;
        public string Path => path;
        public int? Parameter { get; private set; }
        public List<Group> Children { get; } = [];

        /// <summary>The number of its first parameter.</summary>
        public int First => Parameter ?? Children[0].First;

        /// <summary>Equal for groups whose parameters have the same names and follow each other alike.</summary>
        public string Structure => _structure ??= string.Concat(Children.Select(c => $"{c.Name} {c.First - First}{(c.Parameter is null ? $"({c.Structure})" : "")};"));

        public void Add(string[] parts, int depth, int parameter)
        {
            var isLeaf = depth == parts.Length - 1;
            if (isLeaf || !_groups.TryGetValue(parts[depth], out var child))
            {
                Children.Add(child = new Group(parts[depth], string.Join(".", parts.Take(depth + 1))));
                if (!isLeaf) _groups.Add(parts[depth], child);
            }
            if (isLeaf) child.Parameter = parameter;
            else child.Add(parts, depth + 1, parameter);
        }
    }
}
