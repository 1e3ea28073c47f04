using Kiln;
using Kiln.Data;

namespace Networks.Tests.Behaviour;

/// <summary>What a user can check of a network, and how data are cut for it.</summary>
public sealed class GradientCheckTests
{
    [Fact]
    public void Right_gradients_are_within_a_percent_and_weights_are_as_they_were()
    {
        using var net = new Forgetful(seed: 3);
        using var training = net.Train(new Sgd(0.1), batch: 20, threads: 1);
        var (x, y) = (Some.Numbers(20 * 6), Some.Classes(20, 3));
        var before = net.Bits();
        var check = GradientCheck.Run(net, () => training.LearnGradients(x, y), () => training.LearnLoss(x, y), name => training.Gradients[name], step: 1e-3);
        Assert.Equal(net.AllParameters.Select(p => p.Name), check.Errors.Select(e => e.Parameter));
        Assert.True(check.Worst.Share < 0.02, check.ToString());
        Assert.Equal(before, net.Bits());
        Assert.Equal(0, training.Step);
        Assert.Equal(4, check.ToString().Split('\n').Length);
    }

    [Fact]
    public void Wrong_gradients_are_found_and_an_exception_leaves_the_weights()
    {
        using var net = new Mlp(seed: 3);
        using var training = net.Train(new Sgd(0.1), batch: 5, threads: 1);
        var (x, y) = (Some.Numbers(5 * 784), Some.Classes(5, 10));
        // The gradients of other labels.
        var check = GradientCheck.Run(net, () => training.LearnGradients(x, Some.Classes(5, 9)), () => training.LearnLoss(x, y), name => training.Gradients[name], perParameter: 10);
        Assert.True(check.Worst.Share > 0.5, check.ToString());
        var infinite = GradientCheck.Run(net, () => training.LearnGradients(x, y), () => float.NaN, name => training.Gradients[name]);
        Assert.Equal(double.PositiveInfinity, infinite.Worst.Share);

        var before = net.Bits();
        Assert.Throws<TimeZoneNotFoundException>(() => GradientCheck.Run(net, () => training.LearnGradients(x, y), () => throw new TimeZoneNotFoundException(), name => training.Gradients[name]));
        Assert.Equal(before, net.Bits());
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientCheck.Run(net, () => { }, () => 0, name => training.Gradients[name], step: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientCheck.Run(net, () => { }, () => 0, name => training.Gradients[name], perParameter: 0));
    }

    [Theory, InlineData(10, 2), InlineData(11, 3), InlineData(7, 7)]
    public void Each_row_validates_once(int count, int folds)
    {
        var parts = KFold.Split(count, folds, seed: 5);
        Assert.Equal(folds, parts.Count);
        Assert.Equal(Enumerable.Range(0, count), parts.SelectMany(p => p.Validation).Order());
        Assert.All(parts, p =>
        {
            Assert.InRange(p.Validation.Length, count / folds, (count + folds - 1) / folds);
            Assert.Equal(Enumerable.Range(0, count), p.Training.Concat(p.Validation).Order());
        });
        Assert.Equal(parts.SelectMany(p => p.Validation), KFold.Split(count, folds, seed: 5).SelectMany(p => p.Validation));
        if (count == 11) Assert.NotEqual(parts.SelectMany(p => p.Validation), KFold.Split(count, folds, seed: 6).SelectMany(p => p.Validation));
    }

    [Fact]
    public void Classes_are_spread_evenly_and_rows_are_gathered()
    {
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i < 30 ? 0 : i < 50 ? 1 : 2)];
        foreach (var part in KFold.Split(60, 5, labels: labels))
            Assert.Equal([6, 4, 2], part.Validation.GroupBy(row => labels[row]).OrderBy(g => g.Key).Select(g => g.Count()));
        Assert.Equal([4, 5, 0, 1], KFold.Rows<int>([0, 1, 2, 3, 4, 5], [2, 0], perRow: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => KFold.Rows<int>([0, 1, 2, 3], [2], perRow: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => KFold.Split(3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => KFold.Split(3, 1));
        Assert.Throws<ArgumentException>(() => KFold.Split(3, 2, labels: [0, 1]));
    }
}
