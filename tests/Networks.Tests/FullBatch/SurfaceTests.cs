using Kiln;

namespace Networks.Tests.FullBatch;

/// <summary>Surfaces without input: a bent valley and a saddle.</summary>
public sealed class SurfaceTests
{
    [Theory, InlineData("ConjugateGradient", 100), InlineData("LBfgs", 50), InlineData("Newton", 30)]
    public void Through_Rosenbrocks_valley(string name, int steps)
    {
        using var net = new Valley();
        net.AllParameters[0].CopyFrom([-1.2f, 1]);
        using var training = net.Train(batch: 1, height: name switch { "LBfgs" => new LBfgs(), "Newton" => new Newton(), _ => new ConjugateGradient() });
        for (var i = 0; i < steps; i++) training.Height();
        Assert.All(net.AllParameters[0].ToArray(), w => Assert.Equal(1, w, 1e-3));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Through_Rosenbrocks_valley_as_least_squares(bool damped)
    {
        using var net = new Valley();
        net.AllParameters[0].CopyFrom([-1.2f, 1]);
        using var training = net.Train(batch: 1, squares: damped ? new LevenbergMarquardt() : new GaussNewton());
        for (var i = 0; i < 40; i++) training.Squares();
        Assert.All(net.AllParameters[0].ToArray(), w => Assert.Equal(1, w, 1e-4));
    }

    [Theory, InlineData(0.3f, 0.1f), InlineData(-0.2f, -0.05f)]
    public void Where_the_curvature_is_negative_Newton_goes_down_along_every_eigenvector(float x, float y)
    {
        using var net = new Saddle();
        net.AllParameters[0].CopyFrom([x, y]);
        using var training = net.Train(batch: 1, height: new Newton());
        training.Height();
        var slope = -2.0 * y + 4.0 * y * y * y;
        var point = net.AllParameters[0].ToArray();
        Assert.Equal(0, point[0], 1e-6);
        Assert.Equal(y - slope / Math.Abs(-2 + 12.0 * y * y), point[1], 1e-6);
    }

    [Theory, InlineData(1f, 0f), InlineData(0f, 0f), InlineData(0.4f, 1e-4f), InlineData(-3f, 2f)]
    public void Newton_leaves_a_saddle_for_a_minimum(float x, float y)
    {
        using var net = new Saddle();
        net.AllParameters[0].CopyFrom([x, y]);
        var newton = new Newton();
        using var training = net.Train(batch: 1, height: newton);
        var loss = float.PositiveInfinity;
        for (var i = 0; i < 40; i++)
        {
            var before = loss;
            loss = training.Height();
            Assert.True(loss <= before + 1e-6f);
        }
        var point = net.AllParameters[0].ToArray();
        Assert.Equal(0, point[0], 1e-4);
        Assert.Equal(Math.Sqrt(0.5), Math.Abs(point[1]), 1e-3);
        Assert.False(newton.HasMoved);
    }

    [Fact]
    public void Without_a_minimum_every_step_goes_down()
    {
        using var net = new Saddle();
        net.AllParameters[0].CopyFrom([1f, 0f]);
        using var training = net.Train(batch: 1, endless: new Newton());
        var loss = float.PositiveInfinity;
        for (var i = 0; i < 30; i++)
        {
            var next = training.Endless();
            Assert.True(next < loss && float.IsFinite(next));
            loss = next;
        }
    }

    [Theory, InlineData("ConjugateGradient"), InlineData("LBfgs"), InlineData("Newton")]
    public void A_length_at_which_the_loss_is_not_a_number_is_too_long(string name)
    {
        using var net = new Wall();
        net.AllParameters[0].CopyFrom([0.9f]);
        using var training = net.Train(batch: 1, height: name switch { "LBfgs" => new LBfgs(), "Newton" => new Newton(), _ => new ConjugateGradient() });
        for (var i = 0; i < 30; i++) Assert.True(float.IsFinite(training.Height()));
        Assert.Equal(0.1, net.AllParameters[0][0], 1e-4);
    }
}
