using Kiln;

namespace Networks.Tests.Energy;

/// <summary>Restricted Boltzmann machines against their definition, summed in double precision over the samples that were drawn.</summary>
public sealed class ContrastiveDivergenceTests
{
    private static readonly float[] Data = Samples.Bits(Contrast.Rows, Contrast.Visible), Numbers = Samples.Numbers(Contrast.Rows);

    [Theory, InlineData(1), InlineData(5)]
    public void A_step_is_the_difference_between_data_and_samples(int sweeps)
    {
        using var net = new Contrast(seed: 1);
        using var training = net.Train(Contrast.Rows, threads: 1);
        var ones = double.NaN;
        if (sweeps == 1) training.LearnGradients(Data, Numbers);
        else ones = training.FiveGradients(Data, Numbers);

        var samples = Samples.Seen(training.Gradients["seen"]);
        var data = Samples.Rows(Data, Contrast.Visible);
        Assert.NotEqual(data, samples);
        var (w, a, b) = DoubleRbm.Of(net, "machine").Contrast(data, samples);
        Samples.IsStep(w, training.Gradients["machine.w"]);
        Samples.IsStep(a, training.Gradients["machine.a"]);
        Samples.IsStep(b, training.Gradients["machine.b"]);
        // Another walk within the same program draws for itself.
        if (sweeps == 5) Assert.NotEqual(samples.Average(row => row.Sum()), ones, 1e-3);
    }

    [Fact]
    public void The_step_is_the_gradient_of_the_free_energys_difference()
    {
        using var net = new Contrast(seed: 1);
        using var training = net.Train(Contrast.Rows, threads: 1);
        using var other = new ContrastAsLoss(seed: 1);
        using var descent = other.Train(new Sgd(0.1), Contrast.Rows, threads: 1);
        var machine = DoubleRbm.Of(net, "machine");
        training.LearnGradients(Data, Numbers);
        var loss = descent.LearnGradients(Data);

        double Energy(double[][] rows) => rows.Average(machine.FreeEnergy);
        Assert.Equal(Energy(Samples.Rows(Data, Contrast.Visible)) - Energy(Samples.Seen(training.Gradients["seen"])), loss, 1e-5);
        foreach (var name in (string[])["machine.w", "machine.a", "machine.b"])
            Samples.Close([.. training.Gradients[name].ToArray().Select(g => (double)g)], descent.Gradients[name].ToArray());
    }

    [Fact]
    public void The_free_energy_is_minus_the_logarithm_of_the_sum_over_hidden_units()
    {
        using var net = new Contrast(seed: 1);
        var machine = DoubleRbm.Of(net, "machine");
        var energies = new float[Contrast.Rows];
        net.Energy(Data, energies);
        Samples.Close([.. Samples.Rows(Data, Contrast.Visible).Select(machine.FreeEnergy)], energies, 5e-6);
    }

    [Fact]
    public void Long_chains_are_where_the_energy_says()
    {
        const int chains = 8_000;
        using var net = new Chains(seed: 2, batch: 512, threads: 1);
        // Strong enough that the configurations differ, weak enough that chains mix.
        net.Parameters.Machine.W.CopyFrom([1.5f, -1, 2, 0.5f, -1.5f, 1]);
        net.Parameters.Machine.A.CopyFrom([-0.5f, 0.25f, 0.5f]);
        net.Parameters.Machine.B.CopyFrom([-1, 0.5f]);
        float[] start = new float[chains * Chains.Visible], end = new float[chains * Chains.Visible], again = new float[chains * Chains.Visible];
        net.Walk(start, end);
        net.Walk(start, again);
        Assert.NotEqual(end, again);

        var expected = DoubleRbm.Of(net, "machine").Distribution();
        var counts = new double[expected.Length];
        foreach (var v in end.Chunk(Chains.Visible)) counts[(int)(v[0] + 2 * v[1] + 4 * v[2])] += 1.0 / chains;
        // Four deviations of a share of 8,000 independent chains are at most 0.022.
        for (var v = 0; v < expected.Length; v++) Assert.Equal(expected[v], counts[v], 4 * Math.Sqrt(expected[v] * (1 - expected[v]) / chains));
        Assert.True(expected.Max() > 3 * expected.Min());
    }

    [Fact]
    public void Contrastive_divergence_lowers_the_energy_of_what_it_has_seen()
    {
        using var net = new Contrast(seed: 1);
        using var training = net.Train(Contrast.Rows, learn: new Sgd(0.2, momentum: 0.5), threads: 1);
        // Three patterns, three times each: the machine comes to hold them more likely than all other configurations together.
        var patterns = Samples.Bits(3, Contrast.Visible, seed: 5);
        float[] data = [.. patterns, .. patterns, .. patterns];
        double Likely() => Samples.Rows(patterns, Contrast.Visible).Sum(v => DoubleRbm.Of(net, "machine").Distribution()[v.Select((bit, i) => (int)bit << i).Sum()]);
        Assert.True(Likely() < 0.2, $"before the training {Likely()}");
        for (var step = 0; step < 2_000; step++) training.Learn(data, Numbers);
        Assert.True(Likely() > 0.5, $"after the training {Likely()}");
    }
}
