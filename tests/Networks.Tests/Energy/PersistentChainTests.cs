using Kiln;

namespace Networks.Tests.Energy;

/// <summary>Chains of a restricted Boltzmann machine that go on from call to call. T. Tieleman: Training restricted Boltzmann machines using approximations to the likelihood gradient. 2008.</summary>
public sealed class PersistentChainTests
{
    private const int Visible = Persistence.Visible, Rows = Persistence.Rows;

    private static readonly float[] Data = Samples.Bits(Rows, Visible);

    [Fact]
    public void A_step_is_the_difference_between_data_and_where_the_chains_are()
    {
        using var net = new Persistence(seed: 1);
        using var training = net.Train(new Sgd(0.1), Rows, threads: 1);
        var before = training.States.Chain.ToArray();
        for (var step = 0; step < 3; step++)
        {
            var machine = DoubleRbm.Of(net, "machine");
            // Gradients alone leave the chains where they are; the step that follows draws the same sweep.
            training.LearnGradients(Data);
            Assert.Equal(before, training.States.Chain.ToArray());
            var (ofW, ofA, ofB) = (training.Gradients["machine.w"].ToArray(), training.Gradients["machine.a"].ToArray(), training.Gradients["machine.b"].ToArray());
            training.Learn(Data);
            var chains = training.States.Chain.ToArray();
            Assert.NotEqual(before, chains);
            var (w, a, b) = machine.Contrast(Samples.Rows(Data, Visible), Samples.Rows(chains, Visible));
            Samples.Close([.. w.Select(d => -d)], ofW);
            Samples.Close([.. a.Select(d => -d)], ofA);
            Samples.Close([.. b.Select(d => -d)], ofB);
            before = chains;
        }
    }

    /// <summary>Each pixel is held by a hidden unit of its own: a chain stays where it is, wherever that is.</summary>
    [Fact]
    public void A_chain_goes_on_where_it_was()
    {
        using var net = new Persistence(seed: 1, batch: Rows, threads: 1);
        Hold(net);
        using var training = net.Train(new Sgd(1e-6), Rows, threads: 1);
        var places = Samples.Bits(Rows, Visible, seed: 3);
        training.States.Chain.CopyFrom(places);
        net.States.Chain.CopyFrom(places);
        var dreamt = new float[Rows * Visible];
        for (var step = 0; step < 50; step++)
        {
            training.Learn(Data);
            net.Dream(Rows, dreamt);
        }
        Assert.Equal(places, training.States.Chain.ToArray());
        Assert.Equal(places, dreamt);
        net.States.Reset();
        net.Dream(Rows, dreamt);
        Assert.All(dreamt, pixel => Assert.Equal(0, pixel));
        Assert.Equal(places, training.States.Chain.ToArray());
    }

    [Fact]
    public void Chains_of_many_calls_are_where_the_energy_says()
    {
        const int chains = 500, burnIn = 30, calls = 40, apart = 5;
        using var net = new Persistence(seed: 2, batch: chains, threads: 1);
        var expected = DoubleRbm.Of(net, "machine").Distribution();
        var (counts, pixels) = (new double[expected.Length], new float[chains * Visible]);
        for (var call = 1; call <= burnIn + calls * apart; call++)
        {
            net.Dream(chains, pixels);
            if (call <= burnIn || call % apart > 0) continue;
            foreach (var v in pixels.Chunk(Visible)) counts[v.Select((bit, i) => (int)bit << i).Sum()] += 1.0 / (chains * calls);
        }
        // Four deviations of a share of 20,000 chains that are nearly independent are at most 0.014.
        for (var v = 0; v < expected.Length; v++) Assert.Equal(expected[v], counts[v], 0.016);
        Assert.True(expected.Max() > 3 * expected.Min());
    }

    [Fact]
    public void Learning_with_them_makes_the_data_likely()
    {
        using var net = new Persistence(seed: 1);
        var patterns = new float[] { 1, 0, 1, 0, 0, 1, 1, 1 };
        float[] data = [.. patterns, .. patterns, .. patterns];
        using var training = net.Train(new Sgd(0.1), Rows, threads: 1);
        double Likely() => Samples.Rows(patterns, Visible).Sum(v => DoubleRbm.Of(net, "machine").Distribution()[v.Select((bit, i) => (int)bit << i).Sum()]);
        Assert.True(Likely() < 0.3, $"before the training {Likely()}");
        for (var step = 0; step < 2_000; step++) training.Learn(data);
        Assert.True(Likely() > 0.6, $"after the training {Likely()}");
    }

    private static void Hold(Persistence net)
    {
        const float strong = 40;
        var w = new float[Visible * Persistence.Hidden];
        for (var i = 0; i < Visible; i++) w[i * Persistence.Hidden + i] = strong;
        net.Parameters.Machine.W.CopyFrom(w);
        net.Parameters.Machine.A.CopyFrom(Enumerable.Repeat(-strong / 2, Visible).ToArray());
        net.Parameters.Machine.B.CopyFrom(Enumerable.Repeat(-strong / 2, Persistence.Hidden).ToArray());
    }
}
