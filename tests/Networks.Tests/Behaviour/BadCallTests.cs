using Kiln;
using Kiln.Data;

namespace Networks.Tests.Behaviour;

/// <summary>Calls that cannot be answered are refused by name, and change nothing.</summary>
public sealed class BadCallTests
{
    [Fact]
    public void Spans_of_the_wrong_length_are_named()
    {
        using var net = new LeNet5();
        using var training = net.Train(new Sgd(0.1), batch: 4, threads: 1);
        Refused("input", () => net.Predict(new float[783], new float[10]), "multiple of 784", "783");
        Refused("input", () => net.Predict([], []), "at least one row", "empty");
        Refused("output", () => net.Predict(new float[2 * 784], new float[10]), "room for 20", "has 10");
        Refused("target", () => training.Learn(new float[2 * 784], [1]), "2 elements", "has 1");
        Refused("input", () => training.LearnGradients([], []), "at least one row");
        Refused(null, () => training.Learn(new float[5 * 784], new int[5]), "at most 4 rows", "5 came");
        Assert.Equal(0, training.Step);
    }

    [Theory]
    [InlineData(-1), InlineData(3), InlineData(int.MaxValue), InlineData(int.MinValue)]
    public void Labels_that_are_no_class_are_named_with_their_place(int label)
    {
        using var net = new Sizes();
        using var training = net.Train(new Sgd(0.1), batch: 4, threads: 1);
        var before = net.Bits();
        Refused("label", () => training.Learn(new float[2 * 36], 6, [0, label]), "classes from 0 to 2", $"label[1] is {label}");
        using var reader = new Reader();
        using var reading = reader.Train(new Sgd(0.1), batch: 4, threads: 1);
        Refused("text", () => reading.Learn(new float[7], [0, 1, 2, 3, 4]), "text[4] is 4");
        Assert.Equal(before, net.Bits());
    }

    [Fact]
    public void Programs_beyond_a_stack_check_theirs()
    {
        using var pixels = new Pixels();
        Refused("bias", () => pixels.Classify(new byte[30], new float[8], new int[2], new float[8]), "room for 4");
        Refused("best", () => pixels.Classify(new byte[30], new float[8], new int[1], new float[4]), "room for 2");
        using var sizes = new Sizes();
        Refused(null, () => sizes.Logits(new float[42], 7, new float[3]), "6, 8", "7 came");
        Refused("image", () => sizes.Logits(new float[36], 8, new float[3]), "multiple of 48");
        using var noise = new Noise();
        Refused("rows", () => noise.Sample(0, []), "at least one row");
        Refused("output", () => noise.Sample(2, new float[5]), "room for 6");
        using var training = noise.Train(new Sgd(0.1), 2, 1);
        Refused("rows", () => training.Shrink(-3), "at least one row");
        Refused(null, () => training.Shrink(3), "at most 2 rows");
        using var dreamer = new Dreamer();
        using var dreaming = dreamer.Train(4, dream: new Sgd(1), threads: 1);
        var picture = Some.Numbers(16);
        dreaming.DreamGradients(picture, [0, 1]);
        Refused("picture", () => dreaming.ApplyDream(picture.AsSpan(0, 8)), "expected the 16 values", "has 8");
    }

    [Fact]
    public async Task A_program_without_an_optimizer_gives_losses_and_gradients_but_no_update()
    {
        using var gan = new Gan();
        using var training = gan.Train(4, fool: new Sgd(1), threads: 1);
        var (real, noise, before) = (Some.Numbers(48), Some.Numbers(20), gan.Bits());
        Assert.Equal(training.JudgeLoss(real, noise), training.JudgeGradients(real, noise));
        Assert.Contains(training.Gradients.Critic.Item3.Weight.ToArray(), g => g != 0);
        Assert.Contains("Judge: this training was made without an optimizer for it", Assert.Throws<InvalidOperationException>(training.ApplyJudge).Message);
        Assert.Throws<InvalidOperationException>(() => training.Judge(real, noise));
        await Assert.ThrowsAsync<InvalidOperationException>(() => training.FitJudge(real, noise));
        Assert.Equal(before, gan.Bits());
        Assert.Equal(0, training.Step);
        training.Fool(noise);
        Assert.Equal(1, training.Step);
    }

    [Fact]
    public void Nothing_where_something_is_needed_is_named()
    {
        using var net = new Mlp();
        using var gan = new Gan();
        using var training = net.Train(new Sgd(0.1), batch: 2, threads: 1);
        Missing("optimizer", () => net.Train(null!));
        Missing("optimizer", () => gan.Train(null!, batch: 2));
        Missing("data", () => training.Fit((ImageSet)null!));
        Missing("images", () => net.Accuracy((ImageSet)null!));
        Missing("path", () => net.Save(null!));
        Missing("path", () => net.LoadWeights(null!));
        Missing("path", () => net.LoadMatching(null!));
        Missing("path", () => Mlp.Load(null!));
        Missing("path", () => training.Save(null!));
        Missing("path", () => training.Load(null!));
        Missing("name", () => _ = net[null!]);
        Missing("other", () => net["dense1.bias"].CopyFrom((ParameterView)null!));
        Missing("images", () => ImageSet.Load(null!, "labels", 10));
        Missing("labels", () => ImageSet.Load("images", null!, 10));
        Missing("folder", () => ImageSet.LoadMnist(null!));
        foreach (var call in (Action[])[() => net.Save(""), () => net.LoadWeights(""), () => net.LoadMatching(""), () => Mlp.Load(""), () => training.Save(""), () => training.Load("")]) Refused("path", call);

        static void Missing(string parameter, Action call) => Assert.Equal(parameter, Assert.Throws<ArgumentNullException>(call).ParamName);
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(int.MinValue), InlineData(int.MaxValue)]
    public void Batches_that_cannot_be_are_named(int batch)
    {
        using var net = new Mlp();
        foreach (var call in (Action[])[() => new Mlp(batch: batch), () => Mlp.Load("nowhere", batch), () => net.CreateWorkspace(batch), () => net.Train(new Sgd(0.1), batch)])
            Assert.Equal("batch", Assert.Throws<ArgumentOutOfRangeException>(call).ParamName);
    }

    [Theory, InlineData(-1), InlineData(1025), InlineData(int.MinValue), InlineData(int.MaxValue)]
    public void Threads_that_cannot_be_are_named(int threads)
    {
        using var net = new Mlp();
        foreach (var call in (Action[])[() => new Mlp(threads: threads), () => Mlp.Load("nowhere", threads: threads), () => net.CreateWorkspace(threads: threads), () => net.Train(new Sgd(0.1), threads: threads)])
            Assert.Equal("threads", Assert.Throws<ArgumentOutOfRangeException>(call).ParamName);
    }

    [Fact]
    public void Images_that_do_not_fit_are_named_before_the_first_step()
    {
        using var net = new Mlp();
        using var training = net.Train(new Sgd(0.1), batch: 4, threads: 1);
        var good = Digits.Generate(8, seed: 1);
        ImageSet Images(int side, byte label) => new(new byte[side * side], [label], side, side, classes: 11);
        Refused("data", () => training.Fit(Images(27, 0)), "784 pixels", "27×27");
        Refused("data", () => training.Fit(new ImageSet([], [], 28, 28, 10)), "at least one image");
        Refused("data.Labels", () => training.Fit(Images(28, 10)), "data.Labels[0] is 10");
        Refused("validation", () => training.Fit(good, validation: Images(27, 0)), "784 pixels");
        Refused("validation.Labels", () => training.Fit(good, validation: Images(28, 10)), "classes from 0 to 9");
        Refused("images", () => net.Accuracy(Images(27, 0)), "784 pixels");
        Refused("labels", () => net.Accuracy(Images(28, 10)), "10");
        Assert.Equal(0, training.Step);
    }

    [Fact]
    public void Numbers_that_are_no_parameters_are_named()
    {
        using var net = new Mlp();
        using var training = net.Train(new Sgd(0.1), batch: 2, threads: 1);
        Refused("LearningRate", () => training.LearningRate = double.NaN, "from 0 to 1e18");
        Refused("LearningRate", () => training.LearningRate = 1e39, "from 0 to 1e18");
        Refused("epsilon", () => _ = new Adam(epsilon: 1e-50), "as a float");
        Refused("LearningRate", () => training.LearningRate = -1, "from 0 to 1e18");
        Refused("index", () => _ = net["dense3.bias"][10], "dense3.bias", "10 values");
        Refused("target", () => net["dense3.bias"].CopyTo(new float[9]), "has 9");
        Refused("source", () => net["dense3.bias"].CopyFrom(new float[11]), "has 11");
        Refused("other", () => net["dense3.bias"].CopyFrom(net["dense2.bias"]), "[10]", "[128]");
        Assert.Contains("dense3.bias", Assert.Throws<KeyNotFoundException>(() => net["dense4.bias"]).Message);
        Assert.Equal(0.1, training.LearningRate);
    }

    [Fact]
    public void What_was_disposed_of_says_so_and_leaves_the_others()
    {
        var net = new Mlp();
        using var other = net.CreateWorkspace();
        var (workspace, training) = (net.CreateWorkspace(), net.Train(new Sgd(0.1), 2, 1));
        var (image, logits) = (new float[784], new float[10]);
        workspace.Dispose();
        training.Dispose();
        Assert.Equal("Workspace", Assert.Throws<ObjectDisposedException>(() => workspace.Predict(image, logits)).ObjectName);
        Assert.Equal("Training", Assert.Throws<ObjectDisposedException>(() => training.Learn(image, [1])).ObjectName);
        Assert.Throws<ObjectDisposedException>(training.ApplyLearn);
        Assert.Throws<ObjectDisposedException>(() => training.Save("nowhere"));
        Assert.Throws<ObjectDisposedException>(() => training.Load("nowhere"));
        Assert.Throws<ObjectDisposedException>(() => { _ = training.Fit(image, (int[])[1]); });
        other.Predict(image, logits);
        net.Predict(image, logits);

        net.Dispose();
        Assert.Equal("Mlp", Assert.Throws<ObjectDisposedException>(() => other.Predict(image, logits)).ObjectName);
        Assert.Throws<ObjectDisposedException>(() => net.Predict(image, logits));
        Assert.Throws<ObjectDisposedException>(() => net.CreateWorkspace());
        Assert.Throws<ObjectDisposedException>(() => net.Train(new Sgd(0.1)));
        Assert.Throws<ObjectDisposedException>(() => net.Save("nowhere"));
        Assert.Throws<ObjectDisposedException>(() => net.LoadMatching("nowhere"));
        Assert.Throws<ObjectDisposedException>(() => net.LoadWeights("nowhere"));
        var parameter = net.AllParameters[0];
        Assert.Equal(parameter.Name, Assert.Throws<ObjectDisposedException>(() => parameter.ToArray()).ObjectName);
        Assert.Throws<ObjectDisposedException>(() => net.Accuracy(image, [1]));
        Assert.False(File.Exists("nowhere"));
        net.Dispose();
        workspace.Dispose();
        training.Dispose();
    }

    private static void Refused(string? parameter, Action call, params string[] texts)
    {
        var error = Assert.ThrowsAny<ArgumentException>(call);
        if (parameter is not null) Assert.Equal(parameter, error.ParamName);
        Assert.All(texts, text => Assert.Contains(text, error.Message));
    }
}
