namespace Gpu.Tests.Ptx;

/// <summary>A text of PTX: kernels, and shared memory that all of them have.</summary>
internal sealed class Module
{
    private readonly Dictionary<string, Kernel> _kernels = [];

    /// <exception cref="PtxException">Something in it is not right, or not known.</exception>
    public static Module Read(string text)
    {
        var tokens = new Tokens(text);
        tokens.Expect(".version");
        tokens.Take();
        tokens.Expect(".target");
        var target = tokens.Take();
        tokens.Expect(".address_size");
        tokens.Expect("64");
        if (!target.StartsWith("sm_", StringComparison.Ordinal) || !int.TryParse(target.AsSpan(3), out var number)) throw tokens.Error($"the target {target} is not known");
        var module = new Module { Target = target };
        var shared = new SharedLayout();
        while (tokens.Current.Length > 0)
        {
            tokens.TryTake(".visible");
            if (tokens.TryTake(".shared")) shared.Declare(tokens);
            else if (tokens.TryTake(".entry"))
            {
                var kernel = new KernelReader(tokens, shared, number).Read();
                // So does the driver's compiler.
                if (!module._kernels.TryAdd(kernel.Name, kernel)) throw tokens.Error($"{kernel.Name} is there twice");
            }
            else throw tokens.Error($"'{tokens.Current}' is not known here");
        }
        return module;
    }

    /// <summary>The GPU that it is for, such as sm_70.</summary>
    public required string Target { get; init; }

    public IReadOnlyCollection<string> Names => _kernels.Keys;

    public Kernel this[string name] => _kernels.TryGetValue(name, out var kernel) ? kernel : throw new PtxException($"the module has no kernel {name}");
}
