using Kiln.Metrics;
using Xunit;

namespace Kiln.Runtime.Tests.Metrics;

/// <summary>What a cross-entropy says in other units, and distances between sequences.</summary>
public class SequenceMetricsTests
{
    [Fact]
    public void Perplexity_and_bits_of_evenly_likely_symbols()
    {
        Assert.Equal(8, Likelihood.Perplexity(Math.Log(8)), 1e-12);
        Assert.Equal(3, Likelihood.BitsPerCharacter(Math.Log(8)), 1e-12);
        Assert.Equal((1, 0), (Likelihood.Perplexity(0), Likelihood.BitsPerCharacter(0)));
        Assert.Equal((double.NaN, double.PositiveInfinity), (Likelihood.Perplexity(double.NaN), Likelihood.Perplexity(double.PositiveInfinity)));
        Assert.StartsWith("Perplexity: expected a mean cross-entropy of at least 0, but nats is -0.5.", Assert.Throws<ArgumentOutOfRangeException>(() => Likelihood.Perplexity(-0.5)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Likelihood.BitsPerCharacter(-1));
    }

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("saturday", "sunday", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "abc", 0)]
    [InlineData("", "", 0)]
    public void Known_distances(string a, string b, int expected)
    {
        Assert.Equal(expected, EditDistance.Between(Codes(a), Codes(b)));
        Assert.Equal(expected, EditDistance.Between(Codes(b), Codes(a)));
    }

    [Fact]
    public void By_recursion_on_random_sequences()
    {
        var random = new Random(4);
        for (var trial = 0; trial < 300; trial++)
        {
            int[] a = [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(3))], b = [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(3))];
            Assert.Equal(Recursive(a, b), EditDistance.Between(a, b));
        }

        static int Recursive(int[] a, int[] b) => a.Length == 0 ? b.Length : b.Length == 0 ? a.Length
            : Math.Min(Math.Min(Recursive(a[1..], b), Recursive(a, b[1..])) + 1, Recursive(a[1..], b[1..]) + (a[0] == b[0] ? 0 : 1));
    }

    [Fact]
    public void The_label_error_rate_counts_edits_for_each_right_label()
    {
        var rate = new LabelErrorRate();
        Assert.Throws<InvalidOperationException>(() => rate.Value);
        Assert.Equal(3, rate.Add(Codes("sitting"), Codes("kitten")));
        Assert.Equal(0, rate.Add([7, 8], [7, 8]));
        Assert.Equal(2, rate.Add([1, 2], []));
        Assert.Equal((5, 8), (rate.Edits, rate.Labels));
        Assert.Equal(0.625, rate.Value);
        rate.Reset();
        Assert.Equal((0, 0), (rate.Edits, rate.Labels));
        rate.Add([1, 2, 3], [4]);
        Assert.Equal(3, rate.Value);
    }

    [Fact]
    public void Sequences_without_any_error_are_counted()
    {
        var rate = new LabelErrorRate();
        Assert.Throws<InvalidOperationException>(() => rate.SequenceErrorRate);
        rate.Add([1, 2], [1, 2]);
        Assert.Equal(2, rate.Add("2026-03-03", "2026-04-04"));
        rate.Add([], [5]);
        Assert.Equal((3, 1, 3, 13), (rate.Sequences, rate.Right, rate.Edits, rate.Labels));
        Assert.Equal(2 / 3.0, rate.SequenceErrorRate);
    }

    [Fact]
    public void A_padded_batch_counts_as_its_sequences()
    {
        var rate = new LabelErrorRate();
        Assert.Equal(2, rate.Add([1, 2, 9, 4, 9, 9, 9, 9, 9], [2, 1, 0], [1, 2, 4, 3, 5, 8], [2, 2, 1]));
        Assert.Equal((3, 1, 5), (rate.Sequences, rate.Right, rate.Labels));
        Assert.StartsWith("LabelErrorRate: expected lengths from 0 to 2, but labelLengths[1] is 3.", Assert.Throws<ArgumentOutOfRangeException>(() => rate.Add([1, 2], [1, 1], [1, 2, 3, 4], [2, 3])).Message);
        Assert.StartsWith("LabelErrorRate: expected a multiple of 2 elements, as many for each row, but answers has 3.", Assert.Throws<ArgumentException>(() => rate.Add([1, 2, 3], [1, 1], [1, 2], [1, 1])).Message);
        Assert.Throws<ArgumentException>(() => rate.Add([1, 2], [1], [1, 2], [1, 1]));
        Assert.Throws<ArgumentException>(() => rate.Add([], [], [], []));
        Assert.Equal(3, rate.Sequences);
    }

    private static int[] Codes(string text) => [.. text.Select(c => (int)c)];
}
