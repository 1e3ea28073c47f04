using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

/// <summary>What every optimizer has besides its formula: limits of norms, noise, running means, sums of gradients.</summary>
[Collection(nameof(VectorWidth))]
public unsafe class OptimizerOptionsTests
{
    private static readonly int[] All = [0, 1, 2, 3, 4];

    /// <summary>Every storage, with tails and a last panel of 16.</summary>
    private static ParameterBlock Parameters()
    {
        var block = ParameterBlockTests.Block(
            ("dense", [45, 7], ParameterStorage.TransposedPanels, Initializer.Normal),
            ("bias", [45], ParameterStorage.Flat, Initializer.Normal),
            ("matrix", [150, 131], ParameterStorage.Panels, Initializer.Normal),
            ("kernel", [33, 3, 2, 2], ParameterStorage.ConvolutionPanels, Initializer.Normal),
            ("free", [5, 5], ParameterStorage.Flat, Initializer.Normal));
        block.Initialize(3);
        return block;
    }

    private static float[][] Run(Optimizer optimizer, int steps, int threads = 1, Action<int, ParameterBlock, OptimizerState>? after = null)
    {
        using var parameters = Parameters();
        using var gradients = new ParameterBlock(parameters.Parameters, parameters.Length);
        using var state = optimizer.CreateState(parameters.Parameters, parameters.Length);
        using var workers = new Workers(threads);
        for (var step = 0; step < steps; step++)
        {
            OptimizerTests.FillGradients(gradients, step);
            optimizer.Step(parameters.Pointer, gradients.Pointer, state, ParameterRange.Of(parameters.Parameters, All), workers);
            after?.Invoke(step, parameters, state);
        }
        foreach (var block in state.Slots.Append(parameters))
        {
            var pads = ParameterBlockTests.All(block);
            foreach (var p in block.Parameters)
                for (var i = 0; i < p.Length; i++) pads[p.Offset + p.StorageIndex(i)] = 0;
            Assert.All(pads, v => Assert.Equal(0, v));
        }
        return [.. parameters.Views.Select(v => v.ToArray())];
    }

    [Fact]
    public void The_weights_of_a_unit_are_no_longer_than_the_limit()
    {
        const double limit = 3;
        var free = Run(new Sgd(0.1), 1);
        var limited = Run(new Sgd(0.1) { MaxNorm = limit }, 1);
        // Units by their rows; of the matrix [150, 131] by its columns.
        Check(0, (unit, k) => unit * 7 + k, 45, 7);
        Check(2, (unit, k) => k * 131 + unit, 131, 150);
        Check(3, (unit, k) => unit * 12 + k, 33, 12);
        Assert.Equal(free[1], limited[1]);
        Assert.Equal(free[4], limited[4]);

        void Check(int parameter, Func<int, int, int> index, int units, int inputs)
        {
            var (shorter, longer) = (0, 0);
            for (var unit = 0; unit < units; unit++)
            {
                var before = Enumerable.Range(0, inputs).Select(k => (double)free[parameter][index(unit, k)]).ToArray();
                var norm = Math.Sqrt(before.Sum(w => w * w));
                var factor = norm > limit ? limit / norm : 1;
                if (norm > limit) longer++;
                else shorter++;
                for (var k = 0; k < inputs; k++)
                {
                    if (factor == 1) Assert.Equal(free[parameter][index(unit, k)], limited[parameter][index(unit, k)]);
                    else Assert.Equal(before[k] * factor, limited[parameter][index(unit, k)], 2e-6);
                }
            }
            Assert.True(longer > 0 && (shorter > 0 || parameter == 2));
        }
    }

    [Fact]
    public void A_unit_without_weights_stays_as_it_is()
    {
        using var parameters = Parameters();
        parameters[0].CopyFrom(new float[45 * 7]);
        using var gradients = new ParameterBlock(parameters.Parameters, parameters.Length);
        var optimizer = new Sgd(0.1) { MaxNorm = 1 };
        using var state = optimizer.CreateState(parameters.Parameters, parameters.Length);
        using var workers = new Workers(1);
        optimizer.Step(parameters.Pointer, gradients.Pointer, state, ParameterRange.Of(parameters.Parameters, [0]), workers);
        Assert.All(parameters[0].ToArray(), w => Assert.Equal(0, w));
    }

    [Fact]
    public void Noise_has_its_deviation_and_falls_with_the_steps()
    {
        var noise = new GradientNoise(variance: 0.5, decay: 0.55, seed: 3);
        Assert.Equal(Math.Sqrt(0.5), noise.DeviationAt(0));
        Assert.Equal(Math.Sqrt(0.5 / Math.Pow(10, 0.55)), noise.DeviationAt(9), 1e-12);
        // With rate 1 the noise is the difference of the weights.
        float[][] before = [], after = [];
        Run(new Sgd(1), 10, after: (step, p, _) => { if (step == 9) before = [.. p.Views.Select(v => v.ToArray())]; });
        Run(new Sgd(1) { GradientNoise = noise }, 10, after: (step, p, _) => { after = [.. p.Views.Select(v => v.ToArray())]; });
        // Ten draws add up: their variances too.
        var variance = Enumerable.Range(0, 10).Sum(t => noise.DeviationAt(t) * noise.DeviationAt(t));
        var differences = before[2].Zip(after[2], (a, b) => (double)a - b).ToArray();
        Assert.Equal(0, differences.Average(), 4 * Math.Sqrt(variance / differences.Length));
        Assert.Equal(variance, differences.Average(d => d * d), 0.05 * variance);
        // Parameters draw apart, and another seed draws otherwise.
        Assert.NotEqual(differences[0], (double)before[0][0] - after[0][0]);
        Assert.NotEqual(after[2], Run(new Sgd(1) { GradientNoise = new GradientNoise(0.5, 0.55, seed: 4) }, 10)[2]);
    }

    [Fact]
    public void Noise_is_added_after_clipping()
    {
        var clipped = Run(new Sgd(1) { ClipValue = 1e-3, GradientNoise = new GradientNoise(1) }, 1);
        var start = Parameters().Views.Select(v => v.ToArray()).ToArray();
        Assert.Contains(start[2].Zip(clipped[2], (a, b) => Math.Abs(a - b)), d => d > 2);
    }

    [Fact]
    public void Running_means_follow_the_weights()
    {
        double[][] expected = [];
        Run(new Adam(0.01) { AverageDecay = 0.8 }, 7, after: (step, parameters, state) =>
        {
            var weights = parameters.Views.Select(v => v.ToArray().Select(w => (double)w).ToArray()).ToArray();
            expected = step == 0 ? weights : [.. expected.Zip(weights, (a, w) => a.Zip(w, (x, y) => 0.8 * x + 0.2 * y).ToArray())];
            var means = state.Slots[state.SlotNames.ToList().IndexOf("average")];
            for (var p = 0; p < expected.Length; p++)
                Assert.All(expected[p].Zip(means[p].ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        });
    }

    [Fact]
    public void Parts_of_a_batch_move_as_the_whole_does()
    {
        // Four gradients one after the other, and their mean at once.
        using var whole = Parameters();
        using var gradients = new ParameterBlock(whole.Parameters, whole.Length);
        var adam = new Adam(0.01) { ClipNorm = 1, Schedule = Schedule.Exponential(0.5) };
        using var state = adam.CreateState(whole.Parameters, whole.Length);
        using var workers = new Workers(1);
        for (var step = 0; step < 3; step++)
        {
            var sums = whole.Views.Select(v => new double[v.Length]).ToArray();
            for (var part = 0; part < 4; part++)
            {
                OptimizerTests.FillGradients(gradients, 4 * step + part);
                for (var p = 0; p < sums.Length; p++)
                    for (var i = 0; i < sums[p].Length; i++) sums[p][i] += gradients[p][i] / 4.0;
            }
            for (var p = 0; p < sums.Length; p++) gradients[p].CopyFrom(Array.ConvertAll(sums[p], x => (float)x));
            adam.Step(whole.Pointer, gradients.Pointer, state, ParameterRange.Of(whole.Parameters, All), workers);
        }
        var moves = new List<int>();
        float[] last = [];
        var parts = Run(new Adam(0.01) { ClipNorm = 1, Schedule = Schedule.Exponential(0.5), Accumulate = 4 }, 14, after: (step, p, s) =>
        {
            var now = p[2].ToArray();
            if (step > 0 && !now.AsSpan().SequenceEqual(last)) moves.Add(step);
            last = now;
            Assert.Equal((step + 1) / 4, s.Steps[2]);
        });
        Assert.Equal([3, 7, 11], moves);
        for (var p = 0; p < parts.Length; p++)
            Assert.All(whole[p].ToArray().Zip(parts[p]), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
    }

    [Fact]
    public void The_rate_of_a_group_is_a_rate_and_may_change_between_steps()
    {
        var group = new ParameterGroup("matrix") { Rate = 0 };
        var optimizer = new Sgd(1e17) { Groups = [group] };
        float[] start = [], rested = [];
        Run(optimizer, 2, after: (step, p, _) =>
        {
            if (step == 0) (start, rested, group.Rate, optimizer.LearningRate) = (Parameters()[2].ToArray(), p[2].ToArray(), 1, 1);
            else Assert.NotEqual(rested, p[2].ToArray());
        });
        Assert.Equal(start, rested);

        group.Rate = 100;
        optimizer.LearningRate = 1e17;
        Assert.Contains("1E+19", Assert.Throws<InvalidOperationException>(() => Run(optimizer, 1)).Message);
    }

    [Fact]
    public void A_schedule_that_fails_adds_no_part()
    {
        using var parameters = Parameters();
        using var gradients = new ParameterBlock(parameters.Parameters, parameters.Length);
        OptimizerTests.FillGradients(gradients, 0);
        var fails = true;
        var optimizer = new Sgd(1) { Accumulate = 2, Schedule = Schedule.Of(_ => fails ? double.NaN : 1) };
        using var state = optimizer.CreateState(parameters.Parameters, parameters.Length);
        using var workers = new Workers(1);
        var ranges = ParameterRange.Of(parameters.Parameters, All);
        var start = parameters[2].ToArray();
        optimizer.Step(parameters.Pointer, gradients.Pointer, state, ranges, workers);
        Assert.Throws<InvalidOperationException>(() => optimizer.Step(parameters.Pointer, gradients.Pointer, state, ParameterRange.Of(parameters.Parameters, All), workers));
        Assert.Equal(start, parameters[2].ToArray());
        fails = false;
        optimizer.Step(parameters.Pointer, gradients.Pointer, state, ranges, workers);
        Assert.All(start.Zip(parameters[2].ToArray(), gradients[2].ToArray()), t => Assert.Equal(t.First - t.Third, t.Second, 1e-6));
    }

    [Fact]
    public void Widths_and_threads_agree_in_every_bit()
    {
        var expected = Run(Everything(), 9);
        try
        {
            foreach (var bits in new[] { 512, 256, 128 }.Where(bits => bits <= Processor.WidestVectorBits))
            {
                Processor.VectorBits = bits;
                Assert.Equal(expected, Run(Everything(), 9));
                Assert.Equal(expected, Run(Everything(), 9, threads: 3));
            }
        }
        finally
        {
            Processor.VectorBits = Processor.WidestVectorBits;
        }
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using var parameters = Parameters();
        using var gradients = new ParameterBlock(parameters.Parameters, parameters.Length);
        var optimizer = Everything();
        using var state = optimizer.CreateState(parameters.Parameters, parameters.Length);
        using var workers = new Workers(2);
        var ranges = ParameterRange.Of(parameters.Parameters, All);
        Assert.Equal(0, Kiln.Tests.Allocations.OfEveryCall(() => optimizer.Step(parameters.Pointer, gradients.Pointer, state, ranges, workers)));
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        foreach (var wrong in new[] { 0, -1, double.NaN, double.PositiveInfinity, 1e-50 })
            Assert.Throws<ArgumentOutOfRangeException>("MaxNorm", () => new Sgd(1) { MaxNorm = wrong });
        foreach (var wrong in new[] { -0.1, 1, double.NaN, 1 - 1e-12 })
            Assert.Throws<ArgumentOutOfRangeException>("AverageDecay", () => new Sgd(1) { AverageDecay = wrong });
        Assert.Throws<ArgumentOutOfRangeException>("Accumulate", () => new Sgd(1) { Accumulate = 0 });
        foreach (var wrong in new[] { -0.1, 100.1, double.NaN })
        {
            Assert.Throws<ArgumentOutOfRangeException>("Rate", () => new ParameterGroup("*") { Rate = wrong });
            Assert.Throws<ArgumentOutOfRangeException>("Decay", () => new ParameterGroup("*") { Decay = wrong });
        }
        Assert.Throws<ArgumentException>("pattern", () => new ParameterGroup(""));
        Assert.Throws<ArgumentNullException>("Groups", () => new Sgd(1) { Groups = [null!] });
        foreach (var wrong in new[] { 0, -1, double.NaN, double.PositiveInfinity })
            Assert.Throws<ArgumentOutOfRangeException>("variance", () => new GradientNoise(wrong));
        Assert.Throws<ArgumentOutOfRangeException>("decay", () => new GradientNoise(decay: -1));
        Assert.Throws<ArgumentOutOfRangeException>("step", () => new GradientNoise().DeviationAt(-1));
    }

    private static Adam Everything() => new(0.05) { MaxNorm = 2, GradientNoise = new GradientNoise(0.1), AverageDecay = 0.9, Accumulate = 2, ClipNorm = 3, Groups = [new("*s") { Rate = 0.5 }] };
}
