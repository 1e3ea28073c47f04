using Kiln.Tests;

namespace Kiln.Networks.Tests.Api;

/// <summary>Programs over time: what reaches the kernels of lengths, steps and pools, and what comes back.</summary>
public sealed class SequencesTests
{
    // Rows of 2, 1 and 3 live tokens; what pads them is no token.
    private static readonly int[] Text = [1, 2, -9, 3, -9, -9, 4, 0, 2];
    private static readonly int[] Lengths = [2, 1, 3];

    [Fact]
    public void Lengths_and_steps_reach_the_kernels_and_dead_steps_of_outputs_are_zero()
    {
        using var net = new Sequences();
        var (scores, best, halves) = (Filled(18), new int[9], Filled(12));
        Array.Fill(best, 7);
        net.Read(Text, Lengths, scores, best, halves);
        Assert.Equal([1, 2, 2, 2, 0, 0, 3, 1, 0, 0, 0, 0, 4, 3, 0, 3, 2, 3], scores);
        Assert.Equal([1, 2, 0, 3, 0, 0, 4, 0, 2], best);
        // Of ⌈2/2⌉, ⌈1/2⌉ and ⌈3/2⌉ steps.
        Assert.Equal([1, 1, 0, 0, 3, 3, 0, 0, 4, 4, 2, 2], halves);
    }

    [Fact]
    public void More_rows_than_the_batch_are_computed_in_turn()
    {
        using var net = new Sequences(batch: 16);
        var lengths = Enumerable.Range(0, 40).Select(row => 1 + row % 3).ToArray();
        var text = Enumerable.Range(0, 120).Select(i => i % 3 < lengths[i / 3] ? i % 5 : -1).ToArray();
        var (scores, best, halves) = (Filled(240), new int[120], Filled(160));
        net.Read(text, lengths, scores, best, halves);
        Assert.Equal(text.Select(t => Math.Max(t, 0)), best);
        Assert.Equal(lengths[39], scores[39 * 6 + 1]);
    }

    [Fact]
    public void An_output_over_two_axes_ends_with_each_of_them()
    {
        using var net = new Sequences();
        var output = Filled(2 * 2 * 3);
        net.Align([1, 10], [1, 2, 3, 0], [2, 1], [1, 0, 2, 0, 5, 5, 1, 0, 2, 0, 3, 0], [2, 3], output);
        Assert.Equal([1, 2, 0, 2, 4, 0, 30, 60, 90, 0, 0, 0], output);
    }

    [Fact]
    public void Messages_name_the_argument_the_row_and_what_was_expected()
    {
        using var net = new Sequences(batch: 2);
        using var training = net.Train(new Sgd(0.1), batch: 3, threads: 1);
        var (scores, best, halves) = (new float[18], new int[9], new float[12]);
        Fails("tLengths", "Read: expected lengths from 1 to 3, the steps that there are, but tLengths[1] is 0.", () => net.Read(Text, [2, 0, 3], scores, best, halves));
        Fails("tLengths", "Read: expected lengths from 1 to 3, the steps that there are, but tLengths[2] is 4.", () => net.Read(Text, [2, 1, 4], scores, best, halves));
        Fails("tLengths", "Read: expected lengths from 1 to 6, the most that was declared, but tLengths[0] is 7.", () => net.Read(new int[8], [7], new float[16], new int[8], new float[8]));
        Fails("tLengths", "Read: expected the length of at least one row, but tLengths is empty.", () => net.Read(Text, [], scores, best, halves));
        Fails("text", "Read: expected a multiple of 2 elements (2 rows of the same number of steps, 1 each), but text has 9.", () => net.Read(Text, [2, 1], scores, best, halves));
        Fails("text", "Read: expected tokens from 0 to 4, but text has 5 in row 1 at step 0.", () => net.Read([1, 2, 0, 5, 0, 0, 4, 0, 2], Lengths, scores, best, halves));
        Fails("scores", "Read: expected room for 18 elements (3 rows of 3 steps of 2), but scores has 17.", () => net.Read(Text, Lengths, new float[17], best, halves));
        Fails("halves", "Read: expected room for 12 elements (3 rows of 2 steps of 2), but halves has 18.", () => net.Read(Text, Lengths, scores, best, new float[18]));
        Fails("sourceLengths", "Align: expected 2 elements (2 rows of 1), but sourceLengths has 1.", () => net.Align([1, 1], [1, 1], [1, 1], [1, 1], [1], new float[2]));
        Fails("next", "Learn: expected 9 elements (3 rows of 3 steps of 1), but next has 6.", () => training.Learn(Text, Lengths, new int[6]));
        Fails("rows", "Step: expected at most 2 rows, the batch that there are states of, but 3 came.", () => net.Step([0, 0, 0], new float[3]));
        Fails("rows", "Learn: expected at most 3 rows, the batch that there are states of, but 4 came.", () => training.LearnLoss(new int[4], [1, 1, 1, 1], new int[4]));

        static void Fails(string argument, string message, Action call)
        {
            var error = Assert.ThrowsAny<ArgumentException>(call);
            Assert.Equal(argument, error.ParamName);
            Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void States_go_on_from_call_to_call_each_workspace_apart()
    {
        using var net = new Sequences(batch: 2);
        using var other = net.CreateWorkspace(batch: 2);
        var output = new float[2];
        net.Step([1, 4], output);
        net.Step([2, 3], output);
        Assert.Equal([3.5f, 7.5f], output);
        Assert.Equal([3.5f, 7.5f], net.States.Total.ToArray());
        // A row that was not in the call keeps its states.
        net.Step([1], output.AsSpan(0, 1));
        Assert.Equal([4.5f, 7.5f], net.States.Total.ToArray());
        Assert.Equal([3.5f, 1, 4.5f, 3], net.States.H[0].ToArray());
        Assert.Equal([8, 8, 4, 4], net.States["h.1"].ToArray());
        Assert.Equal([0.5f, 0.5f], other.States.Total.ToArray());

        net.States.Gather([1, 1]);
        Assert.Equal([7.5f, 7.5f], net.States.Total.ToArray());
        Assert.Equal([4, 4, 4, 4], net.States.H[1].ToArray());
        net.States.Total.CopyFrom([1, 2]);
        net.States.Gather([1, 0]);
        Assert.Equal([2, 1], net.States.Total.ToArray());
        net.States.Reset(1);
        Assert.Equal([2, 0.5f], net.States.Total.ToArray());
        Assert.Equal([4, 4, 1, 1], net.States.H[1].ToArray());
        net.States.Reset();
        Assert.Equal([0.5f, 0.5f], net.States.Total.ToArray());
        Assert.All(net.States.All, state => Assert.Equal(state.Initial, state.ToArray()[0]));
        Assert.Equal("h.1 [2 rows, 2]", net.States.H[1].ToString());
    }

    [Fact]
    public void States_refuse_rows_and_lengths_that_there_are_not()
    {
        using var net = new Sequences(batch: 2);
        Assert.Contains("from 0 to 1, but 2 came", Assert.Throws<ArgumentOutOfRangeException>(() => net.States.Reset(2)).Message);
        Assert.Contains("from 0 to 1, but -1 came", Assert.Throws<ArgumentOutOfRangeException>(() => net.States.Gather([0, -1])).Message);
        Assert.Contains("at most 2 rows", Assert.Throws<ArgumentException>(() => net.States.Gather([0, 0, 0])).Message);
        Assert.Contains("'total': expected 2 elements (2 rows of 1), but values has 3", Assert.Throws<ArgumentException>(() => net.States.Total.CopyFrom(new float[3])).Message);
        Assert.Contains("'total', 'h.0', 'h.1'", Assert.Throws<KeyNotFoundException>(() => net.States["h"]).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => net.States.H[2]);
        var states = net.States;
        net.Dispose();
        Assert.Throws<ObjectDisposedException>(states.Reset);
    }

    [Fact]
    public void A_step_assigns_states_once_it_has_succeeded()
    {
        using var net = new Sequences();
        net.Parameters.Weight[0] = 0;
        using var training = net.Train(new Sgd(0.1), batch: 3, threads: 1);
        // 0.5 and 3, 3, 6.
        Assert.Equal(4.5f, training.LearnLoss(Text, Lengths, Text));
        Assert.Equal(4.5f, training.LearnGradients(Text, Lengths, Text));
        Assert.Equal([0.5f, 0.5f, 0.5f], training.States.Total.ToArray());
        // Their states were computed from what is now gone.
        training.States.Total.CopyFrom([1, 1, 1]);
        Assert.Throws<InvalidOperationException>(training.ApplyLearn);
        Assert.Equal(5, training.Learn(Text, Lengths, Text));
        Assert.Equal([4, 4, 7], training.States.Total.ToArray());
        Assert.Equal([0.5f], net.States.Total.ToArray());

        net.Parameters.Weight[0] = float.PositiveInfinity;
        Assert.Throws<NonFiniteLossException>(() => training.Learn(Text, Lengths, Text));
        Assert.Equal([4, 4, 7], training.States.Total.ToArray());
    }

    [Fact]
    public void A_checkpoint_has_the_states()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var net = new Sequences();
            using var training = net.Train(new Sgd(0.1), batch: 3, threads: 1);
            training.Learn(Text, Lengths, Text);
            training.Save(path);
            using var restored = net.Train(new Sgd(0.1), batch: 3, threads: 1);
            restored.Load(path);
            Assert.Equal([3.5f, 3.5f, 6.5f], restored.States.Total.ToArray());
            Assert.Equal(1, restored.States.H[1].ToArray()[5]);

            using var wider = net.Train(new Sgd(0.1), batch: 4, threads: 1);
            Assert.Contains("'training.states.total' has shape [3]; expected [4]", Assert.Throws<CheckpointException>(() => wider.Load(path)).Message);
            net.Save(path);
            Assert.Contains("training.states.total", Assert.Throws<CheckpointException>(() => restored.Load(path)).Missing);
            Assert.Equal([3.5f, 3.5f, 6.5f], restored.States.Total.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Fit_pads_each_batch_to_its_own_longest_row()
    {
        using var net = new Sequences();
        using var training = net.Train(new Sgd(0.1), batch: 1, threads: 1);
        int[] lengths = [2, 1, 3];
        var frames = Enumerable.Range(0, 18).Select(i => (float)i).ToArray();
        var epochs = await training.FitClassify(frames, lengths, new[] { 0, 1, 2 }, validation: (frames, lengths, new[] { 0, 1, 2 }));
        // 110 for each step of a row on average, the label, the first feature.
        var expected = 110 * 2 + 1 + 6;
        Assert.Equal(expected, epochs[0].Loss, 1e-3);
        Assert.Equal(expected, epochs[0].ValidationLoss!.Value - 100, 1e-3);
        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => training.FitClassify(frames, lengths, new[] { 0, 1, 2 }, validation: (frames, new[] { 9, 9, 9 }, new[] { 0, 1, 2 })));
        Assert.Equal("validation.sourceLengths", error.ParamName);
    }

    [Fact]
    public async Task Fit_of_rows_begins_each_batch_with_the_initial_states()
    {
        using var net = new Sequences();
        net.Parameters.Weight[0] = 0;
        using var training = net.Train(new Sgd(0), batch: 3, threads: 1);
        var epochs = await training.FitLearn(Text, Lengths, Text, epochs: 2);
        Assert.Equal(4.5, epochs[1].Loss);
    }

    [Fact]
    public void A_call_with_no_more_steps_than_one_before_allocates_nothing()
    {
        using var net = new Sequences(batch: 3);
        using var reserved = new Sequences(batch: 3, time: 6);
        using var training = net.Train(new Sgd(0.1), batch: 3, threads: 1, time: 3);
        var (scores, best, halves, output) = (new float[36], new int[18], new float[18], new float[3]);
        var (text, lengths, rows) = (new int[18], new[] { 6, 5, 4 }, new[] { 2, 1, 0 });
        Assert.Equal(0, Allocations.OfEveryCall(() =>
        {
            net.Read(text, lengths, scores, best, halves);
            net.Read(Text, Lengths, scores.AsSpan(0, 18), best.AsSpan(0, 9), halves.AsSpan(0, 12));
            net.Step(rows, output);
            net.States.Gather(rows);
            net.States.Reset();
            training.Learn(Text, Lengths, Text);
            training.LearnLoss(Text, Lengths, Text);
        }));
        // Memory for more steps than a call before was there from the beginning.
        reserved.Read(Text, Lengths, scores.AsSpan(0, 18), best.AsSpan(0, 9), halves.AsSpan(0, 12));
        var before = GC.GetAllocatedBytesForCurrentThread();
        reserved.Read(text, lengths, scores, best, halves);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sequences(time: -1));
    }

    private static float[] Filled(int length)
    {
        var values = new float[length];
        Array.Fill(values, 9);
        return values;
    }
}
