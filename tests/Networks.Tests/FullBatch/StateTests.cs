using Kiln;
using Kiln.Tests;
using Networks.Tests.Behaviour;

namespace Networks.Tests.FullBatch;

/// <summary>What a step leaves behind: weights, what is remembered, checkpoints, nothing on the heap.</summary>
public sealed class StateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-full-batch-").FullName;
    private static readonly (float[] X, float[] Y) Data = CurveFitTests.Sine();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> All() => new("ConjugateGradient", "LBfgs", "Newton", "GaussNewton", "LevenbergMarquardt");

    private static Curve.Training Train(Curve net, string name, int threads = 1) => name switch
    {
        "ConjugateGradient" => net.Train(batch: 100, error: new ConjugateGradient(), threads: threads),
        "LBfgs" => net.Train(batch: 100, error: new LBfgs(history: 3), threads: threads),
        "Newton" => net.Train(batch: 100, exact: new Newton(), threads: threads),
        "GaussNewton" => net.Train(batch: 100, fit: new GaussNewton(), threads: threads),
        _ => net.Train(batch: 100, fit: new LevenbergMarquardt(), threads: threads),
    };

    private static float Step(Curve.Training training, string name) => name switch
    {
        "ConjugateGradient" or "LBfgs" => training.Error(Data.X, Data.Y),
        "Newton" => training.Exact(Data.X, Data.Y),
        _ => training.Fit(Data.X, Data.Y),
    };

    [Theory, MemberData(nameof(All))]
    public void A_training_that_is_loaded_goes_on_bit_for_bit_on_any_number_of_threads(string name)
    {
        using var net = new Curve(seed: 2);
        using var training = Train(net, name);
        for (var i = 0; i < 5; i++) Step(training, name);
        training.Save(Path.Combine(_folder, "five"));
        for (var i = 0; i < 5; i++) Step(training, name);

        using var other = new Curve(seed: 9);
        using var resumed = Train(other, name, threads: 2);
        resumed.Load(Path.Combine(_folder, "five"));
        for (var i = 0; i < 5; i++) Step(resumed, name);
        Assert.Equal(net.Bits(), other.Bits());
        Assert.Equal(10, resumed.Step);
    }

    [Theory, MemberData(nameof(All))]
    public void Nothing_is_allocated(string name)
    {
        using var net = new Curve(seed: 2);
        using var training = Train(net, name, threads: 2);
        Assert.Equal(0, Allocations.OfEveryCall(() => Step(training, name)));
    }

    [Theory, MemberData(nameof(All))]
    public void Gradients_alone_change_nothing_and_the_update_makes_the_step(string name)
    {
        using var one = new Curve(seed: 2);
        using var other = new Curve(seed: 2);
        using var whole = Train(one, name);
        using var parts = Train(other, name);
        for (var i = 0; i < 4; i++)
        {
            Step(whole, name);
            var before = other.Bits();
            for (var repeat = 0; repeat < 2; repeat++)
            {
                if (name is "ConjugateGradient" or "LBfgs") parts.ErrorGradients(Data.X, Data.Y);
                else if (name == "Newton") parts.ExactGradients(Data.X, Data.Y);
                else parts.FitGradients(Data.X, Data.Y);
            }
            Assert.Equal(before, other.Bits());
            if (name is "ConjugateGradient" or "LBfgs") parts.ApplyError();
            else if (name == "Newton") parts.ApplyExact();
            else parts.ApplyFit();
            Assert.Equal(one.Bits(), other.Bits());
        }
    }

    [Theory, InlineData("ConjugateGradient"), InlineData("LBfgs"), InlineData("Newton")]
    public void At_a_minimum_the_weights_stay(string name)
    {
        using var net = new Saddle();
        net.AllParameters[0].CopyFrom([0, (float)Math.Sqrt(0.5)]);
        FullBatchOptimizer optimizer = name switch { "LBfgs" => new LBfgs(), "Newton" => new Newton(), _ => new ConjugateGradient() };
        using var training = net.Train(batch: 1, height: optimizer);
        for (var i = 0; i < 5; i++) training.Height();
        var before = net.Bits();
        training.Height();
        Assert.Equal(before, net.Bits());
        Assert.False(optimizer.HasMoved);
    }

    [Fact]
    public void A_loss_that_is_not_a_number_at_the_start_is_reported_and_nothing_changes()
    {
        using var net = new Wall();
        net.AllParameters[0].CopyFrom([-1f]);
        using var training = net.Train(batch: 1, height: new LBfgs());
        Assert.Throws<NonFiniteLossException>(() => { training.Height(); });
        Assert.Equal(-1, net.AllParameters[0][0]);
        Assert.Equal(0, training.Step);
        net.AllParameters[0].CopyFrom([1f]);
        training.Height();
        Assert.True(net.AllParameters[0][0] < 1);
    }

    [Fact]
    public void A_step_draws_the_same_random_numbers_at_all_lengths()
    {
        var x = Some.Numbers(16 * 4);
        using var net = new Wall();
        // One search for a level place along the parabola that these draws give: with others at each length it would be another one.
        using var training = net.Train(batch: 16, noisy: new LBfgs(flatter: 1e-4));
        training.Noisy(x);
        Assert.Equal(0.3, net.AllParameters[0][0], 1e-4);
    }

    [Fact]
    public void Residuals_learn_by_any_optimizer()
    {
        using var net = new Curve(seed: 2);
        using var training = net.Train(batch: 100, fit: new Adam(1e-2));
        var before = training.Fit(Data.X, Data.Y);
        for (var i = 0; i < 20; i++) training.Fit(Data.X, Data.Y);
        Assert.True(training.FitLoss(Data.X, Data.Y) < 0.5 * before);
    }
}
