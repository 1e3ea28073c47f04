using Kiln.Metrics;
using Xunit;

namespace Kiln.Runtime.Tests.Metrics;

public class ConfusionMatrixTests
{
    /// <summary>Class 0: 2 of 3 right. Class 1: 1 of 2. Class 2 has no sample and one answer. Class 3 does not occur.</summary>
    private static ConfusionMatrix Example()
    {
        var matrix = new ConfusionMatrix(4);
        matrix.Add([0, 0, 2], [0, 0, 0]);
        matrix.Add([1, 0], [1, 1]);
        return matrix;
    }

    [Fact]
    public void Counts_are_added()
    {
        var matrix = Example();
        Assert.Equal(5, matrix.Count);
        Assert.Equal((2, 0, 1, 1, 1), (matrix[0, 0], matrix[0, 1], matrix[0, 2], matrix[1, 0], matrix[1, 1]));
        Assert.Equal((3, 2, 0), (matrix.Samples(0), matrix.Samples(1), matrix.Samples(2)));
        Assert.Equal((3, 1, 1), (matrix.Answers(0), matrix.Answers(1), matrix.Answers(2)));
        Assert.Equal(0.6, matrix.Accuracy, 1e-15);
        Assert.Equal(0.4, matrix.ErrorRate, 1e-15);
        matrix.Reset();
        Assert.Equal((0, 0), (matrix.Count, matrix[0, 0]));
    }

    [Fact]
    public void Precision_recall_and_F1_of_a_class()
    {
        var matrix = Example();
        Assert.Equal((2 / 3.0, 2 / 3.0, 2 / 3.0), (matrix.Precision(0), matrix.Recall(0), matrix.F1(0)));
        Assert.Equal((1, 0.5, 2 / 3.0), (matrix.Precision(1), matrix.Recall(1), matrix.F1(1)));
        Assert.Equal((0, 0, 0), (matrix.Precision(2), matrix.Recall(2), matrix.F1(2)));
        Assert.Equal((double.NaN, double.NaN, double.NaN), (matrix.Precision(3), matrix.Recall(3), matrix.F1(3)));
    }

    /// <summary>Macro averages leave out the class that does not occur; the micro averages are the accuracy.</summary>
    [Fact]
    public void Averages()
    {
        var matrix = Example();
        Assert.Equal(5.0 / 9, matrix.MacroPrecision, 1e-15);
        Assert.Equal(7.0 / 18, matrix.MacroRecall, 1e-15);
        Assert.Equal(4.0 / 9, matrix.MacroF1, 1e-15);
        Assert.Equal((0.6, 0.6, 0.6), (matrix.MicroPrecision, matrix.MicroRecall, matrix.MicroF1));
    }

    [Fact]
    public void Of_scores_the_largest_is_the_answer()
    {
        var matrix = new ConfusionMatrix(3);
        matrix.Add([0.5f, 2, 2, float.NaN, float.PositiveInfinity, float.NaN], [2, 1]);
        Assert.Equal((1, 1), (matrix[2, 1], matrix[1, 0]));
    }

    /// <summary>Against counting, sample by sample, what each formula says.</summary>
    [Fact]
    public void By_counting_on_random_answers()
    {
        var random = new Random(2);
        for (var trial = 0; trial < 100; trial++)
        {
            var (classes, rows) = (random.Next(1, 6), random.Next(1, 30));
            int[] answers = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))], labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
            var matrix = new ConfusionMatrix(classes);
            matrix.Add(answers.AsSpan(0, rows / 2 + 1), labels.AsSpan(0, rows / 2 + 1));
            if (rows / 2 + 1 < rows) matrix.Add(answers.AsSpan(rows / 2 + 1), labels.AsSpan(rows / 2 + 1));
            var (f1, allRight, allWrong) = (new List<double>(), 0, 0);
            for (var k = 0; k < classes; k++)
            {
                var hit = Enumerable.Range(0, rows).Count(i => answers[i] == k && labels[i] == k);
                var falsePositive = Enumerable.Range(0, rows).Count(i => answers[i] == k && labels[i] != k);
                var falseNegative = Enumerable.Range(0, rows).Count(i => answers[i] != k && labels[i] == k);
                (allRight, allWrong) = (allRight + hit, allWrong + falsePositive + falseNegative);
                if (hit + falsePositive + falseNegative == 0)
                {
                    Assert.True(double.IsNaN(matrix.F1(k)));
                    continue;
                }
                var precision = hit + falsePositive == 0 ? 0 : hit / (double)(hit + falsePositive);
                var recall = hit + falseNegative == 0 ? 0 : hit / (double)(hit + falseNegative);
                Assert.Equal(precision, matrix.Precision(k), 1e-12);
                Assert.Equal(recall, matrix.Recall(k), 1e-12);
                f1.Add(precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall));
                Assert.Equal(f1[^1], matrix.F1(k), 1e-12);
            }
            Assert.Equal(f1.Average(), matrix.MacroF1, 1e-12);
            Assert.Equal(2.0 * allRight / (2 * allRight + allWrong), matrix.MicroF1, 1e-12);
        }
    }

    [Fact]
    public void As_a_table() => Assert.Equal(
        """
        label \ answer      0       1     2  3  recall
                     0      2       0     1  0   66.7%
                     1      1       1     0  0   50.0%
                     2      0       0     0  0    0.0%
                     3      0       0     0  0       –
             precision  66.7%  100.0%  0.0%  –

        """.ReplaceLineEndings("\n"), Example().ToString());

    [Fact]
    public void What_is_wrong_is_named_and_nothing_is_counted()
    {
        var matrix = Example();
        Assert.StartsWith("ConfusionMatrix: expected classes from 0 to 3, but labels[1] is 4.", Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add([0, 1], [0, 4])).Message);
        Assert.StartsWith("ConfusionMatrix: expected classes from 0 to 3, but answers[0] is -1.", Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add([-1, 1], [0, 1])).Message);
        Assert.StartsWith("ConfusionMatrix: expected 4 scores, one per class, for each of 2 labels, but scores has 2 for each.", Assert.Throws<ArgumentException>(() => matrix.Add([0f, 1, 2, 3], [0, 1])).Message);
        Assert.Throws<ArgumentException>(() => matrix.Add(ReadOnlySpan<int>.Empty, []));
        Assert.Throws<ArgumentException>(() => matrix.Add([1], [1, 2]));
        Assert.Equal(5, matrix.Count);
        Assert.StartsWith("ConfusionMatrix: expected a class from 0 to 3, but answer is 4.", Assert.Throws<ArgumentOutOfRangeException>(() => matrix[0, 4]).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Precision(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(0));
        var empty = new ConfusionMatrix(2);
        Assert.Throws<InvalidOperationException>(() => empty.Accuracy);
        Assert.Throws<InvalidOperationException>(() => empty.MacroF1);
        Assert.True(double.IsNaN(empty.F1(0)));
    }
}
