namespace Kiln.Generators.Emission.Api;

/// <summary>Typed views: <c>net.Parameters.Conv1.Weight</c>, structs nested as the dotted names are.</summary>
internal static class ParametersEmitter
{
    // Members of object and of the views themselves, which no property may hide.
    private static readonly string[] Taken = ["Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "ReferenceEquals", "Finalize", "Item"];

    public static void Emit(CodeWriter code, ApiModel model)
    {
        var root = new Group("ParameterViews");
        for (var i = 0; i < model.Compiled.Parameters.Count; i++)
            root.Add(model.Compiled.Parameters[i].Parameter.Name.Split('.'), 0, i);
        EmitGroup(code, model, root, "Parameters by name, in the structure that the names have.", isRoot: true);
    }

    private static void EmitGroup(CodeWriter code, ApiModel model, Group group, string summary, bool isRoot)
    {
        code.Summary(summary);
        if (isRoot) code.Line(model.Generated);
        code.Open($"public readonly struct {group.TypeName}");
        code.Line("private readonly global::Kiln.Kernels.ParameterBlock _block;");
        code.Line();
        code.Line($"internal {group.TypeName}(global::Kiln.Kernels.ParameterBlock block) => _block = block;");
        if (isRoot)
        {
            code.Line();
            code.Summary("The parameter of that name.");
            code.Parameter("name", "As in checkpoints: conv1.weight.");
            code.Throws("global::System.Collections.Generic.KeyNotFoundException", "There is no such parameter.");
            code.Line("public global::Kiln.ParameterView this[string name] => _block[name];");
        }
        var taken = new HashSet<string>(Taken) { group.TypeName };
        foreach (var child in group.Children) taken.Add(child.TypeName);
        foreach (var child in group.Children)
        {
            var property = Identifiers.Unique(Identifiers.Pascal(child.Name), taken);
            code.Line();
            if (child.Parameter is { } index)
            {
                var stored = model.Compiled.Parameters[index];
                code.Summary($"{stored.Parameter.Name}, [{string.Join(", ", ApiModel.CheckpointShape(stored))}].");
                code.Line($"public global::Kiln.ParameterView {property} => _block[{index}];");
            }
            else
            {
                code.Summary($"Parameters of {child.Path}.");
                code.Line($"public {child.TypeName} {property} => new {child.TypeName}(_block);");
                code.Line();
                EmitGroup(code, model, child, $"Parameters of {child.Path}.", isRoot: false);
            }
        }
        code.Close();
    }

    /// <summary>A part of the names, up to a dot: a parameter, or a group of them.</summary>
    private sealed class Group(string typeName)
    {
        public string Name { get; private set; } = "";
        public string Path { get; private set; } = "";
        public string TypeName { get; } = typeName;
        public int? Parameter { get; private set; }
        public List<Group> Children { get; } = [];

        public void Add(string[] parts, int depth, int parameter)
        {
            var isLeaf = depth == parts.Length - 1;
            var child = isLeaf ? null : Children.FirstOrDefault(c => c.Parameter is null && c.Name == parts[depth]);
            if (child is null)
            {
                var taken = new HashSet<string>(Children.Select(c => c.TypeName)) { TypeName };
                child = new Group(Identifiers.Unique(Identifiers.Pascal(parts[depth]) + "Views", taken)) { Name = parts[depth], Path = string.Join(".", parts.Take(depth + 1)) };
                Children.Add(child);
            }
            if (isLeaf) child.Parameter = parameter;
            else child.Add(parts, depth + 1, parameter);
        }
    }
}
