using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

[Collection(nameof(VectorWidth))]
public unsafe class OptimizerTests
{
    private const float Pad = 0;

    /// <summary>Three parameters, the last of several chunks; the trained ones in order.</summary>
    private static ParameterBlock Parameters()
    {
        var block = ParameterBlockTests.Block(
            ("a", [10, 7], ParameterStorage.TransposedPanels, Initializer.Normal),
            ("b", [10], ParameterStorage.Flat, Initializer.Normal),
            ("c", [150, 130], ParameterStorage.Panels, Initializer.Normal));
        block.Initialize(1);
        return block;
    }

    /// <summary>Normal numbers that depend on the step and the parameter.</summary>
    internal static void FillGradients(ParameterBlock gradients, int step)
    {
        for (var p = 0; p < gradients.Parameters.Length; p++)
        {
            var values = new float[gradients[p].Length];
            fixed (float* v = values) Philox.FillNormalRows<V128>(v, values.Length, 7, (uint)p, (ulong)step, 0);
            gradients[p].CopyFrom(values);
        }
    }

    /// <summary>Steps; the parameters by name after them, and whether pads stayed zero.</summary>
    private static Dictionary<string, float[]> Train(Optimizer optimizer, int steps, int threads = 1, Func<int, int[]>? trained = null, double gradientScale = 1)
    {
        using var parameters = Parameters();
        using var gradients = new ParameterBlock(parameters.Parameters, parameters.Length);
        using var state = optimizer.CreateState(parameters.Parameters, parameters.Length);
        using var workers = new Workers(threads);
        for (var step = 0; step < steps; step++)
        {
            FillGradients(gradients, step);
            for (var i = 0L; i < gradients.Length; i++) gradients.Pointer[i] *= (float)gradientScale;
            var before = ParameterBlockTests.All(gradients);
            optimizer.Step(parameters.Pointer, gradients.Pointer, state, ParameterRange.Of(parameters.Parameters, trained?.Invoke(step) ?? [0, 1, 2]), workers);
            Assert.Equal(before, ParameterBlockTests.All(gradients));
        }

        foreach (var block in state.Slots.Append(parameters))
        {
            var all = ParameterBlockTests.All(block);
            foreach (var p in block.Parameters)
            {
                for (var i = 0; i < p.Length; i++) all[p.Offset + p.StorageIndex(i)] = Pad;
            }

            Assert.All(all, v => Assert.Equal(Pad, v));
        }

        return parameters.Views.ToDictionary(v => v.Name, v => v.ToArray());
    }

    /// <summary>The same steps by the formula in double precision.</summary>
    private static Dictionary<string, double[]> Reference(int steps, Func<double, double, double[], int, double> update, Func<int, int[]>? trained = null, Func<double[][], double[][]>? clip = null)
    {
        using var parameters = Parameters();
        using var gradients = new ParameterBlock(parameters.Parameters, parameters.Length);
        var values = parameters.Views.Select(v => v.ToArray().Select(x => (double)x).ToArray()).ToArray();
        var memory = values.Select(v => v.Select(_ => new double[2]).ToArray()).ToArray();
        var counts = new int[values.Length];
        for (var step = 0; step < steps; step++)
        {
            FillGradients(gradients, step);
            var indexes = trained?.Invoke(step) ?? [0, 1, 2];
            var g = indexes.Select(p => gradients[p].ToArray().Select(x => (double)x).ToArray()).ToArray();
            if (clip is not null) g = clip(g);
            for (var k = 0; k < indexes.Length; k++)
            {
                var p = indexes[k];
                counts[p]++;
                for (var i = 0; i < values[p].Length; i++) values[p][i] = update(values[p][i], g[k][i], memory[p][i], counts[p]);
            }
        }

        return parameters.Views.Zip(values).ToDictionary(v => v.First.Name, v => v.Second);
    }

    private static void AssertClose(Dictionary<string, double[]> expected, Dictionary<string, float[]> got, double tolerance = 2e-6)
    {
        foreach (var (name, values) in expected)
        {
            for (var i = 0; i < values.Length; i++) Assert.Equal(values[i], got[name][i], tolerance);
        }
    }

    private static Func<double, double, double[], int, double> AdamFormula(double rate, double b1, double b2, double epsilon) => (p, g, m, t) =>
    {
        m[0] = b1 * m[0] + (1 - b1) * g;
        m[1] = b2 * m[1] + (1 - b2) * g * g;
        return p - rate * (m[0] / (1 - Math.Pow(b1, t))) / (Math.Sqrt(m[1] / (1 - Math.Pow(b2, t))) + epsilon);
    };

    [Fact]
    public void Sgd_follows_its_formula() =>
        AssertClose(Reference(5, (p, g, _, _) => p - 0.1 * g), Train(new Sgd(0.1), 5));

    [Fact]
    public void Momentum_follows_its_formula() =>
        AssertClose(Reference(6, (p, g, m, _) => p - 0.1 * (m[0] = 0.9 * m[0] + g)), Train(new Sgd(0.1, 0.9), 6));

    [Fact]
    public void Nesterov_follows_its_formula() =>
        AssertClose(Reference(6, (p, g, m, _) => p - 0.1 * (g + 0.9 * (m[0] = 0.9 * m[0] + g))), Train(new Sgd(0.1, 0.9, nesterov: true), 6));

    [Fact]
    public void Adam_follows_its_formula()
    {
        AssertClose(Reference(8, AdamFormula(1e-2, 0.9, 0.999, 1e-8)), Train(new Adam(1e-2), 8));
        AssertClose(Reference(8, AdamFormula(1e-2, 0.5, 0.9, 1e-1)), Train(new Adam(1e-2, 0.5, 0.9, 1e-1), 8));
    }

    [Fact]
    public void RmsProp_follows_its_formula()
    {
        static double Direction(double g, double[] m, double decay) => g / (Math.Sqrt(m[0] = decay * m[0] + (1 - decay) * g * g) + 1e-8);
        AssertClose(Reference(6, (p, g, m, _) => p - 1e-2 * Direction(g, m, 0.99)), Train(new RmsProp(1e-2), 6));
        AssertClose(Reference(6, (p, g, m, _) => p - 1e-2 * (m[1] = 0.5 * m[1] + Direction(g, m, 0.9))), Train(new RmsProp(1e-2, 0.9, 0.5), 6));
        AssertClose(
            Reference(6, (p, g, m, _) =>
            {
                var added = Direction(g, m, 0.9);
                return p - 1e-2 * (added + 0.5 * (m[1] = 0.5 * m[1] + added));
            }),
            Train(new RmsProp(1e-2, 0.9, 0.5, nesterov: true), 6));
    }

    [Fact]
    public void AdaGrad_follows_its_formula() =>
        AssertClose(Reference(6, (p, g, m, _) => p - 1e-2 * g / (Math.Sqrt(m[0] += g * g) + 1e-10)), Train(new AdaGrad(), 6));

    [Fact]
    public void AdaDelta_follows_its_formula() =>
        AssertClose(
            Reference(6, (p, g, m, _) =>
            {
                m[0] = 0.9 * m[0] + 0.1 * g * g;
                var d = Math.Sqrt(m[1] + 1e-6) / Math.Sqrt(m[0] + 1e-6) * g;
                m[1] = 0.9 * m[1] + 0.1 * d * d;
                return p - d;
            }),
            Train(new AdaDelta(), 6));

    [Fact]
    public void Parameters_count_their_own_steps()
    {
        // Programs that train different parts: a and b, then c, then all.
        int[] Trained(int step) => (step % 3) switch { 0 => [0, 1], 1 => [2], _ => [0, 1, 2] };
        AssertClose(Reference(9, AdamFormula(1e-2, 0.9, 0.999, 1e-8), Trained), Train(new Adam(1e-2), 9, trained: Trained));
    }

    [Fact]
    public void Clipping_by_value_and_norm()
    {
        double[][] ByValue(double[][] g) => [.. g.Select(v => v.Select(x => Math.Clamp(x, -0.5, 0.5)).ToArray())];
        double[][] ByNorm(double[][] g)
        {
            var factor = Math.Min(1, 3 / (Math.Sqrt(g.Sum(v => v.Sum(x => x * x))) + 1e-6));
            return [.. g.Select(v => v.Select(x => x * factor).ToArray())];
        }

        AssertClose(Reference(3, (p, g, _, _) => p - g, clip: ByValue), Train(new Sgd(1) { ClipValue = 0.5 }, 3));
        AssertClose(Reference(3, (p, g, _, _) => p - g, clip: ByNorm), Train(new Sgd(1) { ClipNorm = 3 }, 3));
        AssertClose(Reference(3, (p, g, _, _) => p - g, clip: g => ByNorm(ByValue(g))), Train(new Sgd(1) { ClipNorm = 3, ClipValue = 0.5 }, 3));

        // A norm below the limit changes nothing.
        Assert.Equal(Train(new Sgd(1), 2)["c"], Train(new Sgd(1) { ClipNorm = 1e6 }, 2)["c"]);
    }

    [Fact]
    public void Gradients_whose_squares_overflow_are_clipped_to_the_norm()
    {
        var moved = Train(new Sgd(1) { ClipNorm = 3 }, 1);
        var huge = Train(new Sgd(1) { ClipNorm = 3 }, 1, gradientScale: 1e30);
        for (var i = 0; i < moved["c"].Length; i++) Assert.Equal(moved["c"][i], huge["c"][i], 1e-5f);
    }

    public static TheoryData<Optimizer> Optimizers() =>
        [new Sgd(0.1), new Sgd(0.1, 0.9) { ClipNorm = 1 }, new Sgd(0.1, 0.9, true) { ClipValue = 0.3 }, new Adam { ClipNorm = 2, ClipValue = 1 }, new RmsProp(momentum: 0.5), new AdaGrad(), new AdaDelta(),
        new RmsProp(centred: true), new RmsProp(momentum: 0.5, centred: true), new RmsProp(momentum: 0.5, nesterov: true), new AdamW(weightDecay: 0.5) { ClipNorm = 2 }, new AmsGrad(), new NAdam(), new Adamax(),
        new Lion(weightDecay: 0.5), new Rprop { ClipValue = 1 }];

    [Theory]
    [MemberData(nameof(Optimizers), DisableDiscoveryEnumeration = true)]
    public void Bits_depend_neither_on_width_nor_on_threads(Optimizer optimizer)
    {
        var expected = Train(optimizer, 3);
        foreach (var bits in new[] { 128, 256, 512 }.Where(b => b <= Processor.WidestVectorBits))
        {
            try
            {
                Processor.VectorBits = bits;
                foreach (var threads in new[] { 1, 2, 3 })
                {
                    foreach (var (name, values) in Train(optimizer, 3, threads)) Assert.Equal(expected[name], values);
                }
            }
            finally
            {
                Processor.VectorBits = Processor.WidestVectorBits;
            }
        }
    }

    [Fact]
    public void The_learning_rate_may_change_between_steps()
    {
        var optimizer = new Sgd(0);
        var start = Train(optimizer, 1);
        optimizer.LearningRate = 0.5;
        AssertClose(Reference(1, (p, g, _, _) => p - 0.5 * g), Train(optimizer, 1));
        using var parameters = Parameters();
        Assert.Equal(parameters["a"].ToArray(), start["a"]);
    }

    [Theory]
    [InlineData(2e19f)] // its square is not
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Gradients_that_are_not_finite_are_found(float bad)
    {
        using var gradients = Parameters();
        using var workers = new Workers(2);
        var all = ParameterRange.Of(gradients.Parameters, [0, 1, 2]);
        Assert.True(Optimizer.GradientsAreFinite(gradients.Pointer, all, workers));
        gradients["b"][9] = 1.8e19f;
        gradients["c"][5] = -1.8e19f;
        Assert.True(Optimizer.GradientsAreFinite(gradients.Pointer, all, workers));
        gradients["c"][^1] = bad;
        Assert.False(Optimizer.GradientsAreFinite(gradients.Pointer, all, workers));
        Assert.True(Optimizer.GradientsAreFinite(gradients.Pointer, ParameterRange.Of(gradients.Parameters, [0, 1]), workers));
    }

    /// <summary>The largest gradients that are taken, step after step.</summary>
    [Fact]
    public void What_is_remembered_of_finite_gradients_is_finite()
    {
        foreach (var optimizer in new Optimizer[]
        {
            new Sgd(0.1, 0.9), new Sgd(0.1, 0.9, nesterov: true), new Adam(), new RmsProp(momentum: 0.9), new AdaGrad(), new AdaDelta(), new AdamW(), new AmsGrad(), new NAdam(),
            new Adamax(), new Lion(), new Rprop(), new RmsProp(momentum: 0.9, centred: true), new RmsProp(decay: 0, centred: true),
            new RmsProp(momentum: 0.9, nesterov: true),
        })
        {
            using var parameters = Parameters();
            using var gradients = new ParameterBlock(parameters.Parameters, parameters.Length);
            using var state = optimizer.CreateState(parameters.Parameters, parameters.Length);
            using var workers = new Workers(1);
            var all = ParameterRange.Of(parameters.Parameters, [0, 1, 2]);
            foreach (var view in gradients.Views) view.CopyFrom(Enumerable.Range(0, view.Length).Select(i => i % 2 == 0 ? 1.8e19f : -1.8e19f).ToArray());
            for (var step = 0; step < 5; step++)
            {
                Assert.True(Optimizer.GradientsAreFinite(gradients.Pointer, all, workers));
                optimizer.Step(parameters.Pointer, gradients.Pointer, state, all, workers);
            }
            foreach (var block in state.Slots.Append(parameters)) Assert.All(ParameterBlockTests.All(block), v => Assert.True(float.IsFinite(v), optimizer.GetType().Name));
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers), DisableDiscoveryEnumeration = true)]
    public void A_step_allocates_nothing(Optimizer optimizer)
    {
        using var parameters = Parameters();
        using var gradients = new ParameterBlock(parameters.Parameters, parameters.Length);
        using var state = optimizer.CreateState(parameters.Parameters, parameters.Length);
        using var workers = new Workers(2);
        var ranges = ParameterRange.Of(parameters.Parameters, [0, 1, 2]);
        Assert.Equal(0, Kiln.Tests.Allocations.OfEveryCall(() => optimizer.Step(parameters.Pointer, gradients.Pointer, state, ranges, workers)));
    }

    [Fact]
    public void Wrong_settings_and_wrong_states_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(1, 1));
        Assert.Throws<ArgumentException>(() => new Sgd(1, nesterov: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta1: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(epsilon: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RmsProp(decay: 1));
        Assert.Throws<ArgumentException>("nesterov", () => new RmsProp(nesterov: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdaGrad(epsilon: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdaDelta(decay: -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(1) { ClipNorm = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(1) { ClipValue = double.NaN });
        Assert.Contains("as a float", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta2: 1 - 1e-12)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta1: 1 - 1e-12));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(1, momentum: 1 - 1e-12));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RmsProp(decay: 1 - 1e-12));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RmsProp(momentum: 1 - 1e-12));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdaDelta(decay: 1 - 1e-12));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta1: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdaGrad(epsilon: 1e-50));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RmsProp(epsilon: 1e50));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(1) { ClipValue = 1e-50 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(1e50));
        Assert.Equal(1e18, new Sgd(1e18).LearningRate);
        Refused("weightDecay", () => new AdamW(weightDecay: -0.1), () => new AdamW(weightDecay: double.NaN), () => new AdamW(weightDecay: 1e19), () => new Lion(weightDecay: -1));
        Refused("beta1", () => new AdamW(beta1: 1), () => new AmsGrad(beta1: -0.1), () => new NAdam(beta1: double.NaN), () => new Adamax(beta1: 1), () => new Lion(beta1: 1));
        Refused("beta2", () => new AdamW(beta2: 1 - 1e-12), () => new AmsGrad(beta2: 1), () => new NAdam(beta2: 1), () => new Adamax(beta2: -1), () => new Lion(beta2: 1));
        Refused("epsilon", () => new AdamW(epsilon: 0), () => new AmsGrad(epsilon: -1), () => new NAdam(epsilon: 1e50), () => new Adamax(epsilon: double.NaN));
        Refused("LearningRate", () => new AdamW(-1), () => new AmsGrad(double.NaN), () => new NAdam(-1), () => new Adamax(1e19), () => new Lion(-1), () => new Rprop(-1));
        Refused("momentumDecay", () => new NAdam(momentumDecay: -1), () => new NAdam(momentumDecay: double.PositiveInfinity), () => new NAdam(momentumDecay: double.NaN));
        Refused("shrink", () => new Rprop(shrink: 0), () => new Rprop(shrink: 1), () => new Rprop(shrink: double.NaN));
        Refused("grow", () => new Rprop(grow: 1), () => new Rprop(grow: double.NaN), () => new Rprop(grow: 1e50));
        Refused("smallestStep", () => new Rprop(smallestStep: 0), () => new Rprop(smallestStep: 1e-50), () => new Rprop(smallestStep: double.NaN));
        Refused("largestStep", () => new Rprop(largestStep: 1e-7), () => new Rprop(largestStep: double.NaN), () => new Rprop(largestStep: 1e50));
        Assert.Contains("LearningRate", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam().LearningRate = double.PositiveInfinity).Message);

        var optimizer = new Sgd(1, 0.5);
        using var parameters = Parameters();
        using var workers = new Workers(1);
        var state = optimizer.CreateState(parameters.Parameters, parameters.Length);
        Assert.Throws<ArgumentException>(() => new Sgd(1, 0.5).Step(parameters.Pointer, parameters.Pointer, state, [], workers));
        state.Dispose();
        Assert.Throws<ObjectDisposedException>(() => optimizer.Step(parameters.Pointer, parameters.Pointer, state, [], workers));
    }

    private static void Refused(string name, params Func<Optimizer>[] optimizers) =>
        Assert.All(optimizers, make => Assert.Contains(name, Assert.Throws<ArgumentOutOfRangeException>(make).ParamName!));

    [Fact]
    public void Ranges_of_neighbours_become_one()
    {
        using var parameters = Parameters();
        var p = parameters.Parameters;
        Assert.Equal([new ParameterRange(0, p[2].Offset + p[2].Floats)], ParameterRange.Of(p, [2, 0, 1, 1]));
        Assert.Equal([new ParameterRange(0, p[0].Floats), new ParameterRange(p[2].Offset, p[2].Floats)], ParameterRange.Of(p, [0, 2]));
        Assert.Empty(ParameterRange.Of(p, []));
    }

    [Fact]
    public void The_exception_of_a_failed_step_says_what_happened()
    {
        var exception = new NonFiniteLossException("Learn", 12, float.NaN);
        Assert.Equal("The loss of Learn is NaN at step 12. Nothing was changed. Is the learning rate too high, or an input not finite?", exception.Message);
        Assert.Equal(("Learn", 12L), (exception.Program, exception.Step));
        Assert.True(float.IsNaN(exception.Loss));
        Assert.Contains("minus infinite", new NonFiniteLossException("p", 0, float.NegativeInfinity).Message);
    }
}
