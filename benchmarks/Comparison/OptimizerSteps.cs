using Kiln.Kernels;

namespace Kiln.Comparison;

/// <summary>Adam alone, over the parameters of 784-256-128-10.</summary>
internal static unsafe class OptimizerSteps
{
    public static IEnumerable<Work> All() =>
        new[] { 1, 2 }.Select(threads => new Work("adam 235K", "adam", threads, Processor.VectorBits, 0, 0, () => Adam(threads)));

    private static Action Adam(int threads)
    {
        var table = new List<ParameterInfo>();
        foreach (var (name, shape) in new[] { ("1", new[] { 784, 256 }), ("2", [256, 128]), ("3", [128, 10]) })
        {
            Add($"dense{name}.weight", shape);
            Add($"dense{name}.bias", shape[1..]);
        }
        var length = table[^1].Offset + table[^1].Floats;
        var parameters = new ParameterBlock([.. table], length);
        var gradients = new ParameterBlock([.. table], length);
        parameters.Initialize(seed: 1);
        gradients.Initialize(seed: 2);
        var optimizer = new Adam(1e-6);
        var state = optimizer.CreateState(parameters.Parameters, length);
        var ranges = ParameterRange.Of(parameters.Parameters, Enumerable.Range(0, table.Count));
        var workers = new Workers(threads);
        return () => optimizer.Step(parameters.Pointer, gradients.Pointer, state, ranges, workers);

        void Add(string name, int[] shape)
        {
            var offset = table.Count == 0 ? 0 : table[^1].Offset + table[^1].Floats;
            var floats = shape.Aggregate(1L, (product, size) => product * size);
            table.Add(new ParameterInfo(name, "", shape, ParameterStorage.Flat, offset, (floats + 15) / 16 * 16, Initializer.Normal, 1e-2, 1, 1, true));
        }
    }
}
