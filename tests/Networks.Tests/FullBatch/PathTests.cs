using Kiln;
using Kiln.Generators.Tests.Reference;
using Networks.Tests.PyTorch;

namespace Networks.Tests.FullBatch;

/// <summary>Step after step against a reference in double precision: PyTorch's own L-BFGS, the formulas of the others. Errors are shares of the largest weight.</summary>
public sealed class PathTests
{
    private static readonly Fixture Reference = new("second_order");

    private static void Follow(INetwork net, string name, string rule, int steps, Action step)
    {
        foreach (var parameter in net.AllParameters) parameter.CopyFrom(Reference.Floats($"{name}/initial/{parameter.Name}"));
        for (var number = 1; number <= steps; number++)
        {
            step();
            var expected = net.AllParameters.SelectMany(p => Reference[$"{name}/{rule}/{number}/{p.Name}"]).ToArray();
            var actual = net.AllParameters.SelectMany(p => p.ToArray()).ToArray();
            var error = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / expected.Max(Math.Abs);
            Assert.True(error <= 1e-6, $"{name}/{rule}/{number}: {error:G3} of the largest weight");
        }
    }

    [Theory, InlineData("lbfgs", 12), InlineData("conjugate", 12)]
    public void Down_a_quadratic(string rule, int steps)
    {
        var (curvature, target) = (Reference.Floats("bowl/curvature"), Reference.Floats("bowl/target"));
        using var net = new Bowl();
        using var training = net.Train(batch: 1, height: rule == "lbfgs" ? new LBfgs() : new ConjugateGradient());
        Follow(net, "bowl", rule, steps, () => training.Height(curvature, target));
    }

    [Fact]
    public void Levenberg_Marquardt_down_a_quadratic()
    {
        var (curvature, target) = (Reference.Floats("bowl/curvature"), Reference.Floats("bowl/target"));
        using var net = new Bowl();
        using var training = net.Train(batch: 1, squares: new LevenbergMarquardt(damping: 1));
        Follow(net, "bowl", "marquardt", 6, () => training.Squares(curvature, target));
    }

    /// <summary>The fourth conjugate step is extrapolated from two slopes that are nearly equal, so that the rounding of gradients counts more.</summary>
    [Theory, InlineData("lbfgs", 5), InlineData("conjugate", 3), InlineData("marquardt", 5)]
    public void Of_a_network(string rule, int steps)
    {
        var (x, y) = (Reference.Floats("curve/x"), Reference.Floats("curve/y"));
        using var net = new Curve();
        using var training = net.Train(batch: 100, fit: new LevenbergMarquardt(damping: 1), error: rule == "lbfgs" ? new LBfgs() : new ConjugateGradient());
        Follow(net, "curve", rule, steps, Step);

        void Step() { if (rule == "marquardt") training.Fit(x, y); else training.Error(x, y); }
    }

    [Fact]
    public void Of_a_neuron()
    {
        var (x, y) = (Reference.Floats("neuron/x"), Reference.Floats("neuron/y"));
        using var net = new Neuron();
        using (var training = net.Train(batch: 30, fit: new GaussNewton(), exact: new Newton()))
        {
            Follow(net, "neuron", "gauss", 1, () => training.Fit(x, y));
            Follow(net, "neuron", "newton", 1, () => training.Exact(x, y));
        }
        using (var training = net.Train(batch: 30, fit: new LevenbergMarquardt()))
            Follow(net, "neuron", "marquardt", 4, () => training.Fit(x, y));
    }

    [Fact]
    public void Newton_and_Gauss_Newton_take_one_step_to_the_minimum_of_a_quadratic()
    {
        var (curvature, target) = (Reference.Floats("bowl/curvature"), Reference.Floats("bowl/target"));
        using var net = new Bowl(seed: 3);
        var start = net.AllParameters[0].ToArray();
        using var training = net.Train(batch: 1, exact: new Newton(), squares: new GaussNewton());
        training.Exact(curvature, target);
        Near(target, net);
        net.AllParameters[0].CopyFrom(start);
        training.Squares(curvature, target);
        Near(target, net);
    }

    [Fact]
    public void Conjugate_gradients_take_as_many_steps_as_there_are_weights()
    {
        var (curvature, target) = (Reference.Floats("bowl/curvature"), Reference.Floats("bowl/target"));
        using var net = new Bowl(seed: 3);
        using var training = net.Train(batch: 1, height: new ConjugateGradient(flatter: 1e-4));
        for (var i = 0; i < Bowl.Size; i++) training.Height(curvature, target);
        Near(target, net);
    }

    private static void Near(float[] target, Bowl net)
    {
        var point = net.AllParameters[0].ToArray();
        var error = target.Zip(point, (t, p) => Math.Abs(t - p)).Max() / target.Max(Math.Abs);
        Assert.True(error <= 1e-6, $"{error:G3} of the largest weight");
    }
}
