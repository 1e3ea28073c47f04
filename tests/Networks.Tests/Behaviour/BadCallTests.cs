using Kiln;

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
        Assert.Throws<InvalidOperationException>(() => dreaming.Classify(picture, [0, 1]));
        Assert.Throws<InvalidOperationException>(() => dreaming.ApplyClassify());
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
        Assert.Throws<ObjectDisposedException>(() => net.CreateWorkspace());
        Assert.Throws<ObjectDisposedException>(() => net.LoadWeights("nowhere"));
        Assert.Throws<ObjectDisposedException>(() => net.AllParameters[0].ToArray());
        Assert.Throws<ObjectDisposedException>(() => net.Accuracy(image, [1]));
    }

    private static void Refused(string? parameter, Action call, params string[] texts)
    {
        var error = Assert.ThrowsAny<ArgumentException>(call);
        if (parameter is not null) Assert.Equal(parameter, error.ParamName);
        Assert.All(texts, text => Assert.Contains(text, error.Message));
    }
}
