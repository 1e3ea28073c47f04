namespace Kiln.Samples.Experiments;

/// <summary>
/// A recurrent network of 40 steps with large recurrent weights is to remember its first input. On its way through the steps the gradient may grow by orders of magnitude;
/// a single such step throws the weights far away. Clipping its norm keeps its direction and limits the step (Pascanu, Mikolov and Bengio 2013).
/// </summary>
internal static class Clipping
{
    public const double Limit = 1;

    private const int Batch = 32;
    private const double Rate = 0.02;

    public static Outcome Run(Bench bench)
    {
        var steps = bench.Some(1_500, 40);
        var free = Train(bench, new Sgd(Rate, momentum: 0), steps);
        var clipped = Train(bench, new Sgd(Rate, momentum: 0) { ClipNorm = Limit }, steps);
        var table = new Table("training", "median norm of the gradient", "largest norm of the gradient", "largest update / rate", "mean loss of the last tenth");
        Report("without clipping", free);
        Report($"norm clipped at {Limit}", clipped);
        return new(table, new Picture(1,
            new Chart("The gradient as it comes: RNN of 40 steps, 24 tanh units", new Scale("steps"), new Scale("norm of the gradient", Logarithmic: true))
                .Line("without clipping", Shown(free.Gradients), 1).Line("clipped", Shown(clipped.Gradients), 0),
            new Chart("What it does to the weights", new Scale("steps"), new Scale("norm of the update / rate", Logarithmic: true))
                .Line("without clipping", Shown(free.Updates), 1).Line("clipped", Shown(clipped.Updates), 0),
            new Chart("The loss", new Scale("steps"), new Scale("squared error", Logarithmic: true))
                .Line("without clipping", Shown(free.Losses), 1).Line("clipped", Shown(clipped.Losses), 0)));

        void Report(string name, Course course) =>
            table.Add(name, course.Gradients.Order().ElementAt(steps / 2), course.Gradients.Max(), course.Updates.Max(), course.Losses.TakeLast(steps / 10).Average());
    }

    private static IEnumerable<(double, double)> Shown(List<double> values) => values.Select((value, i) => (i + 1.0, value));

    /// <summary>By step: the norm of the gradient before it is clipped, the length of the way that the weights went over the rate, and the loss.</summary>
    private sealed record Course(List<double> Gradients, List<double> Updates, List<double> Losses);

    private static Course Train(Bench bench, Optimizer optimizer, int steps)
    {
        using var net = new UnrolledRnn(bench.Seed, Batch, bench.Threads);
        using var training = net.Train(optimizer, Batch, bench.Threads);
        var course = new Course([], [], []);
        var random = new Random((int)bench.Seed);
        var (inputs, targets) = (new float[Batch * UnrolledRnn.Steps], new float[Batch]);
        for (var step = 0; step < steps; step++)
        {
            bench.ThrowIfCancelled();
            for (var i = 0; i < Batch; i++)
            {
                var sequence = inputs.AsSpan(i * UnrolledRnn.Steps, UnrolledRnn.Steps);
                foreach (ref var input in sequence)
                    input = 0.2f * (2 * random.NextSingle() - 1);
                sequence[0] = targets[i] = 2 * random.NextSingle() - 1;
            }
            course.Losses.Add(training.LearnGradients(inputs, targets));
            course.Gradients.Add(Norm(net.AllParameters.SelectMany(parameter => training.Gradients[parameter.Name].ToArray())));
            var before = Weights(net);
            training.ApplyLearn();
            course.Updates.Add(Norm(Weights(net).Zip(before, (now, then) => now - then)) / Rate);
        }
        return course;
    }

    private static float[] Weights(UnrolledRnn net) => [.. net.AllParameters.SelectMany(parameter => parameter.ToArray())];

    private static double Norm(IEnumerable<float> values) => Math.Sqrt(values.Sum(value => (double)value * value));
}

/// <summary>A recurrent network, written out step by step over shared weights.</summary>
[Network]
public sealed partial class UnrolledRnn
{
    internal const int Steps = 40;

    static readonly Dense Input = new(24), Output = new(1);
    static readonly Dense Recurrent = new(24) { Bias = false, Initializer = Initializer.Orthogonal, InitializerScale = 2 };

    [Predict]
    static Tensor Remember([Shape(Steps)] Tensor inputs)
    {
        var h = Input.Apply(inputs.Slice(0, 0, 1)).Tanh();
        for (var t = 1; t < Steps; t++)
            h = (Input.Apply(inputs.Slice(0, t, 1)) + Recurrent.Apply(h)).Tanh();
        return Output.Apply(h);
    }

    [Learn]
    static Loss Learn([Shape(Steps)] Tensor inputs, [Shape(1)] Tensor first) => Remember(inputs).SquaredError(first).Sum();
}
