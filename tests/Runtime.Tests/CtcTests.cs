using Kiln.Generators.Tests.Reference;
using Kiln.Kernels;
using Kiln.Tests;
using Xunit;

namespace Kiln.Runtime.Tests;

/// <summary>The loss of connectionist temporal classification and its gradient: by all paths, by differences, and as PyTorch computes them.</summary>
public unsafe class CtcTests
{
    /// <summary>Where the numbers of a sample lie: in Rows, in Lanes, and anyhow.</summary>
    private static readonly (int Step, int Class, int Label)[] Strides = [(0, 1, 1), (0, 16, 16), (1000, 3, 2)];

    public static TheoryData<string> Fixtures => [.. new Fixture("ctc").Keys.Select(key => key[..key.IndexOf('/')]).Distinct()];

    [Theory, MemberData(nameof(Fixtures))]
    public void As_PyTorch(string name)
    {
        var fixture = new Fixture("ctc");
        var (steps, classes) = (fixture.Shape(name + "/scores")[0], fixture.Shape(name + "/scores")[1]);
        float[] scores = [.. fixture[name + "/scores"].Select(v => (float)v)];
        int[] labels = [.. fixture[name + "/labels"].Select(v => (int)v)];
        var (loss, gradient) = Run<V256>(scores, steps, classes, labels, (int)fixture[name + "/blank"][0]);
        var expected = fixture[name + "/loss"][0];
        if (double.IsInfinity(expected))
        {
            Assert.Equal(float.PositiveInfinity, loss);
            Assert.All(gradient, g => Assert.Equal(0, g));
            return;
        }
        Assert.True(Math.Abs(loss - expected) <= 1e-5 * Math.Max(1, expected), $"{expected} expected, {loss} came");
        var slopes = fixture[name + "/gradient"];
        for (var i = 0; i < gradient.Length; i++) Assert.True(Math.Abs(gradient[i] - slopes[i]) <= 1e-4, $"[{i / classes}, {i % classes}]: {slopes[i]} expected, {gradient[i]} came");
    }

    [Theory]
    [InlineData(1, 2, 0, "")]
    [InlineData(1, 3, 1, "2")]
    [InlineData(5, 3, 0, "1")]
    [InlineData(5, 3, 2, "")]
    [InlineData(5, 3, 0, "12")]
    [InlineData(6, 3, 1, "22")]
    [InlineData(5, 3, 0, "111")]
    [InlineData(4, 4, 3, "0121")]
    [InlineData(7, 3, 0, "1221")]
    [InlineData(6, 4, 2, "0331")]
    public void All_paths(int steps, int classes, int blank, string labels)
    {
        int[] sequence = [.. labels.Select(c => c - '0')];
        var scores = Scores(steps * classes, steps + classes);
        var (loss, gradient) = Run<V256>(scores, steps, classes, sequence, blank);
        double[] exact = [.. scores.Select(v => (double)v)];
        Assert.Equal(ByAllPaths(exact, steps, classes, sequence, blank), loss, 1e-5);
        for (var i = 0; i < exact.Length; i++)
        {
            const double Step = 1e-5;
            var middle = exact[i];
            exact[i] = middle + Step;
            var above = ByAllPaths(exact, steps, classes, sequence, blank);
            exact[i] = middle - Step;
            var below = ByAllPaths(exact, steps, classes, sequence, blank);
            exact[i] = middle;
            Assert.Equal((above - below) / (2 * Step), gradient[i], 1e-5);
        }
    }

    [Theory]
    [InlineData(0, "1")]
    [InlineData(2, "121")]
    [InlineData(2, "11")]
    [InlineData(6, "11221")]
    public void Labels_that_do_not_fit_cost_infinity_and_have_no_gradient(int steps, string labels)
    {
        var (loss, gradient) = Run<V256>(Scores(steps * 3, 1), steps, 3, [.. labels.Select(c => c - '0')], 0);
        Assert.Equal(float.PositiveInfinity, loss);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Fact]
    public void No_steps_and_no_labels_are_certain() => Assert.Equal(0f, Run<V256>([], 0, 3, [], 0).Loss);

    [Fact]
    public void A_class_whose_score_is_minus_infinity_cannot_be_seen()
    {
        var scores = Scores(4 * 3, 2);
        for (var t = 0; t < 4; t++) scores[t * 3 + 2] = float.NegativeInfinity;
        var (loss, gradient) = Run<V256>(scores, 4, 3, [1], 0);
        double[] exact = [.. scores.Select(v => (double)v)];
        Assert.Equal(ByAllPaths(exact, 4, 3, [1], 0), loss, 1e-5);
        Assert.All(gradient, g => Assert.True(float.IsFinite(g)));
        (loss, gradient) = Run<V256>(scores, 4, 3, [2], 0);
        Assert.Equal(float.PositiveInfinity, loss);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Theory, InlineData(0), InlineData(7), InlineData(11)]
    public void What_is_not_a_number_stays_so(int at)
    {
        var scores = Scores(4 * 3, 2);
        scores[at] = float.NaN;
        Assert.Equal(float.NaN, Run<V256>(scores, 4, 3, [1, 2], 0).Loss);
    }

    [Theory]
    [InlineData(30, 37, 10)]
    [InlineData(50, 16, 8)]
    [InlineData(12, 5, 6)]
    public void Bits_depend_on_neither_the_vector_width_nor_the_strides(int steps, int classes, int count)
    {
        var scores = Scores(steps * classes, 3);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => 1 + i * i % (classes - 1))];
        var (loss, gradient) = Run<V128>(scores, steps, classes, labels, 0);
        foreach (var strides in Strides)
        {
            Same(Run<V128>(scores, steps, classes, labels, 0, strides: strides));
            Same(Run<V256>(scores, steps, classes, labels, 0, strides: strides));
            Same(Run<V512>(scores, steps, classes, labels, 0, strides: strides));
        }
        Same(Run<V256>(scores, steps, classes, labels, 0, inPlace: true));

        void Same((float Loss, float[] Gradient) other)
        {
            Reference.Same(loss, other.Loss, "loss");
            for (var i = 0; i < gradient.Length; i++) Reference.Same(gradient[i], other.Gradient[i], $"[{i / classes}, {i % classes}]");
        }
    }

    [Fact]
    public void The_gradient_is_scaled_and_sums_to_zero_in_each_step()
    {
        var scores = Scores(200 * 11, 4);
        int[] labels = [.. Enumerable.Range(0, 20).Select(i => i % 10)];
        var (_, gradient) = Run<V256>(scores, 200, 11, labels, 10);
        var (_, scaled) = Run<V256>(scores, 200, 11, labels, 10, scale: -0.25f);
        for (var i = 0; i < gradient.Length; i++) Assert.Equal(-0.25f * gradient[i], scaled[i]);
        for (var t = 0; t < 200; t++) Assert.Equal(0, gradient.AsSpan(t * 11, 11).ToArray().Sum(), 1e-6);
    }

    /// <summary>2,000 steps whose best path is the right one. Its loss is a sum of small numbers, in which the rounding of the scores themselves would be seen.</summary>
    [Fact]
    public void Long_sequences_keep_their_precision()
    {
        const int Steps = 2000, Classes = 4, Apart = 50;
        int[] labels = [.. Enumerable.Range(0, Steps / Apart).Select(i => 1 + i % 3)];
        var scores = new float[Steps * Classes];
        for (var t = 0; t < Steps; t++) scores[t * Classes + (t % Apart == 25 ? labels[t / Apart] : 0)] = 12;
        var (loss, gradient) = Run<V256>(scores, Steps, Classes, labels, 0);
        // Each label can last one step more on either side; all other paths are less likely by e^−24.
        var exact = Steps * Math.Log(1 + 3 * Math.Exp(-12)) - labels.Length * Math.Log(1 + 2 * Math.Exp(-12));
        Assert.Equal(exact, loss, 2e-7 * Steps);
        Assert.All(gradient, g => Assert.InRange(g, -1e-4, 1e-4));
    }

    [Fact]
    public void A_step_downhill_is_smaller_by_what_the_gradient_says()
    {
        var scores = Scores(25 * 8, 5);
        int[] labels = [1, 1, 7, 3];
        var (loss, gradient) = Run<V256>(scores, 25, 8, labels, 0);
        const float Rate = 1e-3f;
        var norm = gradient.Sum(g => (double)g * g);
        float[] moved = [.. scores.Zip(gradient, (s, g) => s - Rate * g)];
        Assert.Equal(-Rate * norm, Run<V256>(moved, 25, 8, labels, 0).Loss - loss, 2e-5);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        using Floats scores = new(10 * 5, seed: 1), scratch = new((int)Ctc.ScratchFloats(10, 3)), labels = new(3, fill: 2);
        Assert.Equal(0, Allocations.OfEveryCall(() => Ctc.Loss<V256>(scores, 5, 1, 10, 5, labels, 1, 3, 0, scratch, scores, 5, 1)));
    }

    private static float[] Scores(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 6 * random.NextSingle() - 3)];
    }

    private static (float Loss, float[] Gradient) Run<V>(
        float[] scores, int steps, int classes, int[] labels, int blank, float scale = 1, bool inPlace = false, (int Step, int Class, int Label)? strides = null)
        where V : struct, IVector<V>
    {
        var (step, stride, labelStride) = strides ?? Strides[0];
        if (step == 0) step = classes * stride;
        using Floats x = new(steps * step + 1), g = new(steps * step + 1), y = new(labels.Length * labelStride + 1);
        // Exactly as much as a sample of these sizes may use.
        using var scratch = new Floats((int)Ctc.ScratchFloats(steps, labels.Length));
        for (var t = 0; t < steps; t++)
            for (var c = 0; c < classes; c++) x[t * step + c * stride] = scores[t * classes + c];
        for (var i = 0; i < labels.Length; i++) y[i * labelStride] = labels[i];

        var target = inPlace ? x : g;
        var alone = Ctc.Loss<V>(x, step, stride, steps, classes, y, labelStride, labels.Length, blank, scratch);
        var loss = Ctc.Loss<V>(x, step, stride, steps, classes, y, labelStride, labels.Length, blank, scratch, target, step, stride, scale);
        Reference.Same(alone, loss, "loss without gradient");
        scratch.CheckGuard();
        g.CheckGuard();
        var gradient = new float[steps * classes];
        for (var t = 0; t < steps; t++)
            for (var c = 0; c < classes; c++) gradient[t * classes + c] = target[t * step + c * stride];
        return (loss, gradient);
    }

    /// <summary>−log of the sum of the probabilities of all paths that collapse to the labels, in double precision.</summary>
    private static double ByAllPaths(double[] scores, int steps, int classes, int[] labels, int blank)
    {
        var probability = new double[scores.Length];
        for (var t = 0; t < steps; t++)
        {
            var sum = Enumerable.Range(0, classes).Sum(c => Math.Exp(scores[t * classes + c]));
            for (var c = 0; c < classes; c++) probability[t * classes + c] = Math.Exp(scores[t * classes + c]) / sum;
        }
        var path = new int[steps];
        return -Math.Log(Sum(0, 1));

        double Sum(int t, double product)
        {
            if (t == steps) return Collapsed(path, blank).SequenceEqual(labels) ? product : 0;
            var sum = 0.0;
            for (var c = 0; c < classes; c++)
            {
                path[t] = c;
                sum += Sum(t + 1, product * probability[t * classes + c]);
            }
            return sum;
        }
    }

    private static IEnumerable<int> Collapsed(int[] path, int blank) => path.Where((c, t) => c != blank && (t == 0 || path[t - 1] != c));
}
