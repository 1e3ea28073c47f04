using Kiln;
using Kiln.Checkpoints;

namespace Networks.Tests.Behaviour;

/// <summary>Settings of an optimizer for some parameters, in a training.</summary>
public sealed class GroupTests
{
    private static readonly float[] Images = Some.Numbers(41 * 784);
    private static readonly int[] Labels = Some.Classes(41, 10);

    private static float[][] Weights(Mlp net) => [.. net.AllParameters.Select(p => p.ToArray())];

    [Fact]
    public void Parameters_of_a_group_whose_rate_is_zero_rest()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Adam(0.01) { Groups = [new("*.weight") { Rate = 0 }] }, batch: 41, threads: 1);
        var before = Weights(net);
        training.Learn(Images, Labels);
        for (var p = 0; p < before.Length; p++) Assert.Equal(net.AllParameters[p].Name.EndsWith(".weight", StringComparison.Ordinal), before[p].SequenceEqual(net.AllParameters[p].ToArray()));
    }

    [Fact]
    public void A_checkpoint_keeps_the_factors_of_the_groups()
    {
        AdamW Make() => new(0.01, weightDecay: 0.5) { Groups = [new("*.bias") { Decay = 0 }, new("dense1.*") { Rate = 0.25 }] };
        var path = Path.Combine(Path.GetTempPath(), $"{nameof(GroupTests)}.{Guid.NewGuid():N}");
        try
        {
            using var straight = new Mlp(seed: 1);
            var changed = Make();
            using var whole = straight.Train(changed, batch: 41, threads: 1);
            whole.Learn(Images, Labels);
            (changed.Groups[0].Decay, changed.Groups[1].Rate) = (0.5, 4);
            whole.Save(path);
            whole.Learn(Images, Labels);

            using var net = new Mlp(seed: 2);
            var restored = Make();
            using var rest = net.Train(restored, batch: 41, threads: 1);
            rest.Load(path);
            Assert.Equal([(1, 0.5), (4, 1)], restored.Groups.Select(g => (g.Rate, g.Decay)));
            rest.Learn(Images, Labels);
            Assert.Equal(Weights(straight), Weights(net));

            // A training of other groups is another one.
            using var other = net.Train(new AdamW(0.01, weightDecay: 0.5), batch: 41, threads: 1);
            Assert.Contains("training.groups", Assert.Throws<CheckpointException>(() => other.Load(path)).Unknown);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_group_without_a_parameter_is_a_mistake()
    {
        using var net = new Mlp(seed: 1);
        var message = Assert.Throws<ArgumentException>(() => net.Train(new Adam { Groups = [new("*"), new("dense1.wieght")] }, batch: 41)).Message;
        Assert.StartsWith("Learn: Adam moves no parameter of the group 'dense1.wieght'; it moves dense1.weight, dense1.bias", message);
    }
}
