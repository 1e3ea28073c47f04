using Kiln.Generators.Tests.Reference;
using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

/// <summary>Where optimizers go: twenty steps against PyTorch's, and down a quadratic against their formulas in double precision.</summary>
public unsafe class OptimizerPathTests
{
    private const int Length = 35;

    private static ParameterBlock Weight() => ParameterBlockTests.Block(("weight", [5, 7], ParameterStorage.TransposedPanels, Initializer.Zeros));

    /// <summary>Steps from a start; the gradient may depend on the number of the step and on where the weight is. Where it is after each step.</summary>
    private static float[][] Path(Optimizer optimizer, float[] start, int steps, Func<int, float[], float[]> gradient)
    {
        using var weight = Weight();
        using var gradients = new ParameterBlock(weight.Parameters, weight.Length);
        using var state = optimizer.CreateState(weight.Parameters, weight.Length);
        using var workers = new Workers(1);
        weight[0].CopyFrom(start);
        var path = new float[steps][];
        for (var step = 0; step < steps; step++)
        {
            gradients[0].CopyFrom(gradient(step, weight[0].ToArray()));
            optimizer.Step(weight.Pointer, gradients.Pointer, state, ParameterRange.Of(weight.Parameters, [0]), workers);
            path[step] = weight[0].ToArray();
        }

        return path;
    }

    public static TheoryData<string, Optimizer> Rules() => new()
    {
        { "sgd", new Sgd(0.1) },
        { "momentum", new Sgd(0.1, 0.9) },
        { "nesterov", new Sgd(0.1, 0.9, nesterov: true) },
        { "adagrad", new AdaGrad(0.1) },
        { "adadelta", new AdaDelta() },
        { "rmsprop", new RmsProp(0.01) },
        { "rmspropMomentum", new RmsProp(0.01, 0.9, 0.5) },
        { "rmspropCentred", new RmsProp(0.01, 0.9, centred: true) },
        { "rmspropCentredMomentum", new RmsProp(0.01, 0.9, 0.5, centred: true) },
        { "adam", new Adam(0.01) },
        { "adamw", new AdamW(0.01, weightDecay: 0.5) },
        { "adamax", new Adamax(0.01, beta2: 0.8) },
        { "nadam", new NAdam(0.01, momentumDecay: 0.5) },
        { "amsgrad", new AmsGrad(0.01, beta2: 0.8) },
        { "rprop", new Rprop(0.01) },
    };

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public void Twenty_steps_are_PyTorchs(string name, Optimizer optimizer)
    {
        var fixture = new Fixture("optimizers");
        var (start, gradients, expected) = (fixture["initial"], fixture["gradients"], fixture[name]);
        var path = Path(optimizer, [.. start.Select(x => (float)x)], 20, (step, _) => [.. gradients.Skip(step * Length).Take(Length).Select(x => (float)x)]);
        var tolerance = 1e-6 * expected.Max(Math.Abs);
        for (var step = 0; step < 20; step++)
        {
            for (var i = 0; i < Length; i++) Assert.Equal(expected[step * Length + i], path[step][i], tolerance);
        }
    }

    public static TheoryData<string, Optimizer> RulesWithGroups() => new()
    {
        { "nesterov", new Sgd(0.1, 0.9, nesterov: true) { Groups = Groups() } },
        { "adam", new Adam(0.01) { Groups = Groups() } },
        { "adamw", new AdamW(0.01, weightDecay: 0.5) { Groups = Groups() } },
    };

    // The last one has all parameters, but the first that has a parameter counts.
    private static ParameterGroup[] Groups() => [new("*bias") { Rate = 2, Decay = 0 }, new("last.*") { Rate = 0.3, Decay = 0.1 }, new("*")];

    [Theory]
    [MemberData(nameof(RulesWithGroups), DisableDiscoveryEnumeration = true)]
    public void Ten_steps_with_groups_of_parameters_are_PyTorchs(string name, Optimizer optimizer)
    {
        var fixture = new Fixture("groups");
        using var block = ParameterBlockTests.Block(
            ("weight", [5, 7], ParameterStorage.TransposedPanels, Initializer.Zeros), ("bias", [5], ParameterStorage.Flat, Initializer.Zeros), ("last.weight", [3, 5], ParameterStorage.TransposedPanels, Initializer.Zeros));
        using var gradients = new ParameterBlock(block.Parameters, block.Length);
        using var state = optimizer.CreateState(block.Parameters, block.Length);
        using var workers = new Workers(1);
        foreach (var view in block.Views) view.CopyFrom([.. fixture[$"initial/{view.Name}"].Select(x => (float)x)]);
        for (var step = 0; step < 10; step++)
        {
            foreach (var view in gradients.Views) view.CopyFrom([.. fixture[$"gradients/{view.Name}"].Skip(step * view.Length).Take(view.Length).Select(x => (float)x)]);
            optimizer.Step(block.Pointer, gradients.Pointer, state, ParameterRange.Of(block.Parameters, [0, 1, 2]), workers);
            foreach (var view in block.Views)
            {
                var expected = fixture[$"{name}/{view.Name}"];
                var tolerance = 1e-6 * expected.Max(Math.Abs);
                for (var i = 0; i < view.Length; i++) Assert.Equal(expected[step * view.Length + i], view[i], tolerance);
            }
        }
    }

    /// <summary>f = ½ Σ c (p − 1)², with curvatures from 1 to 100.</summary>
    private static double Slope(int i, double p) => (1 + 99.0 * i / (Length - 1)) * (p - 1);

    private static float[] Start() => [.. Enumerable.Range(0, Length).Select(i => (float)(2 * Math.Sin(i)))];

    private static float[][] Descend(Optimizer optimizer, int steps) => Path(optimizer, Start(), steps, (_, p) => [.. p.Select((x, i) => (float)Slope(i, x))]);

    /// <summary>The same path of one coordinate, in double precision.</summary>
    private static IEnumerable<double> Descend(int i, int steps, Func<double, double, double> step)
    {
        var p = (double)Start()[i];
        for (var n = 0; n < steps; n++) yield return p = step(p, Slope(i, p));
    }

    /// <summary>
    /// Nesterov's momentum as it is defined: θ ← θ + u with the gradient at θ + μ u. The optimizer's weight is θ + μ u.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RmsProp_with_Nesterovs_momentum_takes_gradients_where_the_momentum_leads(bool centred)
    {
        var path = Descend(new RmsProp(0.01, 0.9, 0.8, 1, centred, nesterov: true), 40);
        for (var i = 0; i < Length; i++)
        {
            var (place, velocity, square, average) = ((double)Start()[i], 0.0, 0.0, 0.0);
            for (var step = 0; step < 40; step++)
            {
                var gradient = Slope(i, place + 0.8 * velocity);
                square = 0.9 * square + 0.1 * gradient * gradient;
                average = centred ? 0.9 * average + 0.1 * gradient : 0;
                velocity = 0.8 * velocity - 0.01 * gradient / (Math.Sqrt(square - average * average) + 1);
                place += velocity;
                Assert.Equal(place + 0.8 * velocity, path[step][i], 1e-5);
            }
        }
    }

    [Fact]
    public void Rprop_first_moves_every_weight_by_the_learning_rate()
    {
        var moved = Descend(new Rprop(0.25), 1)[0];
        Assert.All(Start().Select((p, i) => (p, i)), x => Assert.Equal(x.p - 0.25 * Math.Sign(Slope(x.i, x.p)), moved[x.i], 1e-6));

        // Within the limits: a rate below the smallest step, and one above the largest.
        Assert.All(Start().Zip(Descend(new Rprop(0), 1)[0]), x => Assert.Equal(1e-6, Math.Abs(x.First - x.Second), 3e-7));
        Assert.All(Start().Zip(Descend(new Rprop(9, largestStep: 0.5), 1)[0]), x => Assert.Equal(0.5, Math.Abs(x.First - x.Second), 1e-6));
    }

    [Fact]
    public void Rprop_goes_down_a_quadratic_by_its_formula()
    {
        var path = Descend(new Rprop(0.1), 40);
        for (var i = 0; i < Length; i++)
        {
            var (size, before) = (0.1, 0.0);
            var expected = Descend(i, 40, (p, g) =>
            {
                size = Math.Clamp(g * before > 0 ? size * 1.2 : g * before < 0 ? size * 0.5 : size, 1e-6, 50);
                before = g * before < 0 ? 0 : g;
                return p - Math.Sign(before) * size;
            });
            Assert.All(expected.Zip(path), x => Assert.Equal(x.First, x.Second[i], 1e-5));
            Assert.Equal(1, path[^1][i], 0.02);
        }
    }

    [Fact]
    public void Rprop_knows_the_signs_of_gradients_whose_product_is_too_small_for_a_float()
    {
        var path = Path(new Rprop(0.1), new float[Length], 3, (step, _) => [.. Enumerable.Repeat(step < 2 ? 1e-30f : -1e-30f, Length)]);
        Assert.All(path[0], p => Assert.Equal(-0.1f, p, 1e-6f));
        Assert.All(path[1], p => Assert.Equal(-0.22f, p, 1e-6f));
        Assert.All(path[2], p => Assert.Equal(-0.22f, p, 1e-6f));
    }

    [Fact]
    public void Rprop_takes_its_first_size_at_the_first_gradient()
    {
        var path = Path(new Rprop(0.1), new float[Length], 3, (step, _) => [.. Enumerable.Repeat(step == 0 ? 0f : 1f, Length)]);
        Assert.All(path[0], p => Assert.Equal(0, p));
        Assert.All(path[1], p => Assert.Equal(-0.1f, p, 1e-6f));
        Assert.All(path[2], p => Assert.Equal(-0.22f, p, 1e-6f));
    }

    [Fact]
    public void Lion_first_moves_every_weight_by_the_learning_rate_and_the_decay()
    {
        var moved = Descend(new Lion(0.25, weightDecay: 0.1), 1)[0];
        Assert.All(Start().Select((p, i) => (p, i)), x => Assert.Equal(x.p * (1 - 0.25 * 0.1) - 0.25 * Math.Sign(Slope(x.i, x.p)), moved[x.i], 1e-6));
    }

    [Fact]
    public void Lion_goes_down_a_quadratic_by_its_formula()
    {
        var path = Descend(new Lion(0.03, beta1: 0.8, beta2: 0.9, weightDecay: 0.1), 60);
        for (var i = 0; i < Length; i++)
        {
            var momentum = 0.0;
            var expected = Descend(i, 60, (p, g) =>
            {
                var blend = 0.8 * momentum + 0.2 * g;
                Assert.True(Math.Abs(blend) > 1e-4, "Rounding decides the sign; take another start.");
                momentum = 0.9 * momentum + 0.1 * g;
                return p * (1 - 0.03 * 0.1) - 0.03 * Math.Sign(blend);
            });
            Assert.All(expected.Zip(path), x => Assert.Equal(x.First, x.Second[i], 1e-5));
        }

        Assert.True(path[^1].Average(p => Math.Abs(p - 1)) < 0.25 * Start().Average(p => Math.Abs(p - 1)));
    }

    [Fact]
    public void Without_a_gradient_only_decay_moves_a_weight()
    {
        static float[] None(int step, float[] weight) => new float[Length];
        foreach (var optimizer in new Optimizer[] { new Adam(), new AmsGrad(), new NAdam(), new Adamax(), new Lion(), new Rprop(), new RmsProp(centred: true), new AdamW(weightDecay: 0) })
            Assert.All(Path(optimizer, Start(), 3, None), weights => Assert.Equal(Start(), weights));
        foreach (var optimizer in new Optimizer[] { new AdamW(0.1, weightDecay: 0.2), new Lion(0.1, weightDecay: 0.2) })
            Assert.All(Start().Zip(Path(optimizer, Start(), 3, None)[^1]), x => Assert.Equal(x.First * 0.98 * 0.98 * 0.98, x.Second, 1e-6));
    }

    /// <summary>The momentum of NAdam grows by a power that is computed without the library, of steps that can be many.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(4e-3)]
    [InlineData(0.5)]
    [InlineData(20)]
    [InlineData(1e6)]
    public void NAdam_follows_its_formula_after_many_steps(double momentumDecay)
    {
        double Mu(int t) => 0.9 * (1 - 0.5 * Math.Pow(0.96, t * momentumDecay));
        var path = Path(new NAdam(0.01, momentumDecay: momentumDecay), new float[Length], 500, (step, _) => [.. Enumerable.Range(0, Length).Select(i => (float)Math.Sin(i + step))]);
        for (var i = 0; i < Length; i++)
        {
            var (p, m, v, product) = (0.0, 0.0, 0.0, 1.0);
            for (var t = 1; t <= 500; t++)
            {
                var g = Math.Sin(i + t - 1);
                product *= Mu(t);
                (m, v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g);
                p -= 0.01 * (Mu(t + 1) * m / (1 - product * Mu(t + 1)) + (1 - Mu(t)) * g / (1 - product)) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
                Assert.Equal(p, path[t - 1][i], 2e-6);
            }
        }
    }
}
