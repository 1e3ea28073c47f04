using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>A step that comes to no finite numbers says which, and leaves everything as if it had not been tried.</summary>
public sealed class NotFiniteTests
{
    [Theory]
    [InlineData(float.NaN, 1), InlineData(float.PositiveInfinity, 2), InlineData(float.NegativeInfinity, 1)]
    public void A_bad_batch_leaves_no_trace(float poison, int threads)
    {
        Assert.Equal(Train(false), Train(true));

        int[] Train(bool poisoned)
        {
            using var net = new Gan(seed: 1);
            using var training = net.Train(8, judge: new Adam(1e-3), fool: new Sgd(0.1, momentum: 0.9), threads: threads);
            var (real, noise) = (Some.Numbers(8 * 12), Some.Numbers(8 * 5));
            for (var step = 0; step < 6; step++)
            {
                if (poisoned && step is 2 or 4)
                {
                    var bad = real.ToArray();
                    bad[8 * 12 - 5] = poison;
                    var error = Assert.Throws<NonFiniteLossException>(() => training.Judge(bad, noise));
                    Assert.Equal(("Judge", 2L * step), (error.Program, error.Step));
                    Assert.False(float.IsFinite(error.Loss));
                    Assert.Contains("Judge is ", error.Message);
                    Assert.Contains($"at step {2 * step}", error.Message);
                    Assert.Throws<InvalidOperationException>(training.ApplyJudge);
                }
                // Dropout draws by the step: a refused one must not count.
                training.Judge(real, noise);
                training.Fool(noise);
            }
            Assert.Equal(12, training.Step);
            return net.Bits();
        }
    }

    [Fact]
    public void Assigned_parameters_stay_too()
    {
        using var net = new Centred(seed: 1);
        using var training = net.Train(new Adam(), batch: 4, threads: 1);
        training.Learn(Some.Numbers(24), [0, 1, 2, 0]);
        var before = net.Bits();
        Assert.NotEqual(0, net["mean"][0]);
        var bad = Some.Numbers(24);
        bad[7] = float.NegativeInfinity;
        var error = Assert.ThrowsAny<NonFiniteException>(() => training.Learn(bad, [0, 1, 2, 0]));
        Assert.Equal(("Learn", 1L), (error.Program, error.Step));
        Assert.Equal(before, net.Bits());
    }

    /// <summary>Adam would remember an infinite square, and never move the parameter again.</summary>
    [Fact]
    public void A_gradient_whose_square_overflows_is_refused()
    {
        using var net = new Edges.ManyUses(seed: 1);
        using var training = net.Train(new Adam(), batch: 1, threads: 1);
        training.FitGradients(Some.Numbers(7));
        var before = net.Bits();
        training.Gradients["gain"][2] = 2e19f;
        Assert.Equal("gain", Assert.Throws<NonFiniteGradientException>(training.ApplyFit).Parameter);
        Assert.Equal(before, net.Bits());
        training.FitGradients(Some.Numbers(7));
        training.Gradients["gain"][2] = 1e19f;
        training.ApplyFit();
        Assert.All(net["gain"].ToArray(), v => Assert.True(float.IsFinite(v)));
    }

    [Theory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity), InlineData(float.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_not_assigned(float poison)
    {
        using var net = new Centred(seed: 1);
        using var training = net.Train(new Adam(), batch: 4, threads: 1);
        training.Measure(Some.Numbers(24));
        var before = net.Bits();
        Assert.NotEqual(0, net["largest"][0]);
        var bad = Some.Numbers(24);
        bad[7] = poison;
        var error = Assert.Throws<NonFiniteAssignmentException>(() => training.Measure(bad));
        Assert.Equal(("Measure", 1L, "largest"), (error.Program, error.Step, error.Parameter));
        Assert.Contains("'largest' at step 1", error.Message);
        Assert.Equal(before, net.Bits());
        Assert.Equal(1, training.Step);
        training.Measure(Some.Numbers(24));
        Assert.Equal(2, training.Step);
        Assert.NotEqual(before, net.Bits());
    }

    [Fact]
    public void Nothing_moves_where_a_value_to_assign_is_not_finite()
    {
        using var net = new Scaled(seed: 1);
        using var training = net.Train(new Adam(0.1), batch: 2, threads: 1);
        training.Learn(Some.Numbers(8));
        var before = net.Bits();
        // The loss and its gradient are finite: only 0 / 0 is not.
        var error = Assert.Throws<NonFiniteAssignmentException>(() => training.Learn(new float[4]));
        Assert.Equal(("Learn", "direction"), (error.Program, error.Parameter));
        Assert.Equal(before, net.Bits());
        Assert.Equal(1, training.Step);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_refused_by_the_parameters_name()
    {
        Assert.Equal(Train(false), Train(true));

        static int[] Train(bool poisoned)
        {
            using var net = new Root();
            using var training = net.Train(new Adam(0.1), batch: 2, threads: 1);
            var x = Some.Numbers(8);
            for (var step = 0; step < 4; step++)
            {
                if (poisoned && step == 2)
                {
                    // The length is 0, its derivative 0 / 0.
                    var error = Assert.Throws<NonFiniteGradientException>(() => training.Learn(new float[4]));
                    Assert.Equal(("Learn", 2L, "weight"), (error.Program, error.Step, error.Parameter));
                    Assert.Contains("'weight' at step 2", error.Message);
                    Assert.Equal(0, training.LearnLoss(new float[4]));
                }
                training.Learn(x);
            }
            Assert.Equal(4, training.Step);
            return net.Bits();
        }
    }

    [Fact]
    public void An_input_whose_gradient_is_not_finite_stays()
    {
        using var net = new Root();
        using var training = net.Train(2, move: new Sgd(0.1), threads: 1);
        float[] x = [1, 2, 3, 4, 0, 0, 0, 0];
        var error = Assert.Throws<NonFiniteGradientException>(() => training.Move(x));
        Assert.Equal(("Move", "x"), (error.Program, error.Parameter));
        Assert.Equal([1, 2, 3, 4, 0, 0, 0, 0], x);
        Assert.Equal(0, training.Step);
        training.Move(x.AsSpan(0, 4));
        Assert.True(x[0] < 1);
    }
}
