namespace Kiln.Generators.Operators;

/// <summary>All words of the language, found by their type: to add an operator is to add its file.</summary>
internal static class DslOperators
{
    private static readonly Dictionary<string, DslOperator> All = Find();

    public static bool TryGet(string name, out DslOperator op) => All.TryGetValue(name, out op!);

    public static IReadOnlyCollection<string> Names => All.Keys;

    private static Dictionary<string, DslOperator> Find()
    {
        var all = new Dictionary<string, DslOperator>();
        foreach (var type in typeof(DslOperator).Assembly.GetTypes())
        {
            if (type.IsAbstract || !typeof(DslOperator).IsAssignableFrom(type)) continue;
            var op = (DslOperator)Activator.CreateInstance(type)!;
            foreach (var name in op.Names) all.Add(name, op);
        }
        return all;
    }
}
