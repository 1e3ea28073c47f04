using Kiln;

namespace Networks.Tests.Energy;

/// <summary>Multi-prediction, sparse coding, a fully visible belief network and the perceptron.</summary>
public sealed class VisibleModelTests
{
    [Fact]
    public void Multi_prediction_has_the_gradients_of_its_loss()
    {
        using var net = new MultiPrediction(seed: 4);
        using var training = net.Train(new Sgd(0.1), 8, threads: 1);
        var x = Samples.Bits(8, 10);
        var check = GradientCheck.Run(net, () => training.LearnGradients(x), () => training.LearnLoss(x), name => training.Gradients[name], perParameter: 60);
        Assert.True(check.Worst.Share < 0.02, check.ToString());
        Assert.All(check.Errors, e => Assert.True(e.Scale > 1e-3, check.ToString()));
    }

    [Fact]
    public void Sparse_codes_are_those_of_iterative_shrinkage_and_the_dictionary_steps_towards_the_data()
    {
        const int rows = 5, count = SparseCoding.Count, pixels = SparseCoding.Pixels;
        using var net = new SparseCoding(seed: 5);
        using var training = net.Train(new Sgd(0.1), rows, threads: 1);
        training.Normalise();
        var atoms = net["atoms"].ToArray();
        Assert.All(atoms.Chunk(pixels), atom => Assert.Equal(1, atom.Sum(v => (double)v * v), 1e-6));

        var random = new Random(1);
        var x = Enumerable.Range(0, rows * pixels).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var codes = new float[rows * count];
        net.Code(x, codes);
        var (expected, gradient, loss) = (new List<double>(), new double[count * pixels], 0.0);
        foreach (var row in Samples.Rows(x, pixels))
        {
            var code = new double[count];
            for (var sweep = 0; sweep < SparseCoding.Sweeps; sweep++)
            {
                var rest = Rest(code, row);
                code = [.. code.Select((a, i) => Shrink(a - SparseCoding.Step * Enumerable.Range(0, pixels).Sum(p => rest[p] * atoms[i * pixels + p])))];
            }
            expected.AddRange(code);
            var left = Rest(code, row);
            loss += left.Sum(r => r * r) / rows;
            for (var i = 0; i < gradient.Length; i++) gradient[i] += 2 * code[i / pixels] * left[i % pixels] / rows;
        }
        Samples.Close([.. expected], codes);
        Assert.Contains(codes, a => a == 0);
        Assert.Contains(codes, a => a != 0);
        Assert.Equal(loss, training.DictionaryGradients(x), 1e-5);
        Samples.Close(gradient, training.Gradients["atoms"].ToArray());

        double[] Rest(double[] code, double[] row) => [.. row.Select((value, p) => code.Select((a, i) => a * atoms[i * pixels + p]).Sum() - value)];
        static double Shrink(double a) => Math.Sign(a) * Math.Max(0, Math.Abs(a) - SparseCoding.Step * SparseCoding.Lambda);
    }

    [Fact]
    public void A_fully_visible_network_is_a_distribution()
    {
        const int n = FullyVisible.N, all = 1 << n;
        using var net = new FullyVisible(seed: 6);
        net["bias"].CopyFrom([0.5f, -1, 0.25f, 0, 1, -0.5f]);
        using var training = net.Train(new Sgd(0.1), all, threads: 1);
        var x = Enumerable.Range(0, all).SelectMany(v => DoubleRbm.Bits(v, n)).Select(v => (float)v).ToArray();
        // The loss is −log p(x): the probabilities of all configurations add up to one.
        var sum = Enumerable.Range(0, all).Sum(v => Math.Exp(-training.LearnLoss(x.AsSpan(v * n, n))));
        Assert.Equal(1, sum, 1e-5);

        // A unit does not depend on itself, nor on those after it.
        var next = new float[all * n];
        net.Next(x, next);
        for (var v = 0; v < all; v++)
            for (var i = 0; i < n; i++) Assert.Equal(next[(v & ((1 << i) - 1)) * n + i], next[v * n + i]);
        Assert.NotEqual(next[n - 1], next[n + n - 1]);

        var some = Samples.Bits(10, n);
        var check = GradientCheck.Run(net, () => training.LearnGradients(some), () => training.LearnLoss(some), name => training.Gradients[name], perParameter: n * n);
        Assert.True(check.Worst.Share < 0.02, check.ToString());
        var gradient = training.Gradients["w"].ToArray();
        Assert.All(Enumerable.Range(0, n * n), i => Assert.Equal(i % n <= i / n, gradient[i] == 0));
    }

    [Fact]
    public void A_perceptron_moves_by_its_errors_until_it_has_none()
    {
        using var net = new Perceptron(seed: 7);
        using var training = net.Train(new Sgd(1), 4, threads: 1);
        float[] x = [0, 0, 0, 1, 1, 0, 1, 1], both = [0, 0, 0, 1];
        net["w"].CopyFrom([-0.3f, 0.2f]);
        net["b"].CopyFrom([0.1f]);
        var fired = new float[4];
        net.Fire(x, fired);
        Assert.Equal([1, 1, 0, 0], fired);
        training.Rosenblatt(x, both);
        // Errors −1, −1, 0 and 1, a quarter of each.
        Assert.Equal([-0.05f, 0.2f], net["w"].ToArray().Select(v => MathF.Round(v, 5)));
        Assert.Equal(-0.15f, net["b"].ToArray()[0], 1e-6f);
        for (var epoch = 0; epoch < 20; epoch++) training.Rosenblatt(x, both);
        net.Fire(x, fired);
        Assert.Equal(both, fired);
    }
}
