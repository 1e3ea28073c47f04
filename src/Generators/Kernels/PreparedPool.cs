namespace Kiln.Generators.Kernels;

/// <summary>What Predict programs need of the parameters in another form: computed once, and again when parameters have changed, for all of them.</summary>
internal sealed class PreparedPool
{
    private readonly Dictionary<(int Parameter, string Form), Buffer> _buffers = [];
    private readonly List<Step> _steps = [];

    public int Floats { get; private set; }

    /// <summary>They do not depend on each other.</summary>
    public IReadOnlyList<Step> Steps => _steps;

    /// <param name="parameter">A stored parameter.</param>
    /// <param name="form">Tells its forms apart.</param>
    /// <param name="step">What computes this one into that buffer.</param>
    public Buffer Add(Buffer parameter, string form, Func<Buffer, Step> step, int k, int m)
    {
        if (_buffers.TryGetValue((parameter.Offset, form), out var known)) return known;
        var buffer = new Buffer($"{parameter.Name}Prepared", Storage.Panels, checked(k * m), Space.Prepared, k, m) { Offset = Floats };
        Floats = checked(Floats + buffer.Floats);
        _steps.Add(step(buffer));
        return _buffers[(parameter.Offset, form)] = buffer;
    }
}
