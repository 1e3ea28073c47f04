using Kiln;
using Kiln.Data;

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

    /// <summary>As by a loop over the same batches, with as many chains as the last batch has rows going on in it.</summary>
    [Fact]
    public async Task A_fit_keeps_them_if_it_is_told_to()
    {
        const int samples = 2 * Rows + 3, epochs = 2;
        var data = Samples.Bits(samples, Visible);
        using var net = new Persistence(seed: 1);
        using var training = net.Train(new Sgd(0.1), Rows, threads: 1);
        await training.Fit(data, epochs, options: new FitOptions { KeepStates = true });

        using var other = new Persistence(seed: 1);
        using var steps = other.Train(new Sgd(0.1), Rows, threads: 1);
        var batches = new BatchSampler(samples, Rows, seed: 1);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            batches.Start(epoch);
            for (var batch = 0; batch < batches.Batches; batch++) steps.Learn([.. batches[batch].ToArray().SelectMany(row => data[(row * Visible)..((row + 1) * Visible)])]);
        }
        Assert.Equal(steps.States.Chain.ToArray(), training.States.Chain.ToArray());
        Assert.Equal(other.Parameters.Machine.W.ToArray(), net.Parameters.Machine.W.ToArray());

        // Without it they begin anew in each batch.
        using var third = new Persistence(seed: 1);
        using var anew = third.Train(new Sgd(0.1), Rows, threads: 1);
        await anew.Fit(data, epochs);
        Assert.NotEqual(other.Parameters.Machine.W.ToArray(), third.Parameters.Machine.W.ToArray());
    }

    [Fact]
    public async Task Batches_of_images_begin_with_the_initial_states_as_rows_do()
    {
        const int images = 2 * Rows;
        var data = Samples.Bits(images, Visible);
        var set = new ImageSet([.. data.Select(bit => (byte)(255 * bit))], new int[images], channels: 1, height: 1, width: Visible, classes: 1);
        using var ofRows = new Persistence(seed: 1);
        using var ofImages = new Persistence(seed: 1);
        using (var training = ofRows.Train(new Sgd(0.1), Rows, threads: 1)) await training.Fit(data, epochs: 2);
        using (var training = ofImages.Train(new Sgd(0.1), Rows, threads: 1)) await training.Fit(set, epochs: 2);
        Assert.Equal(ofRows.Parameters.Machine.W.ToArray(), ofImages.Parameters.Machine.W.ToArray());
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
