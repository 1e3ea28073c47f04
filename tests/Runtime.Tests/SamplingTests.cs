using Kiln.Tests;
using Xunit;

namespace Kiln.Runtime.Tests;

/// <summary>Classes drawn from logits.</summary>
public class SamplingTests
{
    private static readonly float[] Logits = [1, 3, -2, 2, 3, 0];

    private static double[] Softmax(double temperature, params int[] kept)
    {
        var weights = Logits.Select((x, c) => kept.Length == 0 || kept.Contains(c) ? Math.Exp(x / temperature) : 0).ToArray();
        return [.. weights.Select(w => w / weights.Sum())];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(3)]
    [InlineData(1, 3, 1.0, 1, 3, 4)]
    [InlineData(2, 1, 1.0, 1)]
    [InlineData(1, 100, 0.78, 1, 4)]   // the two have 0.782
    [InlineData(1, 100, 0.79, 1, 4, 3)]
    [InlineData(1, 100, 0.9, 1, 4, 3)]
    [InlineData(1, 2, 0.5, 1)]
    [InlineData(1, 2, 0.51, 1, 4)]
    [InlineData(1, 100, 1e-9, 1)]
    public void Every_class_has_its_part_of_the_numbers_from_0_to_1(double temperature, int topK = int.MaxValue, double topP = 1, params int[] kept)
    {
        var expected = Softmax(temperature, kept);
        const int Numbers = 10_000;
        var counts = new int[Logits.Length];
        for (var i = 0; i < Numbers; i++) counts[Sampling.Draw(Logits, (i + 0.5) / Numbers, temperature, topK, topP)]++;
        for (var c = 0; c < counts.Length; c++) Assert.InRange(counts[c] / (double)Numbers, expected[c] - 1.5 / Numbers, expected[c] + 1.5 / Numbers);
    }

    [Fact]
    public void Draws_of_a_seed_have_the_frequencies_of_the_softmax()
    {
        var sampler = new Sampler(seed: 5);
        const int Draws = 20_000;
        var counts = new int[Logits.Length];
        for (var i = 0; i < Draws; i++) counts[sampler.Draw(Logits)]++;
        var expected = Softmax(1);
        // Within four standard deviations.
        for (var c = 0; c < counts.Length; c++) Assert.Equal(expected[c], counts[c] / (double)Draws, 4 * Math.Sqrt(expected[c] * (1 - expected[c]) / Draws));
    }

    [Fact]
    public void A_seed_gives_the_same_draws_and_a_position_goes_on_from_there()
    {
        Sampler first = new(seed: 9, temperature: 2), again = new(seed: 9, temperature: 2), other = new(seed: 10, temperature: 2);
        int[] draws = [.. Enumerable.Range(0, 200).Select(_ => first.Draw(Logits))];
        Assert.Equal(draws, Enumerable.Range(0, 200).Select(_ => again.Draw(Logits)));
        Assert.NotEqual(draws, Enumerable.Range(0, 200).Select(_ => other.Draw(Logits)));
        Assert.Equal(200ul, first.Position);
        first.Position = 50;
        Assert.Equal(draws[50..], Enumerable.Range(50, 150).Select(_ => first.Draw(Logits)));

        var rows = new int[4];
        again.Position = 0;
        again.Draw([.. Logits, .. Logits, .. Logits, .. Logits], rows);
        Assert.Equal(draws[..4], rows);
    }

    /// <summary>The numbers are those of Philox: element 0 of the draw's step.</summary>
    [Fact]
    public unsafe void Draws_take_the_numbers_of_the_runtime()
    {
        var sampler = new Sampler(seed: 7);
        for (var draw = 0ul; draw < 50; draw++)
        {
            float uniform;
            Kernels.Philox.FillUniformRows(&uniform, 1, 7, Kernels.Philox.StreamOf("sampling"), draw, 0);
            Assert.Equal(Sampling.Draw(Logits, uniform), sampler.Draw(Logits));
        }
    }

    [Fact]
    public void Temperature_zero_takes_the_largest_and_of_equal_ones_the_first()
    {
        var sampler = new Sampler(seed: 1, temperature: 0);
        for (var i = 0; i < 20; i++) Assert.Equal(1, sampler.Draw(Logits));
        Assert.Equal(1, Sampling.Draw(Logits, 0.999, temperature: 1e-30, topK: 1));
        Assert.Equal(2, Sampling.ArgMax([-1, 1, 2, 0, 2]));
        Assert.Equal(1, Sampling.ArgMax([float.PositiveInfinity, float.NaN, 2, float.NaN]));
        Assert.Equal(0, Sampling.ArgMax([float.NaN]));
    }

    [Fact]
    public void A_class_of_minus_infinity_is_never_drawn()
    {
        float[] scores = [float.NegativeInfinity, 0, float.NegativeInfinity, -500, float.NegativeInfinity];
        Assert.Equal(1, Sampling.Draw(scores, 0));
        Assert.Equal(1, Sampling.Draw(scores, 1 - 1e-16));
        Assert.Equal(1, Sampling.Draw([-0f, 0f], 0, topK: 1) + 1);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var scores = new float[5000];
        for (var c = 0; c < scores.Length; c++) scores[c] = c % 17;
        var sampler = new Sampler(seed: 1, temperature: 0.7, topK: 100, topP: 0.9);
        Assert.Equal(0, Allocations.OfEveryCall(() => sampler.Draw(scores)));
    }

    [Fact]
    public void What_cannot_be_drawn_from_is_refused()
    {
        Assert.StartsWith("Draw: expected at least one score, but scores is empty.", Assert.Throws<ArgumentException>(() => Sampling.Draw([], 0)).Message);
        Assert.StartsWith("Draw: expected scores below infinity, but scores[1] is NaN.", Assert.Throws<ArgumentException>(() => Sampling.Draw([0, float.NaN], 0)).Message);
        Assert.StartsWith("Draw: expected scores below infinity, but scores[0] is", Assert.Throws<ArgumentException>(() => Sampling.Draw([float.PositiveInfinity], 0)).Message);
        Assert.StartsWith("Draw: expected a finite score", Assert.Throws<ArgumentException>(() => Sampling.Draw([float.NegativeInfinity], 0)).Message);
        foreach (var uniform in (double[])[-0.1, 1, double.NaN]) Assert.Throws<ArgumentOutOfRangeException>("uniform", () => Sampling.Draw(Logits, uniform));
        foreach (var temperature in (double[])[-1, double.NaN, double.PositiveInfinity]) Assert.Throws<ArgumentOutOfRangeException>("temperature", () => new Sampler(1, temperature));
        foreach (var topP in (double[])[0, -1, 1.1, double.NaN]) Assert.Throws<ArgumentOutOfRangeException>("topP", () => new Sampler(1, topP: topP));
        Assert.Throws<ArgumentOutOfRangeException>("topK", () => new Sampler(1, topK: 0));
        Assert.Throws<ArgumentException>(() => new Sampler(1).Draw(Logits, new int[4]));
        Assert.Throws<ArgumentException>(() => new Sampler(1).Draw(Logits, []));
        Assert.Throws<ArgumentException>(() => Sampling.ArgMax([]));
    }
}
