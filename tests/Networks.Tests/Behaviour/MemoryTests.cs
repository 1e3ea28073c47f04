using Kiln;
using Kiln.Tests;

namespace Networks.Tests.Behaviour;

/// <summary>States that are sequences: what one program keeps and another attends to.</summary>
public sealed class MemoryTests
{
    private const int Symbols = Attending.Symbols;

    // Rows of 4, 2 and 3 steps; what pads them is no token.
    private static readonly int[] Source = [1, 4, 0, 3, 2, 2, -9, -9, 0, 3, 1, -9];
    private static readonly int[] Lengths = [4, 2, 3];

    [Theory, InlineData(1ul), InlineData(2ul), InlineData(3ul)]
    public void A_beam_of_width_one_gives_what_decoding_in_one_call_gives(ulong seed)
    {
        using var net = Trained(seed);
        var (tokens, counts) = (new int[3 * Attending.Most], new int[3]);
        net.Translate(Source, Lengths, tokens, counts);
        for (var row = 0; row < 3; row++)
            Assert.Equal(tokens.AsSpan(row * Attending.Most, counts[row]).ToArray(), Beam(net, Source.AsSpan(row * 4, Lengths[row]), width: 1));
    }

    [Fact]
    public void A_wider_beam_finds_what_is_at_least_as_probable()
    {
        var better = 0;
        for (var seed = 1ul; seed <= 6; seed++)
        {
            using var net = Trained(seed);
            var source = Source.AsSpan(0, 4);
            var (narrow, wide) = (LogProbability(net, source, Beam(net, source, 1)), LogProbability(net, source, Beam(net, source, 5)));
            Assert.True(wide >= narrow - 1e-4, $"{wide} after {narrow}");
            if (wide > narrow + 1e-4) better++;
        }
        Assert.True(better > 0);
    }

    [Fact]
    public void Sources_of_different_lengths_decode_as_each_alone()
    {
        using var net = new Attending(seed: 1, batch: 3);
        using var alone = net.CreateWorkspace();
        var (together, one) = (new float[3 * Symbols], new float[Symbols]);
        net.Begin(Source, Lengths);
        Assert.Equal(Lengths, net.States.Memory.Lengths);
        Assert.Equal(4, net.States.Memory.Steps);
        int[] tokens = [Attending.Start, 2, 3];
        net.Next(tokens, together);
        net.Next(tokens, together);
        for (var row = 0; row < 3; row++)
        {
            alone.Begin(Source.AsSpan(row * 4, Lengths[row]), [Lengths[row]]);
            alone.Next([tokens[row]], one);
            alone.Next([tokens[row]], one);
            Assert.Equal(one, together.AsSpan(row * Symbols, Symbols).ToArray());
        }
    }

    [Fact]
    public void Gather_puts_rows_and_their_lengths_in_another_order()
    {
        using var net = new Attending(seed: 1, batch: 3);
        var (before, after) = (new float[3 * Symbols], new float[3 * Symbols]);
        net.Begin(Source, Lengths);
        var memory = net.States.Memory.ToArray();
        net.Next([1, 1, 1], before);
        net.Begin(Source, Lengths);
        net.States.Memory.Gather([2, 0, 0]);
        Assert.Equal([3, 4, 4], net.States.Memory.Lengths);
        var features = net.States.Memory.StepLength;
        Assert.Equal([.. Row(2), .. Row(0), .. Row(0)], net.States.Memory.ToArray());
        net.Next([1, 1, 1], after);
        Assert.Equal(Scores(before, 2), Scores(after, 0));
        Assert.Equal(Scores(before, 0), Scores(after, 1));
        Assert.Equal(Scores(before, 0), Scores(after, 2));

        // Rows that are not among them stay; all states together go the same way, and hidden states alone do.
        net.States.Gather([1]);
        Assert.Equal([4, 4, 4], net.States.Memory.Lengths);
        net.States.Hidden.Gather([2, 1, 0]);
        Assert.Equal([4, 4, 4], net.States.Memory.Lengths);
        // The longest row is gone.
        net.Begin(Source, Lengths);
        net.States.Gather([1, 1, 2]);
        Assert.Equal(3, net.States.Memory.Steps);

        float[] Row(int row) => memory.AsSpan(row * 4 * features, 4 * features).ToArray();
        static float[] Scores(float[] all, int row) => all.AsSpan(row * Symbols, Symbols).ToArray();
    }

    [Fact]
    public void A_call_of_some_rows_leaves_the_others_as_they_are()
    {
        using var net = new Attending(seed: 1, batch: 3);
        net.Begin(Source, Lengths);
        var (memory, features) = (net.States.Memory.ToArray(), net.States.Memory.StepLength);
        net.Begin([3, 3, 3, 3, 3, 3], [6]);
        Assert.Equal([6, 2, 3], net.States.Memory.Lengths);
        var after = net.States.Memory.ToArray();
        Assert.Equal(memory.AsSpan(4 * features, 2 * features).ToArray(), after.AsSpan(6 * features, 2 * features).ToArray());
        Assert.Equal(memory.AsSpan(8 * features, 3 * features).ToArray(), after.AsSpan(12 * features, 3 * features).ToArray());
        Assert.All(after.AsSpan(8 * features, 4 * features).ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void What_a_program_gives_over_the_memory_has_its_steps()
    {
        using var net = new Attending(seed: 1, batch: 3);
        net.Begin(Source, Lengths);
        var weights = new float[12];
        net.Look(3, weights);
        for (var row = 0; row < 3; row++)
        {
            Assert.Equal(1, weights.AsSpan(row * 4, Lengths[row]).ToArray().Sum(), 1e-5);
            Assert.All(weights.AsSpan(row * 4 + Lengths[row], 4 - Lengths[row]).ToArray(), value => Assert.Equal(0, value));
        }
        Assert.Contains("Look: expected room for 12 elements (3 rows of 4 steps of 1), but output has 11.", Assert.Throws<ArgumentException>(() => net.Look(3, new float[11])).Message);
    }

    [Fact]
    public void What_comes_too_early_or_does_not_fit_is_refused_by_name()
    {
        using var net = new Attending(seed: 1, batch: 2);
        var scores = new float[2 * Symbols];
        Assert.Equal("Next: row 0 of the state 'memory' has no steps: a call that assigns the state comes first, or CopyFrom.", Assert.Throws<InvalidOperationException>(() => net.Next([0, 0], scores)).Message);
        net.Begin([1, 2], [2]);
        Assert.StartsWith("Next: row 1 of the state 'memory' has no steps", Assert.Throws<InvalidOperationException>(() => net.Next([0, 0], scores)).Message);
        net.Next([0], scores.AsSpan(0, Symbols));
        net.Begin([1, 2, 3, 4], [2, 1]);
        net.Next([0, 0], scores);
        net.States.Reset(1);
        Assert.StartsWith("Next: row 1", Assert.Throws<InvalidOperationException>(() => net.Next([0, 0], scores)).Message);
        net.States.Memory.Reset();
        Assert.Equal(0, net.States.Memory.Steps);
        Assert.StartsWith("Next: row 0", Assert.Throws<InvalidOperationException>(() => net.Next([0], scores.AsSpan(0, Symbols))).Message);

        Assert.Contains("Begin: expected at most 2 rows, the batch that there are states of, but 3 came.", Assert.Throws<ArgumentException>(() => net.Begin(Source, Lengths)).Message);
        Assert.Contains("Next: expected at most 2 rows, the batch that there are states of, but 3 came.", Assert.Throws<ArgumentException>(() => net.Next([0, 0, 0], new float[3 * Symbols])).Message);
        Assert.Contains("States.memory.Gather: expected a row from 0 to 1, but 2 came.", Assert.Throws<ArgumentOutOfRangeException>(() => net.States.Memory.Gather([0, 2])).Message);
        Assert.Contains("States.memory.Gather: expected at most 2 rows, the batch, but rows has 3.", Assert.Throws<ArgumentException>(() => net.States.Memory.Gather([0, 0, 0])).Message);
        Assert.Contains("States.memory.Reset: expected a row from 0 to 1, but -1 came.", Assert.Throws<ArgumentOutOfRangeException>(() => net.States.Memory.Reset(-1)).Message);
        Assert.Contains("'memory': expected 2 lengths, one for each row, but lengths has 1.", Assert.Throws<ArgumentException>(() => net.States.Memory.CopyFrom([], [0])).Message);
        Assert.Contains("'memory': expected 36 elements (2 rows of 1 step of 18), but values has 37.", Assert.Throws<ArgumentException>(() => net.States.Memory.CopyFrom(new float[37], [1, 1])).Message);
        Assert.Contains("'memory': expected lengths from 0 to 1, the steps that there are, but lengths[1] is 2.", Assert.Throws<ArgumentOutOfRangeException>(() => net.States.Memory.CopyFrom(new float[36], [1, 2])).Message);
        Assert.Contains("'memory': expected 0 elements (2 rows of 0 steps of 18), but values has 1.", Assert.Throws<ArgumentException>(() => net.States.Memory.CopyTo(new float[1], new int[2])).Message);
    }

    [Fact]
    public void A_memory_is_copied_out_and_back()
    {
        using var net = new Attending(seed: 1, batch: 3);
        using var other = net.CreateWorkspace(batch: 3);
        var (scores, same) = (new float[3 * Symbols], new float[3 * Symbols]);
        net.Begin(Source, Lengths);
        var (values, lengths) = (new float[3 * 4 * net.States.Memory.StepLength], new int[3]);
        net.States.Memory.CopyTo(values, lengths);
        Assert.Equal(Lengths, lengths);
        other.States.Memory.CopyFrom(values, lengths);
        net.Next([1, 2, 3], scores);
        other.Next([1, 2, 3], same);
        Assert.Equal(scores, same);
        Assert.Equal("memory [3 rows, 4 steps, 18]", other.States.Memory.ToString());
        Assert.Equal("memory", Assert.Single(other.States.AllSequences).Name);

        // A row may have none, and then there are as many steps as the longest of the others has.
        other.States.Memory.CopyFrom(values, [0, 2, 3]);
        Assert.Equal(3, other.States.Memory.Steps);
        Assert.Equal(values.AsSpan(8 * 18, 3 * 18).ToArray(), other.States.Memory.ToArray().AsSpan(6 * 18).ToArray());
    }

    [Fact]
    public void Wide_steps_are_kept_as_they_are()
    {
        const int wide = WideMemory.Wide, steps = 3;
        using var net = new WideMemory(batch: 2);
        float[] xs = [.. Enumerable.Range(0, 2 * steps * wide).Select(i => (i * 7 % 64) / 8f)];
        net.Keep(xs, [3, 2]);
        var sums = new float[2 * steps * wide];
        net.Again(2, sums);
        for (var row = 0; row < 2; row++)
            for (var step = 0; step < steps; step++)
                for (var i = 0; i < wide; i++)
                {
                    var expected = step < 3 - row ? Enumerable.Range(0, step + 1).Sum(t => xs[(row * steps + t) * wide + i]) : 0;
                    Assert.Equal(expected, sums[(row * steps + step) * wide + i]);
                }
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Nothing_is_allocated_step_by_step(int threads)
    {
        using var net = new Attending(seed: 1, batch: 3, threads);
        using var reserved = new Attending(seed: 1, batch: 3, threads, time: 4);
        var (scores, weights, tokens, parents) = (new float[3 * Symbols], new float[12], new[] { 1, 2, 3 }, new[] { 1, 1, 0 });
        net.Begin(Source, Lengths);
        Assert.Equal(0, Allocations.OfEveryCall(() =>
        {
            net.Next(tokens, scores);
            net.States.Memory.Gather(parents);
            net.States.Hidden.Gather(parents);
            net.States.Gather(parents);
            net.Begin(Source, Lengths);
            net.Look(3, weights);
        }));
        // Memory for more steps than a call before was there from the beginning.
        reserved.Begin([1, 2, 3], [1, 1, 1]);
        reserved.Next(tokens, scores);
        var before = GC.GetAllocatedBytesForCurrentThread();
        reserved.Begin(Source, Lengths);
        reserved.Next(tokens, scores);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void What_a_program_reads_was_there_before_the_call()
    {
        using var net = new Remembering(batch: 2);
        net.Keep([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0], [3, 2]);
        Assert.Equal([3, 2], net.States.Whole.Lengths);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0], net.States.Whole.ToArray());
        // Every second step: ⌈3/2⌉ and ⌈2/2⌉ of them.
        Assert.Equal([2, 1], net.States.Halved.Lengths);
        Assert.Equal([1, 2, 5, 6, 7, 8, 0, 0], net.States.Halved.ToArray());
        var sums = new float[4];
        net.Double(2, sums);
        Assert.Equal([9, 12, 16, 18], sums);
        Assert.Equal([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 0, 0], net.States.Whole.ToArray());
        var running = new float[12];
        net.Running(2, running);
        Assert.Equal([2, 4, 8, 12, 18, 24, 14, 16, 32, 36, 0, 0], running);
    }

    [Fact]
    public void A_sequence_whose_lengths_the_network_computes_can_be_kept()
    {
        using var net = new Remembering(batch: 3);
        net.Count([0, 1, 2]);
        Assert.Equal([3, 2, 1], net.States.Generated.Lengths);
        Assert.Equal([0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], net.States.Generated.ToArray());
    }

    [Fact]
    public void A_training_assigns_its_memory_once_a_step_has_succeeded()
    {
        using var net = new Remembering(seed: 1, batch: 2);
        using var training = net.Train(batch: 2, learn: new Sgd(0.1), follow: new Sgd(0.1));
        float[] xs = [1, 2, 3, 4, 5, 6, 1, 0, 1, 0, 0, 0];
        Assert.StartsWith("Follow: row 0 of the state 'learned.1' has no steps", Assert.Throws<InvalidOperationException>(() => training.Follow([1, 2, 3])).Message);
        training.LearnLoss(xs, [2, 1]);
        training.LearnGradients(xs, [2, 1]);
        Assert.Equal(0, training.States.Learned1.Steps);
        training.ApplyLearn();
        Assert.Equal([2, 1], training.States.Learned1.Lengths);
        Assert.Equal([0, 0], net.States.Learned1.Lengths);
        var (kept, last) = (training.States.Learned1.ToArray(), training.States.Learned1.ToArray()[1]);
        // Constant to gradients: the loss is (y − last)².
        var y = Output(net, [1, 2, 3]);
        Assert.Equal((y - last) * (y - last), training.Follow([1, 2, 3]), 1e-4);

        xs[0] = float.PositiveInfinity;
        Assert.ThrowsAny<NonFiniteException>(() => training.Learn(xs, [2, 1]));
        Assert.Equal(kept, training.States.Learned1.ToArray());
    }

    [Fact]
    public void A_checkpoint_has_the_memory()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var net = new Remembering(seed: 1);
            using var training = net.Train(batch: 2, learn: new Sgd(0.1), follow: new Sgd(0.1));
            training.Save(path);
            training.Learn([1, 2, 3, 4, 5, 6, 1, 0, 1, 0, 0, 0], [2, 1]);
            var kept = training.States.Learned1.ToArray();
            training.Load(path);
            Assert.Equal(0, training.States.Learned1.Steps);
            training.Learn([1, 2, 3, 4, 5, 6, 1, 0, 1, 0, 0, 0], [2, 1]);
            Assert.Equal(kept, training.States.Learned1.ToArray());
            training.Save(path);
            using var restored = net.Train(batch: 2, learn: new Sgd(0.1), follow: new Sgd(0.1));
            restored.Load(path);
            Assert.Equal([2, 1], restored.States.Learned1.Lengths);
            Assert.Equal(kept, restored.States.Learned1.ToArray());

            using var wider = net.Train(batch: 3, learn: new Sgd(0.1), follow: new Sgd(0.1));
            Assert.Contains("'training.states.whole' has shape [2, 1, 2]; expected [3, steps, 2]", Assert.Throws<CheckpointException>(() => wider.Load(path)).Message);
            var bytes = File.ReadAllBytes(path);
            var lengths = bytes.AsSpan().LastIndexOf<byte>([2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
            bytes[lengths] = 3;
            File.WriteAllBytes(path, bytes);
            Assert.Contains("'training.states.learned.1.lengths' has 3 at element 0; expected a length from 0 to 2", Assert.Throws<CheckpointException>(() => restored.Load(path)).Message);
            Assert.Equal(kept, restored.States.Learned1.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A network that has learned a little: what it writes depends on what it reads.</summary>
    private static Attending Trained(ulong seed)
    {
        var net = new Attending(seed, batch: 5);
        using var training = net.Train(new Adam(1e-2), batch: 3);
        // Backwards.
        int[] input = [5, 3, 0, 4, 1, 5, 2, 2, 0, 0, 5, 1, 3, 0, 0], output = [3, 0, 4, 1, 6, 2, 2, 6, 0, 0, 1, 3, 0, 6, 0];
        for (var step = 0; step < 25; step++) training.Learn(Source, Lengths, input, [5, 3, 4], output);
        return net;
    }

    /// <summary>The most probable of the continuations that are kept, so many at a time: tokens up to the end.</summary>
    private static int[] Beam(Attending net, ReadOnlySpan<int> source, int width)
    {
        var (rows, lengths) = (new int[width * source.Length], new int[width]);
        for (var row = 0; row < width; row++) source.CopyTo(rows.AsSpan(row * source.Length));
        Array.Fill(lengths, source.Length);
        net.Begin(rows, lengths);
        var (tokens, parents, scores) = (new int[width], new int[width], new float[width * Symbols]);
        Array.Fill(tokens, Attending.Start);
        // All rows are the same to begin with: one counts.
        var beams = Enumerable.Range(0, width).Select(row => (Score: row == 0 ? 0 : double.NegativeInfinity, Tokens: (int[])[], HasEnded: false)).ToArray();
        for (var step = 0; step < Attending.Most; step++)
        {
            net.Next(tokens, scores);
            var best = beams.SelectMany((beam, row) => beam.HasEnded ? [(beam, row)] : Enumerable.Range(0, Symbols).Select(token =>
                ((Score: beam.Score + scores[row * Symbols + token], Tokens: token == Attending.End ? beam.Tokens : [.. beam.Tokens, token], HasEnded: token == Attending.End), row)))
                .OrderByDescending(c => c.Item1.Score).Take(width).ToArray();
            for (var row = 0; row < width; row++) (beams[row], parents[row], tokens[row]) = (best[row].Item1, best[row].Item2, best[row].Item1.Tokens is [.., var last] ? last : Attending.Start);
            net.States.Memory.Gather(parents);
            net.States.Hidden.Gather(parents);
        }
        return beams[0].Tokens;
    }

    /// <summary>Of these tokens, and of the end after them where it came.</summary>
    private static double LogProbability(Attending net, ReadOnlySpan<int> source, int[] tokens)
    {
        var (sum, scores) = (0.0, new float[Symbols]);
        net.Begin(source, [source.Length]);
        var last = Attending.Start;
        foreach (var token in tokens.Length < Attending.Most ? [.. tokens, Attending.End] : tokens)
        {
            net.Next([last], scores);
            sum += scores[token];
            last = token;
        }
        return sum;
    }

    private static float Output(Remembering net, ReadOnlySpan<float> x) => x[0] * net.Parameters.Head.Weight[0] + x[1] * net.Parameters.Head.Weight[1] + x[2] * net.Parameters.Head.Weight[2] + net.Parameters.Head.Bias[0];
}
