using Kiln.Metrics;
using Xunit;

namespace Kiln.Runtime.Tests.Metrics;

public class RocCurveTests
{
    [Fact]
    public void The_share_of_pairs_in_the_right_order()
    {
        Assert.Equal(1, RocCurve.Area([0.1f, 0.4f, 0.6f, 0.9f], [0, 0, 1, 1]));
        Assert.Equal(0, RocCurve.Area([0.9f, 0.1f], [0, 1]));
        Assert.Equal(0.75, RocCurve.Area([0.1f, 0.4f, 0.35f, 0.8f], [0, 0, 1, 1]));   // scikit-learn's example
    }

    [Fact]
    public void Equal_scores_count_half()
    {
        Assert.Equal(0.5, RocCurve.Area([1, 1, 1, 1], [0, 1, 0, 1]));
        Assert.Equal(0.875, RocCurve.Area([0, 1, 1, 2], [0, 0, 1, 1]));
        Assert.Equal(0.5, RocCurve.Area([0f, -0f], [0, 1]));
    }

    [Fact]
    public void NaN_is_above_every_number_and_equal_to_itself()
    {
        Assert.Equal(1, RocCurve.Area([float.PositiveInfinity, float.NaN], [0, 1]));
        Assert.Equal(0.5, RocCurve.Area([float.NaN, float.NaN], [0, 1]));
    }

    [Fact]
    public void By_all_pairs_on_random_scores()
    {
        var random = new Random(3);
        for (var trial = 0; trial < 200; trial++)
        {
            var count = random.Next(2, 40);
            float[] scores = [.. Enumerable.Range(0, count).Select(_ => random.Next(9) == 0 ? float.NaN : random.Next(6) - 2)];
            int[] labels = [0, 1, .. Enumerable.Range(2, count - 2).Select(_ => random.Next(2))];
            var (won, pairs) = (0.0, 0);
            for (var i = 0; i < count; i++)
                for (var j = 0; j < count; j++)
                {
                    if (labels[i] != 1 || labels[j] != 0) continue;
                    var (yes, no) = (float.IsNaN(scores[i]) ? 99 : scores[i], float.IsNaN(scores[j]) ? 99 : scores[j]);
                    won += yes > no ? 1 : yes == no ? 0.5 : 0;
                    pairs++;
                }
            Assert.Equal(won / pairs, RocCurve.Area(scores, labels), 1e-12);
        }
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        Assert.Throws<ArgumentException>(() => RocCurve.Area([], []));
        Assert.Equal("scores", Assert.Throws<ArgumentException>(() => RocCurve.Area([1], [0, 1])).ParamName);
        Assert.StartsWith("RocCurve: expected classes from 0 to 1, but labels[2] is 2.", Assert.Throws<ArgumentOutOfRangeException>(() => RocCurve.Area([1, 2, 3], [0, 1, 2])).Message);
        Assert.StartsWith("RocCurve: expected at least one label of each class, but all 2 of labels are 1: there is nothing to tell apart.", Assert.Throws<ArgumentException>(() => RocCurve.Area([1, 2], [1, 1])).Message);
    }
}
