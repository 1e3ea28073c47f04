using System.Security.Cryptography;
using Kiln.Data;
using Xunit;

namespace Kiln.Runtime.Tests.Data;

public class DigitsTests
{
    private static readonly ImageSet Train = Digits.Generate(4000, seed: 1);

    [Fact]
    public void Every_machine_makes_the_same_bytes()
    {
        Assert.Equal("3E90D75F418AD8F4", Convert.ToHexString(SHA256.HashData(Train.Images))[..16]);
        Assert.Equal([1, 5, 3, 8, 2, 9, 0, 6, 7, 4], Train.Labels[..10].ToArray());
    }

    [Fact]
    public void Fewer_digits_are_the_beginning_of_more()
    {
        var few = Digits.Generate(33, seed: 1);
        Assert.True(few.Images.SequenceEqual(Train.Images[..(33 * 784)]));
        Assert.True(few.Labels.SequenceEqual(Train.Labels[..33]));
    }

    [Fact]
    public void Seeds_give_different_digits()
    {
        var other = Digits.Generate(4000, seed: 2);
        var same = 0;
        for (var i = 0; i < other.Count; i++)
            same += other[i].SequenceEqual(Train[i]) ? 1 : 0;
        Assert.Equal(0, same);
    }

    [Fact]
    public void Classes_are_balanced()
    {
        for (var ten = 0; ten < Train.Count; ten += 10)
            Assert.Equal(Enumerable.Range(0, 10), Train.Labels.Slice(ten, 10).ToArray().Order());
        Assert.NotEqual(Train.Labels[..10].ToArray(), Train.Labels[10..20].ToArray());
    }

    [Fact]
    public void Statistics_are_like_those_of_MNIST()
    {
        // MNIST: mean 0.1307, standard deviation 0.3081, half of the pixels of the middle row and column inked at some time.
        double sum = 0, squares = 0;
        foreach (var pixel in Train.Images)
            (sum, squares) = (sum + pixel / 255.0, squares + pixel * pixel / 65025.0);
        var mean = sum / Train.Images.Length;
        Assert.InRange(mean, 0.08, 0.15);
        Assert.InRange(Math.Sqrt(squares / Train.Images.Length - mean * mean), 0.2, 0.32);

        for (var i = 0; i < Train.Count; i++)
        {
            var inked = 0;
            foreach (var pixel in Train[i])
                inked += pixel > 100 ? 1 : 0;
            Assert.InRange(inked, 8, 350);
        }
    }

    [Fact]
    public void A_linear_model_learns_something_but_stays_below_95_percent()
    {
        var test = Digits.Generate(1000, seed: 2);
        var weights = new float[10 * 785];
        var random = new BatchSampler(Train.Count, 1, seed: 1);
        var x = new float[785];
        Span<float> scores = stackalloc float[10];
        for (var epoch = 0; epoch < 6; epoch++)
        {
            random.Start(epoch);
            for (var step = 0; step < Train.Count; step++)
            {
                var row = random[step][0];
                Score(Train, row, weights, x, scores);
                var sum = 0f;
                foreach (ref var score in scores)
                    sum += score = MathF.Exp(score);
                for (var c = 0; c < 10; c++)
                {
                    var error = (Train.Labels[row] == c ? 1 : 0) - scores[c] / sum;
                    for (var i = 0; i < x.Length; i++)
                        weights[c * 785 + i] += 0.01f * error * x[i];
                }
            }
        }

        var right = 0;
        for (var row = 0; row < test.Count; row++)
        {
            Score(test, row, weights, x, scores);
            right += scores.IndexOf(Max(scores)) == test.Labels[row] ? 1 : 0;
        }
        Assert.InRange(right, 750, 949);
    }

    [Fact]
    public void Counts_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Digits.Generate(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Digits.Generate(3_000_000, 1));
    }

    private static void Score(ImageSet set, int row, float[] weights, float[] x, Span<float> scores)
    {
        for (var i = 0; i < 784; i++)
            x[i] = set[row][i] / 255f;
        x[784] = 1;
        for (var c = 0; c < 10; c++)
        {
            var sum = 0f;
            for (var i = 0; i < x.Length; i++)
                sum += weights[c * 785 + i] * x[i];
            scores[c] = sum;
        }
    }

    private static float Max(ReadOnlySpan<float> values)
    {
        var max = values[0];
        foreach (var value in values)
            max = Math.Max(max, value);
        return max;
    }
}
