using Kiln.Data;

namespace Kiln.Networks.Tests.Api;

/// <summary>What every generated class does, shown on a stack of one layer.</summary>
public sealed class LinearTests
{
    private static readonly float[] Inputs = [.. Enumerable.Range(0, 40 * 4).Select(i => MathF.Sin(i))];
    private static readonly int[] Labels = [.. Enumerable.Range(0, 40).Select(r => Enumerable.Range(0, 3).MaxBy(k => Inputs[r * 4 + k]))];

    [Fact]
    public void Predict_computes_any_number_of_rows_at_any_capacity()
    {
        using var small = new Linear(seed: 1);
        using var large = new Linear(seed: 1, batch: 64, threads: 2);
        var (a, b) = (new float[120], new float[120]);
        small.Predict(Inputs, a);
        large.Predict(Inputs, b);
        Assert.Equal(a, b);
        Assert.NotEqual(0, a[119]);

        var (weight, bias) = (small.Parameters.Dense.Weight.ToArray(), small.Parameters.Dense.Bias.ToArray());
        var expected = bias[2] + Enumerable.Range(0, 4).Sum(i => Inputs[39 * 4 + i] * weight[2 * 4 + i]);
        Assert.Equal(expected, a[119], 1e-5f);
    }

    [Fact]
    public void The_seed_chooses_the_weights()
    {
        using var a = new Linear(1);
        using var b = new Linear(1);
        using var c = new Linear(2);
        Assert.Equal(a.Parameters.Dense.Weight.ToArray(), b.Parameters.Dense.Weight.ToArray());
        Assert.NotEqual(a.Parameters.Dense.Weight.ToArray(), c.Parameters.Dense.Weight.ToArray());
    }

    [Fact]
    public void Parameters_are_reached_by_member_by_name_and_as_a_list()
    {
        using var net = new Linear();
        Assert.Same(net.Parameters.Dense.Weight, net["dense.weight"]);
        Assert.Same(net.Parameters["dense.bias"], net.AllParameters[1]);
        Assert.Equal([3, 4], net.Parameters.Dense.Weight.Shape.ToArray());
        var missing = Assert.Throws<KeyNotFoundException>(() => net["dense2.weight"]);
        Assert.Contains("dense.weight", missing.Message);
    }

    [Theory]
    [InlineData(0, 0, "input")]
    [InlineData(5, 3, "input")]
    [InlineData(8, 5, "output")]
    [InlineData(8, 3, "output")]
    public void Predict_names_the_span_of_the_wrong_length(int input, int output, string name)
    {
        using var net = new Linear();
        var error = Assert.Throws<ArgumentException>(() => net.Predict(new float[input], new float[output]));
        Assert.Equal(name, error.ParamName);
        Assert.Contains("Predict", error.Message);
    }

    [Fact]
    public void Learn_checks_labels_rows_and_lengths()
    {
        using var net = new Linear();
        using var training = net.Train(new Sgd(0.1), batch: 4, threads: 1);
        var label = Assert.Throws<ArgumentOutOfRangeException>(() => training.Learn(Inputs.AsSpan(0, 8), [0, 3]));
        Assert.Contains("target[1] is 3", label.Message);
        Assert.Contains("0 to 2", label.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => training.Learn(Inputs.AsSpan(0, 4), [-1]));
        var lengths = Assert.Throws<ArgumentException>(() => training.Learn(Inputs.AsSpan(0, 8), [0]));
        Assert.Equal("target", lengths.ParamName);
        var rows = Assert.Throws<ArgumentException>(() => training.Learn(Inputs.AsSpan(0, 20), Labels.AsSpan(0, 5)));
        Assert.Contains("at most 4 rows", rows.Message);
        Assert.Contains("5 came", rows.Message);
        Assert.Throws<ArgumentException>(() => training.Learn([], []));
        Assert.Equal(0, training.Step);
        Assert.True(float.IsFinite(training.Learn(Inputs.AsSpan(0, 16), Labels.AsSpan(0, 4))));
    }

    [Fact]
    public void Gradients_without_an_update_change_nothing_until_they_are_applied()
    {
        using var net = new Linear();
        using var training = net.Train(new Sgd(0.5), batch: 40, threads: 1);
        var before = net.Parameters.Dense.Weight.ToArray();
        var loss = training.LearnGradients(Inputs, Labels);
        Assert.Equal(loss, training.LearnLoss(Inputs, Labels));
        Assert.Equal(before, net.Parameters.Dense.Weight.ToArray());

        // The derivative along one weight, by finite differences.
        var gradient = training.Gradients.Dense.Weight[5];
        net.Parameters.Dense.Weight[5] = before[5] + 1e-2f;
        var above = training.LearnLoss(Inputs, Labels);
        net.Parameters.Dense.Weight[5] = before[5] - 1e-2f;
        var below = training.LearnLoss(Inputs, Labels);
        net.Parameters.Dense.Weight[5] = before[5];
        Assert.Equal((above - below) / 2e-2f, gradient, 1e-3f);

        Assert.Throws<InvalidOperationException>(training.ApplyLearn);
        training.LearnGradients(Inputs, Labels);
        training.ApplyLearn();
        Assert.Equal(before[5] - 0.5f * gradient, net.Parameters.Dense.Weight[5], 1e-6f);
        Assert.Equal(1, training.Step);
        Assert.Throws<InvalidOperationException>(training.ApplyLearn);
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_before_anything_is_written()
    {
        using var net = new Linear();
        using var training = net.Train(new Adam(), batch: 2, threads: 1);
        training.Learn(Inputs.AsSpan(0, 8), Labels.AsSpan(0, 2));
        var before = net.Parameters.Dense.Weight.ToArray();
        var error = Assert.Throws<NonFiniteLossException>(() => training.Learn([float.NaN, 0, 0, 0], [1]));
        Assert.Equal(("Learn", 1L), (error.Program, error.Step));
        Assert.True(float.IsNaN(error.Loss));
        Assert.Equal(before, net.Parameters.Dense.Weight.ToArray());
        Assert.Throws<InvalidOperationException>(training.ApplyLearn);
        Assert.True(float.IsFinite(training.Learn(Inputs.AsSpan(0, 8), Labels.AsSpan(0, 2))));
    }

    [Fact]
    public async Task Fit_learns_reports_epochs_and_repeats_itself()
    {
        async Task<(float[] Weight, IReadOnlyList<TrainingProgress> Epochs, double Accuracy)> Run(int threads)
        {
            using var net = new Linear(seed: 3);
            using var training = net.Train(new Adam(0.1), batch: 16, threads);
            var epochs = await training.Fit(Inputs, Labels, epochs: 60, validation: () => training.Accuracy(Inputs, Labels));
            return (net.Parameters.Dense.Weight.ToArray(), epochs, net.Accuracy(Inputs, Labels));
        }
        var (first, second) = (await Run(1), await Run(2));
        Assert.Equal(first.Weight, second.Weight);
        Assert.Equal(60, first.Epochs.Count);
        Assert.Equal(3, first.Epochs[0].Steps);
        Assert.All(first.Epochs, e => Assert.True(e.IsEndOfEpoch));
        Assert.True(first.Epochs[^1].Loss < first.Epochs[0].Loss / 2);
        Assert.True(first.Accuracy > 0.9);
        Assert.Equal(first.Accuracy, first.Epochs[^1].Validation);
    }

    [Fact]
    public async Task Cancelled_between_two_steps_the_training_goes_on_where_it_stopped()
    {
        using var net = new Linear();
        using var training = net.Train(new Sgd(0.1), batch: 8, threads: 1);
        using var source = new CancellationTokenSource();
        var progress = new Callback(p =>
        {
            if (p.Epoch == 2) source.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training.Fit(Inputs, Labels, 5, progress, cancellation: source.Token));
        Assert.Equal(10, training.Step);
        Assert.True(float.IsFinite(training.Learn(Inputs.AsSpan(0, 4), Labels.AsSpan(0, 1))));
        Assert.Equal(11, training.Step);
    }

    [Fact]
    public async Task Images_are_fitted_and_scored_scaled()
    {
        var pixels = new byte[30 * 4];
        var labels = new byte[30];
        for (var i = 0; i < 30; i++) pixels[i * 4 + (labels[i] = (byte)(i % 3))] = 255;
        var images = new ImageSet(pixels, labels, 2, 2, classes: 3);
        using var net = new Linear();
        using var training = net.Train(new Adam(0.1), batch: 8, threads: 1);
        var epochs = await training.Fit(images, epochs: 40, validation: images);
        Assert.Equal(1, epochs[^1].Validation);
        Assert.Equal(1, net.Accuracy(images));
        var other = new ImageSet(new byte[6], [0], 2, 3, classes: 3);
        await Assert.ThrowsAsync<ArgumentException>(() => training.Fit(other));
        Assert.Throws<ArgumentException>(() => net.Accuracy(other));
    }

    [Fact]
    public void Workspaces_share_the_weights_and_serve_threads_of_their_own()
    {
        using var net = new Linear(seed: 5);
        var expected = new float[120];
        net.Predict(Inputs, expected);
        Parallel.For(0, 8, _ =>
        {
            using var workspace = net.CreateWorkspace(batch: 3);
            var output = new float[120];
            for (var i = 0; i < 20; i++) workspace.Predict(Inputs, output);
            Assert.Equal(expected, output);
        });
    }

    [Fact]
    public void Weights_are_saved_and_loaded_all_or_nothing()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var net = new Linear(seed: 1);
            net.Save(path);
            using var loaded = Linear.Load(path, batch: 20);
            Assert.Equal(net.Parameters.Dense.Weight.ToArray(), loaded.Parameters.Dense.Weight.ToArray());
            using var other = new Outer.Programs();
            var error = Assert.Throws<CheckpointException>(() => other.LoadWeights(path));
            Assert.Contains("encoder.0.scale", error.Message);
            Assert.Contains("LoadMatching takes what fits", error.Message);
            using var training = net.Train(new Sgd(0.1));
            Assert.Contains("the network's LoadWeights", Assert.Throws<CheckpointException>(() => training.Load(path)).Message);
            Assert.Empty(other.LoadMatching(path));
            using var third = new Linear(seed: 2);
            Assert.Equal(["dense.weight", "dense.bias"], third.LoadMatching(path));
            Assert.Equal(net.Parameters.Dense.Weight.ToArray(), third.Parameters.Dense.Weight.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Throws<FileNotFoundException>(() => Linear.Load(path));
    }

    [Fact]
    public async Task A_training_that_is_restored_goes_on_as_if_it_had_not_stopped()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var net = new Linear(seed: 1);
            using var training = net.Train(new Adam(0.1), batch: 16, threads: 1);
            await training.Fit(Inputs, Labels, epochs: 2);
            training.Save(path);
            await training.Fit(Inputs, Labels, epochs: 2);

            using var again = new Linear(seed: 2);
            using var restored = again.Train(new Adam(0.1), batch: 16, threads: 1, seed: 1);
            restored.Load(path);
            Assert.Equal(6, restored.Step);
            await restored.Fit(Inputs, Labels, epochs: 2);
            Assert.Equal(net.Parameters.Dense.Weight.ToArray(), again.Parameters.Dense.Weight.ToArray());
            using var other = again.Train(new Sgd(0.1), threads: 1);
            Assert.Throws<CheckpointException>(() => other.Load(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_was_disposed_of_says_so()
    {
        var net = new Linear();
        var workspace = net.CreateWorkspace();
        var training = net.Train(new Sgd(0.1), batch: 1, threads: 1);
        var parameter = net.Parameters.Dense.Bias;
        net.Dispose();
        net.Dispose();
        var error = Assert.Throws<ObjectDisposedException>(() => net.Predict(new float[4], new float[3]));
        Assert.Equal("Linear", error.ObjectName);
        Assert.Throws<ObjectDisposedException>(() => workspace.Predict(new float[4], new float[3]));
        Assert.Throws<ObjectDisposedException>(() => training.Learn(new float[4], [0]));
        Assert.Throws<ObjectDisposedException>(() => parameter[0]);
        Assert.Throws<ObjectDisposedException>(() => net.Train(new Sgd(0.1)));
        Assert.Throws<ObjectDisposedException>(() => net.Save("anywhere"));
        training.Dispose();
        training.Dispose();
        workspace.Dispose();
    }

    [Fact]
    public void Sizes_are_checked_where_memory_is_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(batch: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(threads: -1));
        using var net = new Linear();
        Assert.Throws<ArgumentOutOfRangeException>(() => net.Train(new Sgd(0.1), batch: -5));
    }

    [Fact]
    public void No_program_allocates_after_its_first_call()
    {
        using var net = new Linear(batch: 8);
        using var training = net.Train(new Adam(), batch: 40, threads: 1);
        var output = new float[120];
        Assert.Equal(0, Kiln.Tests.Allocations.OfEveryCall(Round));

        void Round()
        {
            net.Predict(Inputs, output);
            training.Learn(Inputs, Labels);
            training.LearnLoss(Inputs, Labels);
            training.LearnGradients(Inputs, Labels);
            training.ApplyLearn();
        }
    }

    [Fact]
    public void The_summary_has_layers_parameters_and_memory()
    {
        Assert.Contains("Linear: 15 parameters", Linear.Summary);
        Assert.Contains("Dense(3)", Linear.Summary);
        Assert.Contains("12 per row", Linear.Summary);
    }

    private sealed class Callback(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
