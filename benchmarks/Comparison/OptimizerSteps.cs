using Kiln.Kernels;

namespace Kiln.Comparison;

/// <summary>Updates alone: Adam over the parameters of 784-256-128-10, which the caches hold, and every rule over ten million, which they do not.</summary>
internal static unsafe class OptimizerSteps
{
    private static readonly int[][] Small = [[784, 256], [256], [256, 128], [128], [128, 10], [10]];
    private static readonly int[][] Large = [.. Enumerable.Repeat(new[] { 1000, 1000 }, 10)];

    private static readonly (string Name, Func<Optimizer> Make)[] Rules =
    [
        ("sgd", () => new Sgd(1e-6)),
        ("momentum", () => new Sgd(1e-6, 0.9)),
        ("nesterov", () => new Sgd(1e-6, 0.9, nesterov: true)),
        ("adagrad", () => new AdaGrad(1e-6)),
        ("adadelta", () => new AdaDelta(1e-6)),
        ("rmsprop", () => new RmsProp(1e-6)),
        ("adam", () => new Adam(1e-6)),
        ("adamw", () => new AdamW(1e-6)),
        ("adamax", () => new Adamax(1e-6)),
        ("nadam", () => new NAdam(1e-6)),
        ("amsgrad", () => new AmsGrad(1e-6)),
        ("rprop", () => new Rprop(1e-6)),
        ("lion", () => new Lion(1e-6)),
    ];

    public static IEnumerable<Work> All() =>
        new[] { 1, 2 }.Select(threads => new Work("adam 235K", "adam", threads, Processor.VectorBits, 0, 0, () => Step(new Adam(1e-6), Small, threads)))
            .Concat(
                from rule in Rules
                from threads in new[] { 1, 2 }
                select new Work($"{rule.Name}-10m", $"{rule.Name}-10m", threads, Processor.VectorBits, 0, 0, () => Step(rule.Make(), Large, threads)));

    private static Prepared Step(Optimizer optimizer, int[][] shapes, int threads)
    {
        var table = new List<ParameterInfo>();
        foreach (var shape in shapes) Add($"{table.Count}", shape);
        var length = table[^1].Offset + table[^1].Floats;
        var parameters = new ParameterBlock([.. table], length);
        var gradients = new ParameterBlock([.. table], length);
        parameters.Initialize(seed: 1);
        gradients.Initialize(seed: 2);
        var state = optimizer.CreateState(parameters.Parameters, length);
        var ranges = ParameterRange.Of(parameters.Parameters, Enumerable.Range(0, table.Count));
        var workers = new Workers(threads);
        nint[] moved = [(nint)parameters.Pointer, .. state.Slots.Select(slot => (nint)slot.Pointer)];
        return new(
            () => optimizer.Step(parameters.Pointer, gradients.Pointer, state, ranges, workers),
            shapes == Large ? () => Streams.Run(gradients.Pointer, moved, length, workers) : null);

        void Add(string name, int[] shape)
        {
            var offset = table.Count == 0 ? 0 : table[^1].Offset + table[^1].Floats;
            var floats = shape.Aggregate(1L, (product, size) => product * size);
            table.Add(new ParameterInfo(name, "", shape, ParameterStorage.Flat, offset, (floats + 15) / 16 * 16, Initializer.Normal, 1e-2, 1, 1, true));
        }
    }
}
