using Kiln.Data;

namespace Kiln.Networks.Tests.Api;

/// <summary>The loops over data sets of sequences and over the parallel streams of a text.</summary>
public sealed class SequencesFitTests
{
    [Fact]
    public async Task A_set_of_sequences_is_padded_batch_by_batch()
    {
        using var net = new Sequences();
        using var training = net.Train(new Sgd(0.1), batch: 2, threads: 1);
        var data = SequenceSet.OfFrames([[0, 1, 2, 3], [4, 5], [6, 7, 8, 9, 10, 11]], 2).WithLabels([0, 1, 2], 3);
        var epochs = await training.FitClassify(data, validation: data);
        // In the set's order two rows of 2 steps, then one of 3: 100 · steps + 10 · length + label + first feature.
        Assert.Equal((220 + 0 + 0 + 210 + 1 + 4 + 330 + 2 + 6) / 3.0, epochs[0].ValidationLoss!.Value, 1e-3);
        Assert.True(epochs[0].Loss is >= 257 and <= 324);

        await Fails("expected frames of 2 features in data, but sequences of tokens came", SequenceSet.OfTokens([[1]], 3).WithLabels([0], 3));
        await Fails("expected labels of the kind Class in data, but those of the set are None", SequenceSet.OfFrames([[0, 1]], 2));
        await Fails("expected at most 3 classes in data, but the set has 4", SequenceSet.OfFrames([[0, 1]], 2).WithLabels([0], 4));

        async Task Fails(string message, SequenceSet set) => Assert.Contains(message, (await Assert.ThrowsAsync<ArgumentException>(() => training.FitClassify(set))).Message);
    }

    [Fact]
    public async Task Streams_keep_their_states_from_window_to_window_and_begin_each_epoch_afresh()
    {
        using var net = new Sequences();
        net.Parameters.Weight[0] = 0;
        using var training = net.Train(new Sgd(0), batch: 3, threads: 1);
        // Two streams of two windows: (1 2)(3 4) and (0 1)(2 3).
        var data = new TokenStreams([1, 2, 3, 4, 0, 1, 2, 3, 4], batch: 2, time: 2, vocabulary: 5);
        var epochs = await training.FitLearn(data, epochs: 2, validation: () => training.States.Total.ToArray()[0]);
        Assert.All(epochs, epoch =>
        {
            // The means of (3.5, 1.5) and of (10.5, 6.5).
            Assert.Equal((2.5 + 8.5) / 2, epoch.Loss);
            Assert.Equal(10.5, epoch.Validation);
            Assert.Equal(2, epoch.Steps);
        });
        Assert.Equal([10.5f, 6.5f, 0.5f], training.States.Total.ToArray());
        Assert.Equal(4, training.Step);

        await Fails("expected at most 3 streams, the batch of this training in data, but 4 came", new(new int[9], 4, 2, 5));
        await Fails("expected windows of at most 6 steps, as declared in data, but 7 came", new(new int[9], 1, 7, 5));
        await Fails("expected a vocabulary of at most 5 in data, but 6 came", new(new int[9], 1, 1, 6));

        async Task Fails(string message, TokenStreams streams) => Assert.Contains(message, (await Assert.ThrowsAsync<ArgumentException>(() => training.FitLearn(streams))).Message);
    }

    [Fact]
    public async Task A_run_that_a_limit_cut_short_goes_on_in_mid_stream_from_a_checkpoint()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var data = new TokenStreams([1, 2, 3, 4, 0, 1, 2, 3, 4], batch: 2, time: 2, vocabulary: 5);
            using var net = new Sequences();
            net.Parameters.Weight[0] = 0;
            using var training = net.Train(new Sgd(0), batch: 2, threads: 1);
            await training.FitLearn(data, options: new FitOptions { MaxSteps = 1 });
            training.Save(path);

            using var resumed = net.Train(new Sgd(0), batch: 2, threads: 1);
            resumed.Load(path);
            Assert.Equal([3.5f, 1.5f], resumed.States.Total.ToArray());
            var epochs = await resumed.FitLearn(data);
            Assert.Equal(8.5, epochs[0].Loss);
            Assert.Equal([10.5f, 6.5f], resumed.States.Total.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
