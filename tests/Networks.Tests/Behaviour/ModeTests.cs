namespace Networks.Tests.Behaviour;

/// <summary>A prediction may ask for dropout: each call draws afresh.</summary>
public sealed class ModeTests
{
    [Fact]
    public void A_prediction_in_training_mode_drops_out()
    {
        using var net = new MonteCarlo(seed: 3);
        var x = Enumerable.Range(1, 16).Select(i => (float)i).ToArray();
        float[] plain = new float[16], first = new float[16], second = new float[16];
        net.Scores(x, plain);
        net.Opinion(x, first);
        net.Opinion(x, second);
        Assert.Equal(x, plain);
        Assert.NotEqual(first, second);
        Assert.All(first.Zip(x), y => Assert.True(y.First == 0 || y.First == 2 * y.Second));
        Assert.Contains(0f, first);
        Assert.Contains(first, y => y != 0);
    }
}
