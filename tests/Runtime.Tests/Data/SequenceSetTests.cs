using Kiln.Data;
using Kiln.Tests;
using Xunit;

namespace Kiln.Runtime.Tests.Data;

public class SequenceSetTests
{
    private static readonly float[][] Frames = [[1, 2], [3, 4, 5, 6, 7, 8], [9, 10, 11, 12]];

    private static readonly int[][] Tokens = [[3, 1], [2], [4, 0, 4]];

    [Fact]
    public void Frames_are_gathered_in_any_order_and_padded()
    {
        foreach (var set in (SequenceSet[])[SequenceSet.OfFrames(Frames, 2), SequenceSet.OfFrames([.. Frames.SelectMany(f => f)], [1, 3, 2], 2, maxLength: 3)])
        {
            Assert.Equal((3, 2, 0, 3, 3, SequenceLabels.None), (set.Count, set.Features, set.Vocabulary, set.Longest, set.MaxLength, set.LabelKind));
            Assert.Equal([1, 3, 2], Enumerable.Range(0, 3).Select(set.LengthOf));
            Assert.Equal(Frames[1], set.FramesOf(1).ToArray());

            var (frames, lengths) = (new float[2 * 4 * 2], new int[2]);
            Array.Fill(frames, float.NaN);
            set.Gather([2, 0], frames, lengths);
            Assert.Equal([9, 10, 11, 12, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0], frames);
            Assert.Equal([2, 1], lengths);
        }
    }

    [Fact]
    public void Tokens_are_gathered_in_any_order_and_padded()
    {
        foreach (var set in (SequenceSet[])[SequenceSet.OfTokens(Tokens, 5, maxLength: 7), SequenceSet.OfTokens([.. Tokens.SelectMany(t => t)], [2, 1, 3], 5, maxLength: 7)])
        {
            Assert.Equal((3, 0, 5, 3, 7), (set.Count, set.Features, set.Vocabulary, set.Longest, set.MaxLength));
            Assert.Equal(Tokens[2], set.TokensOf(2).ToArray());
            var (tokens, lengths) = (new int[3 * 3], new int[3]);
            Array.Fill(tokens, -1);
            set.Gather([1, 2, 1], tokens, lengths);
            Assert.Equal([2, 0, 0, 4, 0, 4, 2, 0, 0], tokens);
            Assert.Equal([1, 3, 1], lengths);
            set.Gather([], Span<int>.Empty, []);
        }
    }

    [Fact]
    public void Labels_are_one_or_one_a_step_or_a_sequence()
    {
        var plain = SequenceSet.OfTokens(Tokens, 5);
        var one = plain.WithLabels([1, 0, 2], 3);
        Assert.Equal((SequenceLabels.Class, 3, 1), (one.LabelKind, one.Classes, one.MaxLabels));
        var labels = new int[2];
        one.GatherLabels([2, 0], labels);
        Assert.Equal([2, 1], labels);

        var steps = SequenceSet.OfFrames(Frames, 2, maxLength: 5).WithStepLabels([[1], [0, 1, 2], [3, 3]], 4);
        Assert.Equal((SequenceLabels.Steps, 4, 5), (steps.LabelKind, steps.Classes, steps.MaxLabels));
        var (padded, lengths) = (new int[2 * 5], new int[2]);
        steps.GatherLabels([1, 0], padded, lengths);
        Assert.Equal([0, 1, 2, 0, 0, 1, 0, 0, 0, 0], padded);
        Assert.Equal([3, 1], lengths);

        var sequences = plain.WithLabelSequences([[], [3, 3], [1]], 4);
        Assert.Equal((SequenceLabels.Sequence, 4, 2), (sequences.LabelKind, sequences.Classes, sequences.MaxLabels));
        Assert.Equal(6, plain.WithLabelSequences([[], [3, 3], [1]], 4, maxLabels: 6).MaxLabels);
        Assert.Equal([3, 3], sequences.LabelsOf(1).ToArray());
        padded = new int[3 * 2];
        lengths = new int[3];
        sequences.GatherLabels([0, 1, 2], padded, lengths);
        Assert.Equal([0, 0, 3, 3, 1, 0], padded);
        Assert.Equal([0, 2, 1], lengths);
        Assert.Equal(SequenceLabels.None, plain.LabelKind);
    }

    [Fact]
    public void A_shuffled_epoch_has_every_sequence_once_and_allocates_nothing()
    {
        var random = new Random(1);
        int[][] tokens = [.. Enumerable.Range(0, 23).Select(i => Enumerable.Repeat(i, 1 + random.Next(9)).ToArray())];
        var set = SequenceSet.OfTokens(tokens, 23).WithLabels([.. Enumerable.Range(0, 23)], 23);
        var sampler = new BatchSampler(set.Count, 4, seed: 3);
        var (batch, lengths, labels, seen) = (new int[4 * set.MaxLength], new int[4], new int[4], new int[23]);
        for (var b = 0; b < sampler.Batches; b++)
        {
            var rows = sampler[b];
            set.Gather(rows, batch.AsSpan(0, rows.Length * set.MaxLength), lengths.AsSpan(0, rows.Length));
            set.GatherLabels(rows, labels.AsSpan(0, rows.Length));
            for (var row = 0; row < rows.Length; row++)
            {
                seen[labels[row]]++;
                Assert.Equal(tokens[labels[row]], batch.AsSpan(row * set.MaxLength, lengths[row]).ToArray());
            }
        }
        Assert.All(seen, count => Assert.Equal(1, count));
        Assert.Equal(0, Allocations.OfEveryCall(() => set.Gather(sampler[0], batch, lengths)));
    }

    [Fact]
    public void What_is_no_sequence_is_refused()
    {
        Assert.Contains("sequence 1 of sequences has 0", Refused<ArgumentOutOfRangeException>(() => SequenceSet.OfTokens([[1], []], 5)));
        Assert.Contains("from 1 to 2, but sequence 2 of sequences has 3", Refused<ArgumentOutOfRangeException>(() => SequenceSet.OfTokens(Tokens, 5, maxLength: 2)));
        Assert.Contains("token to be from 0 to 3, but token 0 of sequence 2 is 4", Refused<ArgumentOutOfRangeException>(() => SequenceSet.OfTokens(Tokens, 4)));
        Assert.Contains("token 1 of sequence 0 is -1", Refused<ArgumentOutOfRangeException>(() => SequenceSet.OfTokens([[0, -1]], 4)));
        Assert.Contains("sequences[1] is null", Refused<ArgumentException>(() => SequenceSet.OfTokens([[0], null!], 4)));
        Assert.Contains("frames of 2 features, but sequences[0] has 3 values", Refused<ArgumentException>(() => SequenceSet.OfFrames([[1, 2, 3]], 2)));
        Assert.Contains("values has 5, and the lengths are 2 with a sum of 3", Refused<ArgumentException>(() => SequenceSet.OfFrames(new float[5], [1, 2], 2)));
        Assert.Contains("sequence 1 of values has -1", Refused<ArgumentOutOfRangeException>(() => SequenceSet.OfTokens([1, 2], [2, -1], 4)));
        Assert.Throws<ArgumentOutOfRangeException>("features", () => SequenceSet.OfFrames(Frames, 0));
        Assert.Throws<ArgumentOutOfRangeException>("maxLength", () => SequenceSet.OfFrames(Frames, 2, -1));
        Assert.Throws<ArgumentNullException>("sequences", () => SequenceSet.OfFrames(null!, 2));

        var set = SequenceSet.OfTokens(Tokens, 5);
        Assert.Contains("expected 3 labels", Refused<ArgumentException>(() => set.WithLabels([1, 2], 3)));
        Assert.Contains("label 0 of sequence 1 is 3", Refused<ArgumentOutOfRangeException>(() => set.WithLabels([1, 3, 2], 3)));
        Assert.Contains("each of the 2 time steps of sequence 0, but labels[0] has 1", Refused<ArgumentException>(() => set.WithStepLabels([[1], [1], [1, 1, 1]], 2)));
        Assert.Contains("labels of 3 sequences, but there are those of 1", Refused<ArgumentException>(() => set.WithLabelSequences([[1]], 2)));
        Assert.Contains("from 0 to 1, but sequence 2 of labels has 2", Refused<ArgumentOutOfRangeException>(() => set.WithLabelSequences([[1], [], [1, 1]], 2, maxLabels: 1)));

        var lengths = new int[2];
        Assert.Contains("room for 3 steps, the length of sequence 2, but tokens has room for 2", Refused<ArgumentException>(() => set.Gather([0, 2], new int[4], lengths)));
        Assert.Contains("2 sequences of the same length, but tokens has 5", Refused<ArgumentException>(() => set.Gather([0, 1], new int[5], lengths)));
        Assert.Contains("room for 2 lengths, but the span has 1", Refused<ArgumentException>(() => set.Gather([0, 1], new int[4], new int[1])));
        Assert.Contains("the set has 3 sequences", Refused<ArgumentOutOfRangeException>(() => set.Gather([0, 3], new int[6], lengths)));
        Assert.Contains("the set has 3 sequences", Refused<ArgumentOutOfRangeException>(() => set.LengthOf(-1)));
        Assert.Throws<InvalidOperationException>(() => set.Gather([0], new float[9], new int[1]));
        Assert.Throws<InvalidOperationException>(() => set.GatherLabels([0], new int[1]));
        Assert.Throws<InvalidOperationException>(() => set.LabelsOf(0).Length);
        Assert.Contains("labels of the set are Sequence", Refused<InvalidOperationException>(() => set.WithLabelSequences([[], [], []], 2).GatherLabels([0], new int[1])));
    }

    private static string Refused<E>(Action action) where E : Exception => Assert.Throws<E>(action).Message;
}
