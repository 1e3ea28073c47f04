using Kiln.Tests;
using Xunit;

namespace Kiln.Runtime.Tests;

/// <summary>Labels that are read from scores: by the best path, and by prefix beam search against all labellings.</summary>
public class CtcDecoderTests
{
    [Theory]
    [InlineData("a-ab-", "aab")]
    [InlineData("-aa--abb", "aab")]
    [InlineData("-----", "")]
    [InlineData("", "")]
    [InlineData("aaaa", "a")]
    [InlineData("a-a", "aa")]
    public void A_path_collapses(string path, string labels)
    {
        int[] classes = [.. path.Select(c => "-ab".IndexOf(c))];
        var result = new int[path.Length];
        var count = CtcDecoder.Collapse(classes, 0, result);
        Assert.Equal(labels, Text(result.AsSpan(0, count)));
        // In place, too.
        Assert.Equal(count, CtcDecoder.Collapse(classes, 0, classes));
        Assert.Equal(labels, Text(classes.AsSpan(0, count)));
    }

    [Fact]
    public void Greedy_collapses_the_best_path()
    {
        var random = new Random(3);
        for (var trial = 0; trial < 100; trial++)
        {
            var (steps, classes) = (random.Next(12), 1 + random.Next(5));
            var blank = random.Next(classes);
            var scores = Scores(random, steps * classes);
            int[] path = [.. Enumerable.Range(0, steps).Select(t => Enumerable.Range(0, classes).MaxBy(c => scores[t * classes + c]))];
            int[] expected = [.. path.Where((c, t) => c != blank && (t == 0 || path[t - 1] != c))];
            var labels = new int[steps];
            var count = CtcDecoder.Greedy(scores, steps, classes, blank, labels);
            Assert.Equal(expected, labels[..count]);
        }
    }

    [Fact]
    public void Greedy_allocates_nothing()
    {
        float[] scores = Scores(new Random(1), 20 * 6);
        var labels = new int[20];
        Assert.Equal(0, Allocations.OfEveryCall(() => CtcDecoder.Greedy(scores, 20, 6, 0, labels)));
    }

    [Theory]
    [InlineData(1, 3, 0)]
    [InlineData(4, 3, 2)]
    [InlineData(6, 3, 0)]
    [InlineData(5, 4, 1)]
    [InlineData(7, 2, 1)]
    public void A_wide_beam_finds_every_labelling_with_its_probability(int steps, int classes, int blank)
    {
        var scores = Scores(new Random(steps + classes), steps * classes);
        var exact = ByAllPaths(scores, steps, classes, blank);
        var found = CtcDecoder.Beam(scores, steps, classes, blank, width: 100_000);
        Assert.Equal(exact.Keys.Order(StringComparer.Ordinal), found.Select(l => Text(l.Labels)).Order(StringComparer.Ordinal));
        Assert.Equal(exact.MaxBy(e => e.Value).Key, Text(found[0].Labels));
        Assert.All(found, l => Assert.Equal(Math.Log(exact[Text(l.Labels)]), l.LogProbability, 1e-9));
        Assert.Equal(found.OrderByDescending(l => l.LogProbability), found);
        Assert.Equal(1, found.Sum(l => Math.Exp(l.LogProbability)), 1e-9);
    }

    /// <summary>Graves's example: the best path is all blanks, but "a" has more probability on its three paths together.</summary>
    [Fact]
    public void A_labelling_of_many_paths_beats_the_best_path()
    {
        float[] scores = [MathF.Log(0.6f), MathF.Log(0.4f), MathF.Log(0.6f), MathF.Log(0.4f)];
        Assert.Equal(0, CtcDecoder.Greedy(scores, 2, 2, 0, new int[2]));
        var found = CtcDecoder.Beam(scores, 2, 2, 0, width: 2);
        Assert.Equal([1], found[0].Labels);
        Assert.Equal(0.64, Math.Exp(found[0].LogProbability), 1e-6);
        Assert.Empty(found[1].Labels);
        Assert.Equal(0.36, Math.Exp(found[1].LogProbability), 1e-6);
    }

    [Fact]
    public void A_beam_keeps_no_more_than_its_width_and_equal_ones_in_order()
    {
        var found = CtcDecoder.Beam(new float[3 * 4], 3, 4, 3, width: 5);
        Assert.Equal(5, found.Length);
        Assert.Equal(found.Select(l => Text(l.Labels)), CtcDecoder.Beam(new float[3 * 4], 3, 4, 3, width: 5).Select(l => Text(l.Labels)));
        Assert.Equal([0], CtcDecoder.Beam(new float[4], 1, 4, 3, width: 1)[0].Labels.Append(0).Take(1));
        Assert.Equal((1, 0.0), (CtcDecoder.Beam([], 0, 4, 3, width: 5).Length, CtcDecoder.Beam([], 0, 4, 3, width: 5)[0].LogProbability));
    }

    [Fact]
    public void A_language_model_weighs_labels_by_those_before()
    {
        var scores = Scores(new Random(8), 5 * 3);
        var exact = ByAllPaths(scores, 5, 3, 0);
        var found = CtcDecoder.Beam(scores, 5, 3, 0, width: 100_000, Alternating);
        // "a" and "b" must take turns; each label after the first costs 1.
        var allowed = exact.Where(e => !e.Key.Contains("aa") && !e.Key.Contains("bb")).ToDictionary(e => e.Key, e => Math.Log(e.Value) - Math.Max(0, e.Key.Length - 1));
        Assert.Equal(allowed.Keys.Order(StringComparer.Ordinal), found.Select(l => Text(l.Labels)).Order(StringComparer.Ordinal));
        Assert.All(found, l => Assert.Equal(allowed[Text(l.Labels)], l.LogProbability, 1e-9));

        static double Alternating(ReadOnlySpan<int> prefix, int next) => prefix.IsEmpty ? 0 : prefix[^1] == next ? double.NegativeInfinity : -1;
    }

    [Fact]
    public void What_cannot_be_read_is_refused()
    {
        Assert.StartsWith("Greedy: expected 6 scores (2 steps of 3 classes), but scores has 5.", Assert.Throws<ArgumentException>(() => CtcDecoder.Greedy(new float[5], 2, 3, 0, new int[2])).Message);
        Assert.StartsWith("Greedy: expected a class from 0 to 2, but blank is 3.", Assert.Throws<ArgumentOutOfRangeException>(() => CtcDecoder.Greedy(new float[6], 2, 3, 3, new int[2])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => CtcDecoder.Greedy([], -1, 3, 0, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => CtcDecoder.Greedy([], 0, 0, 0, []));
        Assert.StartsWith("Greedy: expected room for all labels, but labels has 0 places", Assert.Throws<ArgumentException>(() => CtcDecoder.Greedy([0, 1], 1, 2, 0, [])).Message);
        Assert.StartsWith("Collapse: expected room for all labels, but labels has 1 places", Assert.Throws<ArgumentException>(() => CtcDecoder.Collapse([1, 2], 0, new int[1])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => CtcDecoder.Beam([0, 1], 1, 2, 0, width: 0));
        Assert.StartsWith("Beam: expected scores below infinity, but scores[1, 0] is NaN.", Assert.Throws<ArgumentException>(() => CtcDecoder.Beam([0, 1, float.NaN, 0], 2, 2, 0, 3)).Message);
        Assert.StartsWith("Beam: expected a finite score in each step, but in step 0", Assert.Throws<ArgumentException>(() => CtcDecoder.Beam([float.NegativeInfinity, float.NegativeInfinity], 1, 2, 0, 3)).Message);
    }

    private static float[] Scores(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => 4 * random.NextSingle() - 2)];

    private static string Text(ReadOnlySpan<int> labels)
    {
        var text = new char[labels.Length];
        for (var i = 0; i < text.Length; i++) text[i] = (char)('a' + labels[i] - 1);
        return new(text);
    }

    /// <summary>The probability of every labelling, by all paths.</summary>
    private static Dictionary<string, double> ByAllPaths(float[] scores, int steps, int classes, int blank)
    {
        var found = new Dictionary<string, double>();
        var path = new int[steps];
        Follow(0, 1);
        return found;

        void Follow(int t, double probability)
        {
            if (t == steps)
            {
                var labels = Text([.. path.Where((c, i) => c != blank && (i == 0 || path[i - 1] != c))]);
                found[labels] = found.GetValueOrDefault(labels) + probability;
                return;
            }
            var sum = Enumerable.Range(0, classes).Sum(c => Math.Exp(scores[t * classes + c]));
            for (var c = 0; c < classes; c++)
            {
                path[t] = c;
                Follow(t + 1, probability * Math.Exp(scores[t * classes + c]) / sum);
            }
        }
    }
}
