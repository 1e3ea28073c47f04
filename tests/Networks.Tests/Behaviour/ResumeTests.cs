using System.Buffers.Binary;
using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>A training that is loaded goes on as the one that was saved, whatever it was made with.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-resume-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Order_dropout_and_learning_rate_are_those_that_were_saved()
    {
        var (inputs, labels) = (Some.Numbers(50 * 6), Some.Classes(50, 3));
        using var net = new Forgetful(seed: ulong.MaxValue - 4);
        using var training = net.Train(new Adam(1e-2), batch: 16, threads: 1);
        await training.Fit(inputs, labels, epochs: 1);
        training.LearningRate = 3e-3;
        await training.Fit(inputs, labels, epochs: 1);
        net.Save(File("net"));
        training.Save(File("training"));
        await GoOn(training);

        // Its own seed is 0.
        using var loaded = Forgetful.Load(File("net"));
        using var resumed = loaded.Train(new Adam(1e-2), batch: 16, threads: 2);
        resumed.Load(File("training"));
        Assert.Equal(3e-3, resumed.LearningRate);
        await GoOn(resumed);
        Assert.Equal(net.Bits(), loaded.Bits());
        training.Save(File("one"));
        resumed.Save(File("other"));
        Assert.Equal(System.IO.File.ReadAllBytes(File("one")), System.IO.File.ReadAllBytes(File("other")));

        async Task GoOn(Forgetful.Training t)
        {
            await t.Fit(inputs, labels, epochs: 1);
            t.LearningRate = 1e-3;
            await t.Fit(inputs, labels, epochs: 2);
        }
    }

    [Theory]
    [InlineData(5), InlineData(8), InlineData(20)]
    public void What_an_optimizer_remembers_of_an_input_is_kept(int batch)
    {
        var (picture, labels) = (Some.Numbers(5 * 8), Some.Classes(5, 3));
        using var net = new Dreamer(seed: 1);
        using var training = net.Train(8, classify: new Sgd(0.1, momentum: 0.9), dream: new Adam(0.05), threads: 1);
        Dream(training, picture);
        training.Save(File("training"));
        var again = picture.ToArray();
        Dream(training, picture);

        using var other = new Dreamer();
        using var resumed = other.Train(batch, classify: new Sgd(0.1, momentum: 0.9), dream: new Adam(0.05), threads: 1);
        resumed.Load(File("training"));
        resumed.Save(File("same"));
        Dream(resumed, again);
        Assert.Equal(picture, again);
        Assert.Equal(net.Bits(), other.Bits());

        // Rows that were never moved are among the saved ones.
        if (batch == 8) Assert.Equal(System.IO.File.ReadAllBytes(File("training")), System.IO.File.ReadAllBytes(File("same")));

        void Dream(Dreamer.Training t, float[] values)
        {
            for (var step = 0; step < 4; step++)
            {
                t.Classify(values, labels);
                t.Dream(values, labels);
            }
        }
    }

    [Fact]
    public void What_was_remembered_of_an_input_is_forgotten_where_the_checkpoint_has_none()
    {
        float[] Dream(Dreamer.Training t)
        {
            var picture = Some.Numbers(8);
            for (var step = 0; step < 4; step++) t.Dream(picture, [1]);
            return picture;
        }

        using var net = new Dreamer(seed: 1);
        using var training = net.Train(1, dream: new Sgd(0.1, momentum: 0.9), threads: 1);
        training.Save(File("training"));
        var first = Dream(training);
        Assert.NotEqual(first, Dream(training));
        training.Load(File("training"));
        Assert.Equal(0, training.Step);
        Assert.Equal(first, Dream(training));
    }

    [Fact]
    public void What_does_not_fit_an_input_changes_nothing()
    {
        var picture = Some.Numbers(8);
        using var net = new Dreamer(seed: 1);
        using var training = net.Train(1, dream: new Adam(0.1), threads: 1);
        training.Dream(picture, [1]);
        training.Save(File("training"));
        var good = System.IO.File.ReadAllBytes(File("training"));

        const string Squares = "optimized.Dream.picture.0.second_moment";
        var bad = good.ToArray();
        BinaryPrimitives.WriteSingleLittleEndian(bad.AsSpan(CheckpointTests.Offset(bad, Squares)), -1);
        Refused(bad, Squares);
        bad = good.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bad.AsSpan(CheckpointTests.Offset(bad, "optimized.Dream.picture.0.steps")), -1);
        Refused(bad, "optimized.Dream.picture.0.steps");

        using var without = net.Train(1, classify: new Adam(0.1), threads: 1);
        Assert.Contains(Squares, Assert.Throws<CheckpointException>(() => without.Load(File("training"))).Unknown);

        void Refused(byte[] file, string tensor)
        {
            System.IO.File.WriteAllBytes(File("bad"), file);
            Assert.Equal(tensor, Assert.Throws<CheckpointException>(() => training.Load(File("bad"))).Tensor);
            training.Save(File("after"));
            Assert.Equal(good, System.IO.File.ReadAllBytes(File("after")));
        }
    }

    private string File(string name) => Path.Combine(_folder, name);
}
