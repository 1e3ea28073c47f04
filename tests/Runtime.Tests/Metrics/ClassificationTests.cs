using Kiln.Metrics;
using Kiln.Training;
using Xunit;

namespace Kiln.Runtime.Tests.Metrics;

public class ClassificationTests
{
    [Fact]
    public void Answers_that_are_the_label_are_right()
    {
        Assert.Equal(0.75, Classification.Accuracy([2, 0, 1, 1], [2, 0, 1, 0]));
        Assert.Equal(0.25, Classification.ErrorRate([2, 0, 1, 1], [2, 0, 1, 0]));
        Assert.Equal(2.0 / 3, Classification.Accuracy([0.1f, 0.9f, 3, 2, -1, -2], [1, 0, 1]));
        Assert.Equal(1.0 / 3, Classification.ErrorRate([0.1f, 0.9f, 3, 2, -1, -2], [1, 0, 1]));
    }

    /// <summary>Of equal scores the first is the larger: the label 2 of four equal ones is the third answer.</summary>
    [Theory]
    [InlineData(1, 1.0 / 3)]
    [InlineData(2, 2.0 / 3)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    public void The_label_is_among_the_largest_scores(int k, double expected) =>
        Assert.Equal(expected, Classification.TopAccuracy([1, 1, 1, 1, 4, 3, 2, 1, 7, 8, 9, 6], [2, 0, 1], k));

    [Fact]
    public void NaN_is_above_every_number()
    {
        Assert.Equal(1, Classification.Accuracy([float.PositiveInfinity, float.NaN, float.NaN], [1]));
        Assert.Equal(0, Classification.Accuracy([float.PositiveInfinity, float.NaN, float.NaN], [2]));
        Assert.Equal(1, Classification.TopAccuracy([float.PositiveInfinity, float.NaN, float.NaN], [2], 2));
        Assert.Equal(0, Classification.TopAccuracy([float.PositiveInfinity, float.NaN, float.NaN], [0], 2));
    }

    /// <summary>Scores of few values, so that many are equal, and some NaN: by sorting, and as the networks' own accuracy has it.</summary>
    [Fact]
    public void By_sorting_on_random_scores()
    {
        var random = new Random(1);
        for (var trial = 0; trial < 200; trial++)
        {
            var (classes, rows) = (random.Next(1, 9), random.Next(1, 20));
            float[] scores = [.. Enumerable.Range(0, classes * rows).Select(_ => random.Next(8) == 0 ? float.NaN : random.Next(5))];
            int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
            for (var k = 1; k <= classes; k++)
            {
                var right = Enumerable.Range(0, rows).Count(row => Enumerable.Range(0, classes)
                    .OrderByDescending(c => float.IsNaN(scores[row * classes + c]) ? 9 : scores[row * classes + c]).ThenBy(c => c).Take(k).Contains(labels[row]));
                Assert.Equal(right / (double)rows, Classification.TopAccuracy(scores, labels, k));
            }
            Assert.Equal(Evaluation.Right(scores, labels) / (double)rows, Classification.Accuracy(scores, labels));
            Assert.Equal(1 - Classification.Accuracy(scores, labels), Classification.ErrorRate(scores, labels), 1e-15);
        }
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        Assert.Equal("labels", Assert.Throws<ArgumentException>(() => Classification.Accuracy(ReadOnlySpan<float>.Empty, [])).ParamName);
        Assert.Equal("labels", Assert.Throws<ArgumentException>(() => Classification.ErrorRate(ReadOnlySpan<int>.Empty, [])).ParamName);
        Assert.StartsWith("Accuracy: expected 2 elements, as many as labels has, but answers has 1.", Assert.Throws<ArgumentException>(() => Classification.Accuracy([1], [1, 1])).Message);
        Assert.StartsWith("Accuracy: expected the same number of scores for each of 2 labels, but scores has 3 elements.", Assert.Throws<ArgumentException>(() => Classification.Accuracy([1f, 2, 3], [1, 1])).Message);
        Assert.StartsWith("TopAccuracy: expected classes from 0 to 1, but labels[1] is 2.", Assert.Throws<ArgumentOutOfRangeException>(() => Classification.TopAccuracy([1, 2, 3, 4], [1, 2], 1)).Message);
        Assert.StartsWith("TopAccuracy: expected k from 1 to 2, the number of classes, but it is 3.", Assert.Throws<ArgumentOutOfRangeException>(() => Classification.TopAccuracy([1, 2, 3, 4], [1, 0], 3)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Classification.TopAccuracy([1, 2, 3, 4], [1, 0], 0));
    }
}
