using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Frontend;

/// <summary>
/// The programs of a class as they are declared, before their bodies are read. Where a body is wrong, they stand in for the
/// network: the class has its members all the same, and the editor underlines the mistake and not every use of the class.
/// </summary>
internal sealed class Outline
{
    private readonly List<Program> _programs = [];

    public void Add(string name, int variant, ProgramKind kind, ImmutableArray<Input> inputs, IEnumerable<(Role Role, string Name, TensorType Type)> results)
    {
        var graph = new GraphBuilder();
        var outputs = results.Select(r => new Output(r.Role, r.Name, graph.Add(new InputRead(0, r.Type)).Id)).ToList();
        _programs.Add(new(name, variant, kind, "", inputs.ToEquatable(), [], graph.Build(outputs)));
    }

    /// <summary>Null where nothing could be read.</summary>
    public Network? Of(ClassInfo info) => _programs.Count == 0 ? null : new(info, [], _programs.ToEquatable()) { IsOutline = true };
}
