using System.Buffers.Binary;
using System.Text;
using Kiln;
using Kiln.Networks.Tests.Api;

namespace Networks.Tests.Behaviour;

/// <summary>The layer of <see cref="Linear"/>, written as a program.</summary>
[Network]
public sealed partial class LinearProgram
{
    [Predict] static Tensor Logits([Shape(4)] Tensor input) => input.Dense(3);
    [Learn] static Loss Learn([Shape(4)] Tensor input, [Classes(3)] Labels target) => Logits(input).CrossEntropy(target);
}

/// <summary>Saving and loading of compiled networks: whole, or not at all.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-behaviour-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_saved_is_loaded_bit_for_bit()
    {
        using var net = new LeNet5(seed: 1);
        net.Save(File("net"));
        using var loaded = LeNet5.Load(File("net"), batch: 3);
        Assert.Equal(net.Bits(), loaded.Bits());
        var (a, b) = (new float[30], new float[30]);
        net.Predict(Some.Numbers(3 * 784), a);
        loaded.Predict(Some.Numbers(3 * 784), b);
        Assert.Equal(a, b);
    }

    [Fact]
    public void Shapes_and_names_in_the_file_are_the_standard_ones()
    {
        using var net = new LeNet5(seed: 1);
        net.Save(File("net"));
        var bytes = System.IO.File.ReadAllBytes(File("net"));
        var header = Encoding.UTF8.GetString(bytes, 8, (int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
        foreach (var text in new[] { "\"conv1.weight\":{\"dtype\":\"F32\",\"shape\":[6,1,5,5]", "\"conv2.weight\":{\"dtype\":\"F32\",\"shape\":[16,6,5,5]", "\"dense1.weight\":{\"dtype\":\"F32\",\"shape\":[120,400]", "\"dense3.bias\":{\"dtype\":\"F32\",\"shape\":[10]" })
            Assert.Contains(text, header);
    }

    [Fact]
    public void A_file_that_does_not_fit_changes_nothing()
    {
        using var net = new Mlp(seed: 1);
        net.Save(File("net"));
        var good = System.IO.File.ReadAllBytes(File("net"));
        var start = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(good);
        var header = Encoding.UTF8.GetString(good, 8, start - 8);

        using var victim = new Mlp(seed: 2);
        var before = victim.Bits();
        using (var other = new LeNet5()) other.Save(File("bad"));
        Refused("conv1.weight", "not expected");
        Refused(good[..^4], "truncated");
        Refused(good[..start], "truncated");
        Refused(good[..20], "truncated");
        Refused(good.Concat(new byte[4]).ToArray(), "but there are");

        var notFinite = good.ToArray();
        BinaryPrimitives.WriteSingleLittleEndian(notFinite.AsSpan(notFinite.Length - 4), float.NaN);
        Refused(notFinite, "NaN");

        var overlong = good.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(overlong, long.MaxValue);
        Refused(overlong, "header");

        // The second tensor begins within the first.
        var overlap = good.ToArray();
        Encoding.UTF8.GetBytes(header.Replace("[802816,803840]", "[802812,803836]")).CopyTo(overlap, 8);
        Assert.NotEqual(good, overlap);
        Refused(overlap, "802816");
        Assert.Throws<FileNotFoundException>(() => victim.LoadWeights(File("none")));
        Assert.Throws<CheckpointException>(() => victim.LoadWeights(_folder));
        Assert.Equal(before, victim.Bits());
        System.IO.File.WriteAllBytes(File("bad"), good);
        victim.LoadWeights(File("bad"));
        Assert.Equal(net.Bits(), victim.Bits());

        void Refused(params object[] what)
        {
            if (what[0] is byte[] bytes) System.IO.File.WriteAllBytes(File("bad"), bytes);
            var error = Assert.Throws<CheckpointException>(() => victim.LoadWeights(File("bad")));
            Assert.All(what.OfType<string>(), text => Assert.Contains(text, error.Message));
            Assert.Equal(before, victim.Bits());
            Assert.ThrowsAny<IOException>(() => Mlp.Load(File("bad")));
        }
    }

    [Fact]
    public void What_cannot_be_written_leaves_the_old_file()
    {
        using var old = new Mlp(seed: 1);
        using var net = new Mlp(seed: 2);
        old.Save(File("net"));
        var bytes = System.IO.File.ReadAllBytes(File("net"));
        Assert.Contains("net/beneath", Assert.Throws<CheckpointException>(() => net.Save(File("net/beneath"))).Message);
        Assert.Throws<CheckpointException>(() => net.Save(File("none/net")));
        Assert.Throws<CheckpointException>(() => net.Save(_folder));
        Assert.Equal(bytes, System.IO.File.ReadAllBytes(File("net")));
        Assert.Equal([File("net")], Directory.GetFileSystemEntries(_folder));
        net.Save(File("net"));
        using var loaded = Mlp.Load(File("net"));
        Assert.Equal(net.Bits(), loaded.Bits());
        Assert.Equal([File("net")], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void What_fits_is_loaded_alone()
    {
        using var reader = new Reader(seed: 1);
        reader.Save(File("net"));
        using var noise = new Noise(seed: 1);
        Assert.Empty(noise.LoadMatching(File("net")));
        using var dreamer = new Dreamer(seed: 1);
        dreamer.Save(File("net"));
        using var other = new Dreamer(seed: 2);
        Assert.Equal(dreamer.AllParameters.Select(p => p.Name), other.LoadMatching(File("net")));
        Assert.Equal(dreamer.Bits(), other.Bits());
    }

    /// <summary>The layers of a stack, written as a program, have another prefix.</summary>
    [Fact]
    public void Names_are_mapped_to_those_of_the_file()
    {
        using var stack = new Linear(seed: 1);
        stack.Save(File("stack"));
        using var program = new LinearProgram(seed: 2);
        var before = program.Bits();
        var error = Assert.Throws<CheckpointException>(() => program.LoadWeights(File("stack")));
        Assert.Contains("'logits.dense1.weight' (the file has 'dense.weight')", error.Message);
        Assert.Empty(program.LoadMatching(File("stack")));
        Assert.Equal(before, program.Bits());

        Assert.Equal(["logits.dense1.weight", "logits.dense1.bias"], program.LoadMatching(File("stack"), name => name.Replace("logits.dense1", "dense")));
        Assert.Equal(stack.Bits(), program.Bits());
        using var other = new LinearProgram(seed: 3);
        other.LoadWeights(File("stack"), name => "dense" + name[name.LastIndexOf('.')..]);
        Assert.Equal(stack.Bits(), other.Bits());
        Assert.Equal(["logits.dense1.bias"], new LinearProgram(seed: 3).LoadMatching(File("stack"), name => name.EndsWith("bias", StringComparison.Ordinal) ? "dense.bias" : null));
        Assert.Throws<CheckpointException>(() => other.LoadWeights(File("stack"), _ => "dense.bias"));
        Assert.Equal(stack.Bits(), other.Bits());
    }

    /// <summary>Somebody is killed while saving, again and again: the file is whole, and the next save or load clears away what was left.</summary>
    [Fact]
    public void What_a_killed_process_left_behind_is_cleared_away()
    {
        for (var i = 0; i < 4; i++)
        {
            Child.Kill(3 * i, "save for ever", File("net"));
            using var loaded = Mlp.Load(File("net"));
            using var expected = new Mlp(seed: 2);
            Assert.Equal(expected.Bits(), loaded.Bits());
            Assert.Equal([File("net")], Directory.GetFiles(_folder));
        }

        // One that nobody holds goes; one that is being written stays, and what only looks like one.
        var (abandoned, live, other) = (File("net.abcdefgh.ijk.tmp"), File("net.abcdefgh.xyz.tmp"), File("net.old.tmp"));
        System.IO.File.WriteAllText(abandoned, "");
        System.IO.File.WriteAllText(other, "");
        using (new FileStream(live, FileMode.CreateNew, FileAccess.Write, FileShare.Delete))
        {
            using var net = new Mlp(seed: 2);
            net.Save(File("net"));
            Assert.Equal([File("net"), live, other], Directory.GetFiles(_folder).Order(StringComparer.Ordinal));
        }
    }

    [Theory, InlineData(1), InlineData(2)]
    public async Task A_training_goes_on_as_if_it_had_not_been_interrupted(int threads)
    {
        var (images, labels) = (Some.Numbers(50 * 6), Some.Classes(50, 3));
        using var net = new Centred(seed: 1);
        using var training = net.Train(new Adam(1e-2), batch: 16, threads);
        await training.FitLearn(images, labels, epochs: 2);
        training.Measure(images.AsSpan(0, 6));
        training.LearningRate = 3e-3;
        training.Save(File("training"));
        await training.FitLearn(images, labels, epochs: 2);

        using var again = new Centred(seed: 9);
        using var resumed = again.Train(new Adam(1e-2), batch: 16, threads);
        resumed.Load(File("training"));
        Assert.Equal((9, 3e-3), (resumed.Step, resumed.LearningRate));
        await resumed.FitLearn(images, labels, epochs: 2);
        Assert.Equal(net.Bits(), again.Bits());
        Assert.Equal(training.Step, resumed.Step);

        using var wrong = again.Train(new Sgd(1e-2), batch: 16, threads);
        Assert.Throws<CheckpointException>(() => wrong.Load(File("training")));
        Assert.Throws<CheckpointException>(() => again.LoadWeights(File("training")));
    }

    [Fact]
    public void A_training_that_cannot_be_restored_is_as_it_was()
    {
        var (images, labels) = (Some.Numbers(8 * 6), Some.Classes(8, 3));
        using var net = new Centred(seed: 1);
        using var training = net.Train(new Adam(1e-2), batch: 8, threads: 1);
        training.Learn(images, labels);
        training.Save(File("good"));
        var good = System.IO.File.ReadAllBytes(File("good"));
        training.Learn(images, labels);
        training.Save(File("before"));
        var before = System.IO.File.ReadAllBytes(File("before"));

        var notFinite = good.ToArray();
        var weights = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(good);
        BinaryPrimitives.WriteSingleLittleEndian(notFinite.AsSpan(weights), float.PositiveInfinity);
        using (var other = new Mlp())
        using (var otherTraining = other.Train(new Adam(), batch: 1, threads: 1)) otherTraining.Save(File("other"));
        net.Save(File("weights"));
        foreach (var bad in new[] { good[..^1], good[..weights], good[..5], [.. good, 0], notFinite, System.IO.File.ReadAllBytes(File("other")), System.IO.File.ReadAllBytes(File("weights")) })
        {
            System.IO.File.WriteAllBytes(File("bad"), bad);
            Assert.Equal(File("bad"), Assert.Throws<CheckpointException>(() => training.Load(File("bad"))).Path);
            training.Save(File("after"));
            Assert.Equal(before, System.IO.File.ReadAllBytes(File("after")));
        }
        Assert.Throws<FileNotFoundException>(() => training.Load(File("none")));
        Assert.Throws<CheckpointException>(() => training.Load(_folder));
        Assert.Throws<CheckpointException>(() => training.Save(_folder));
        Assert.Throws<CheckpointException>(() => training.Save(File("none/training")));
        training.Load(File("good"));
        Assert.Equal(1, training.Step);
        training.Learn(images, labels);
        training.Save(File("after"));
        Assert.Equal(before, System.IO.File.ReadAllBytes(File("after")));
    }

    [Fact]
    public async Task A_training_saved_at_an_epochs_end_goes_on_with_the_next()
    {
        var (images, labels) = (Some.Numbers(50 * 784), Some.Classes(50, 10));
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05, momentum: 0.9), batch: 16, threads: 1);
        await training.Fit(images, labels, epochs: 4, new Told(p =>
        {
            if (p is { IsEndOfEpoch: true, Epoch: 2 }) training.Save(File("training"));
        }));

        using var again = new Mlp(seed: 1);
        using var resumed = again.Train(new Sgd(0.05, momentum: 0.9), batch: 16, threads: 1);
        resumed.Load(File("training"));
        Assert.Equal(8, resumed.Step);
        await resumed.Fit(images, labels, epochs: 2);
        Assert.Equal(net.Bits(), again.Bits());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void What_could_not_be_loaded_is_not_saved(float poison)
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Adam(), batch: 1, threads: 1);
        net.Save(File("net"));
        training.Save(File("training"));
        var (weights, whole) = (System.IO.File.ReadAllBytes(File("net")), System.IO.File.ReadAllBytes(File("training")));
        net["dense2.bias"][3] = poison;
        foreach (var save in new Action[] { () => net.Save(File("net")), () => training.Save(File("training")) })
        {
            var error = Assert.Throws<CheckpointException>(save);
            Assert.Equal("dense2.bias", error.Tensor);
            Assert.Contains("at element 3", error.Message);
        }
        Assert.Equal(weights, System.IO.File.ReadAllBytes(File("net")));
        Assert.Equal(whole, System.IO.File.ReadAllBytes(File("training")));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void Numbers_that_no_training_writes_are_refused()
    {
        using var net = new Centred(seed: 1);
        using var training = net.Train(new Adam(1e-2), batch: 8, threads: 1);
        training.Learn(Some.Numbers(8 * 6), Some.Classes(8, 3));
        training.Save(File("training"));
        var good = System.IO.File.ReadAllBytes(File("training"));
        foreach (var (tensor, write) in new (string, Action<Span<byte>>)[]
        {
            ("optimizer.0.steps", b => BinaryPrimitives.WriteInt64LittleEndian(b, -1)),
            ("optimizer.0.steps", b => BinaryPrimitives.WriteInt64LittleEndian(b, long.MaxValue)),
            ("training.steps", b => BinaryPrimitives.WriteInt64LittleEndian(b, long.MaxValue)),
            ("training.counters", b => BinaryPrimitives.WriteInt64LittleEndian(b, long.MinValue)),
            ("training.counters", b => BinaryPrimitives.WriteInt64LittleEndian(b[8..], int.MaxValue + 1L)),
            ("training.learning_rates", b => BinaryPrimitives.WriteDoubleLittleEndian(b, -0.1)),
            ("training.seed", b => BinaryPrimitives.WriteDoubleLittleEndian(b, 0.5)),
            ("optimizer.0.second_moment.head.weight", b => BinaryPrimitives.WriteSingleLittleEndian(b, -1e-3f)),
        })
        {
            var bad = good.ToArray();
            write(bad.AsSpan(Offset(good, tensor)));
            System.IO.File.WriteAllBytes(File("bad"), bad);
            Assert.Equal(tensor, Assert.Throws<CheckpointException>(() => training.Load(File("bad"))).Tensor);
            training.Save(File("after"));
            Assert.Equal(good, System.IO.File.ReadAllBytes(File("after")));
        }
    }

    public static TheoryData<string, Optimizer> Squares => new()
    {
        { "second_moment", new Adam() },
        { "square_average", new RmsProp(momentum: 0.9) },
        { "square_sum", new AdaGrad() },
        { "square_average", new AdaDelta() },
        { "update_average", new AdaDelta() },
        { "largest_second_moment", new AmsGrad() },
        { "infinity_norm", new Adamax() },
        { "step_size", new Rprop() },
    };

    [Theory, MemberData(nameof(Squares), DisableDiscoveryEnumeration = true)]
    public void Squares_norms_and_sizes_below_zero_are_refused(string slot, Optimizer optimizer)
    {
        using var net = new Centred(seed: 1);
        using var training = net.Train(optimizer, batch: 8, threads: 1);
        training.Learn(Some.Numbers(8 * 6), Some.Classes(8, 3));
        training.Save(File("training"));
        var bad = System.IO.File.ReadAllBytes(File("training"));
        var tensor = $"optimizer.0.{slot}.head.bias";
        BinaryPrimitives.WriteSingleLittleEndian(bad.AsSpan(Offset(bad, tensor) + 4), -1e-30f);
        System.IO.File.WriteAllBytes(File("bad"), bad);
        var error = Assert.Throws<CheckpointException>(() => training.Load(File("bad")));
        Assert.Equal(tensor, error.Tensor);
        Assert.Contains("at element 1", error.Message);
        training.Save(File("after"));
        Assert.Equal(System.IO.File.ReadAllBytes(File("training")), System.IO.File.ReadAllBytes(File("after")));
    }

    internal static int Offset(byte[] file, string tensor)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var header = System.Text.Json.JsonDocument.Parse(file.AsMemory(8, length));
        return 8 + length + header.RootElement.GetProperty(tensor).GetProperty("data_offsets")[0].GetInt32();
    }

    [Fact]
    public async Task A_save_beside_a_training_is_of_one_moment()
    {
        // After a step with the rate 1, all weights of a layer without bias of its own have moved by one gradient: equal inputs keep its rows equal.
        var (images, labels) = (Enumerable.Repeat(0.5f, 16 * 784).ToArray(), Some.Classes(16, 10));
        using var net = new Mlp(seed: 1);
        var first = net["dense1.weight"];
        first.CopyFrom(Enumerable.Range(0, first.Length).Select(i => 1e-3f * (i / 784 % 7)).ToArray());
        using var training = net.Train(new Sgd(1e-2), batch: 16, threads: 1);
        var steps = Task.Run(() => training.Fit(images, labels, epochs: 200));
        for (var i = 0; i < 20; i++)
        {
            net.Save(File("net"));
            using var copy = Mlp.Load(File("net"));
            var values = copy["dense1.weight"].ToArray();
            for (var unit = 0; unit < 256; unit++) Assert.Single(values.AsSpan(unit * 784, 784).ToArray().Distinct());
        }
        await steps;
    }

    [Fact]
    public async Task Disposal_while_weights_are_copied_is_told_and_frees_once()
    {
        for (var round = 0; round < 20; round++)
        {
            var net = new Mlp(seed: 1);
            var view = net["dense1.weight"];
            var copies = Task.Run(() =>
            {
                var values = new float[view.Length];
                try
                {
                    while (true) view.CopyTo(values);
                }
                catch (ObjectDisposedException)
                {
                }
            });
            for (var i = 0; i < round; i++) Thread.Yield();
            await Task.WhenAll(Task.Run(net.Dispose), Task.Run(net.Dispose));
            await copies;
        }
    }

    private string File(string name) => Path.Combine(_folder, name);
}
