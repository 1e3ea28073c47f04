namespace Kiln.Generators.Emission.Cpu;

/// <summary>
/// The kernels and stages of a network: those that differ in numbers alone are one method, under the name of the first. First all
/// kernels are added, then the stages that call them: only then is known what is an argument.
/// </summary>
/// <param name="taken">Names of the class's other members, and of the types it uses.</param>
internal sealed class MethodPool(ISet<string> taken)
{
    private readonly Dictionary<string, Method> _methods = [];
    private readonly List<Method> _used = [];

    /// <summary>In the order of their first use.</summary>
    public IEnumerable<string> Methods => _used.Select(m => m.Text());

    /// <param name="suggestion">A name in PascalCase; numbered where it is taken.</param>
    /// <param name="summary">The expression, the formula, the shapes.</param>
    /// <param name="body">The block, braces included.</param>
    /// <returns>From a call's arguments to the call.</returns>
    public Func<string, string> AddKernel(string suggestion, string summary, string generic, string parameters, string constraint, string body)
    {
        var use = new MethodBody(summary, new CodeBlock(body, [], KernelMethod.LeastArgument), []);
        var method = Add($"{generic}({parameters}){constraint}{use.Pattern}", suggestion, use, name => new KernelMethod(name, generic, parameters, constraint));
        return arguments =>
        {
            Use(method);
            return method.Call(use, arguments);
        };
    }

    /// <param name="use">As one call wants it.</param>
    public StageMethod AddStage(string suggestion, MethodBody use)
    {
        var method = Add(use.Pattern, suggestion, use, name => new StageMethod(name));
        Use(method);
        return method;
    }

    private T Add<T>(string key, string suggestion, MethodBody use, Func<string, T> create) where T : Method
    {
        if (!_methods.TryGetValue(key, out var method)) _methods.Add(key, method = create(Identifiers.Unique(suggestion, taken)));
        method.Add(use);
        return (T)method;
    }

    private void Use(Method method)
    {
        if (!_used.Contains(method)) _used.Add(method);
    }
}
