using Kiln;

namespace Networks.Tests.FullBatch;

/// <summary>Numbers outside their ranges, and programs that an optimizer cannot serve.</summary>
public sealed class WrongUseTests
{
    [Fact]
    public void Numbers_outside_their_ranges()
    {
        foreach (var wrong in new[] { double.NaN, -1, double.PositiveInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new LevenbergMarquardt(wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => new Newton(wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => new Newton(learningRate: wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => new GaussNewton(wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => new LBfgs(flatter: wrong));
            Assert.Throws<ArgumentOutOfRangeException>(() => new ConjugateGradient(flatter: wrong));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new LevenbergMarquardt(damping: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LBfgs(history: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LBfgs(history: 101));
    }

    [Fact]
    public void Programs_that_it_cannot_serve()
    {
        using var net = new Curve();
        Refuses("Error: LevenbergMarquardt needs the Jacobian of residuals, but this program returns a Loss", () => net.Train(batch: 100, error: new LevenbergMarquardt()));
        Refuses("Error: Newton needs the Hessian, which is computed only where it is asked for: mark the program [Learn(Hessian = true)]", () => net.Train(batch: 100, error: new Newton()));
        Refuses("Fit: Newton needs the Hessian of a Loss, but this program returns Residuals", () => net.Train(batch: 100, fit: new Newton()));
        Refuses("another program was given the same instance", () => net.Train(new LBfgs(), batch: 100));
        Refuses("Error: LBfgs sets the length of its steps itself", () => net.Train(batch: 100, error: new LBfgs { ClipNorm = 1 }));
        Refuses("Error: LBfgs sets the length of its steps itself", () => net.Train(batch: 100, error: new LBfgs { Groups = [new("*") { Rate = 2 }] }));
        using var root = new Behaviour.Root();
        Refuses("Move: LBfgs moves parameters only", () => root.Train(batch: 4, move: new LBfgs()));

        static void Refuses(string message, Func<IDisposable> train) => Assert.Contains(message, Assert.Throws<ArgumentException>(() => { train(); }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_is_smaller_than_the_data()
    {
        var (x, y) = CurveFitTests.Sine();
        using var net = new Curve();
        using var training = net.Train(batch: 64, error: new LBfgs());
        var error = await Assert.ThrowsAsync<ArgumentException>(() => training.FitError(x, y, epochs: 1));
        Assert.Contains("expected a batch of at least the 100 rows of the data, but the training was made for 64", error.Message, StringComparison.Ordinal);

        using var whole = net.Train(batch: 100, error: new LBfgs());
        var ends = await whole.FitError(x, y, epochs: 5);
        Assert.True(ends[^1].Loss < ends[0].Loss);
    }
}
